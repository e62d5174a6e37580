"""Computes what the inspector's analyses have to show of the golden models.

    python -m venv .venv && .venv/bin/pip install -r test/golden/inspector/requirements.txt
    .venv/bin/python test/golden/inspector/generate.py

Needs the models in `test/golden/data/`, and writes `data/<model>.safetensors` and
`data/<model>.json`; `inspectorGoldens.ts` says what they hold. Every value is computed three times:
by TransformerLens (and `transformers`, of whose weights it is made) in float64, which is kept,
rounded to float32; by TransformerLens in float32, whose distance from it is the noise floor of
float32, in the JSON; and by `plain.py` from the definitions, which has to agree with the first.
Prompts for which rounding could decide a ranking are passed over. The same versions give the same
bytes, but for the noise floors, which depend on the CPU.

The analyses, as their sources define them:

- logit lens: nostalgebraist 2020, "interpreting GPT: the logit lens";
- direct logit attribution with a frozen layer norm: Elhage et al. 2021, "A Mathematical Framework
  for Transformer Circuits"; nanda 2022, TransformerLens's `ActivationCache.logit_attrs`;
- neurons by their output weights: Geva et al. 2022, "Transformer Feed-Forward Layers Build
  Predictions by Promoting Concepts in the Vocabulary Space";
- activation patching: Meng et al. 2022, "Locating and Editing Factual Associations in GPT"; the
  logit difference as its measure: Wang et al. 2022, "Interpretability in the Wild";
- steering: Turner et al. 2023, "Activation Addition";
- previous-token, same-token ("duplicate token") and induction heads: Elhage et al. 2021, and Olsson
  et al. 2022, "In-context Learning and Induction Heads", whose induction score is prefix matching:
  the attention to the tokens that followed earlier occurrences of the current one;
- attention weighted by its values' norms: Kobayashi et al. 2020, "Attention is Not Only a Weight";
- attention rollout: Abnar & Zuidema 2020, "Quantifying Attention Flow in Transformers".
"""

import json
import shutil
import sys
import warnings
from pathlib import Path

import numpy as np
import safetensors.numpy
import safetensors.torch
import torch
from transformers import GPT2Config, GPT2LMHeadModel, logging

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))  # for numpy_gpt2

import hooked
import plain
from question import BEAM_TOKENS, BEAMS, NEURON_LAYER, Question, ask

DATA = HERE / "data"
LENGTHS = {
    "base": 16,
    "distil": 12,
    "headOwn": 13,
    "gelu": 9,
    "inner": 10,
    "float16": 11,
    "epsilon": 12,
    "inverseLayer": 13,
    "unscaled": 9,
}
"""Model → tokens in its prompt."""


def load(folder: Path, dtype: torch.dtype) -> GPT2LMHeadModel:
    return GPT2LMHeadModel.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()


def load_weights(folder: Path) -> dict[str, np.ndarray]:
    """Tensor name without prefix → float64 array."""
    tensors = safetensors.torch.load_file(folder / "model.safetensors")
    return {
        name.removeprefix("transformer."): tensor.double().numpy()
        for name, tensor in tensors.items()
    }


def find_question(weights, config, length: int, seed: int) -> tuple[Question, dict]:
    """The first question of this seed with no ranking in doubt, and `plain`'s answers to it."""
    rng = np.random.default_rng(seed)
    while True:
        question = ask(config, length, rng)
        try:
            return question, plain.analyse(weights, config, question)
        except plain.TooClose:
            pass


def distance(a: np.ndarray, b: np.ndarray) -> float:
    assert a.shape == b.shape
    return float(np.abs(a.astype(np.float64) - b).max())


def make(name: str, length: int, seed: int) -> dict[str, float]:
    """Writes the answers of one model; returns their noise floors."""
    folder = HERE.parent / "data" / name
    config, weights = GPT2Config.from_pretrained(folder), load_weights(folder)
    question, second = find_question(weights, config, length, seed)
    exact = hooked.analyse(load(folder, torch.float64), question)
    single = hooked.analyse(load(folder, torch.float32), question)
    assert exact.keys() == second.keys() == single.keys()
    noise = {}
    for key, value in exact.items():
        apart = distance(value, second[key])
        assert apart < 1e-9, f"{name}: {key} disagrees by {apart}"
        noise[key] = distance(single[key], value)
        if value.dtype.kind == "i":
            assert noise[key] == 0, f"{name}: {key} is decided by rounding"
    for case in question.cases:
        effect = np.abs(exact[f"interventions.{case}"] - exact["logits"]).max(-1)  # [2]
        assert effect.min() > 0.05, f"{name}: {case} changes little"

    given = {
        "ids": question.ids,
        "corruptIds": question.corrupt_ids,
        "steeringDirection": question.steering_direction,
        "patternRow": question.pattern_row,
    }
    tensors = {
        key: value.astype(np.int32 if value.dtype.kind == "i" else np.float32)
        for key, value in (given | exact).items()
    }
    safetensors.numpy.save_file(tensors, DATA / f"{name}.safetensors")
    write_about(DATA / f"{name}.json", question, noise)
    return noise


def write_about(file: Path, question: Question, noise: dict[str, float]) -> None:
    about = {
        "positions": [question.middle, len(question.ids) - 1],
        "neurons": {"layer": NEURON_LAYER, "neurons": question.neurons},
        "tokens": question.tokens,
        "analogy": question.analogy,
        "pcaTokens": question.pca_tokens,
        "beams": {"width": BEAMS, "tokens": BEAM_TOKENS},
        "interventions": question.cases,
        "noise": {key: float(f"{value:.2g}") for key, value in noise.items() if value > 0},
    }
    file.write_text(json.dumps(about, indent=2) + "\n")


def main() -> None:
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=hooked.__name__)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir()
    for seed, (name, length) in enumerate(LENGTHS.items()):
        noise = make(name, length, seed)
        print(name.ljust(14), f"largest noise {max(noise.values()):.2g}")


if __name__ == "__main__":
    main()
