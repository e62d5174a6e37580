"""Makes the golden models: small GPT-2 checkpoints with fixed random weights, and what Hugging Face
`transformers` computes with them.

    python -m venv .venv && .venv/bin/pip install -r test/golden/requirements.txt
    .venv/bin/python test/golden/generate.py

Each `data/<name>/` is a model folder (`config.json`, `model.safetensors`) with
`expected.safetensors` beside it; `goldens.ts` says what that file holds. Every value is computed
three times: by `transformers` in float32 (kept), by `transformers` in float64 (the distance between
the two is the noise floor of float32, in `data/noiseFloor.json`), and by `numpy_gpt2.py`, which has
to agree with the float64 run. Running the script again on the same machine gives the same bytes;
another CPU may round the last bits of the float32 values differently.
"""

import json
import shutil
import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import safetensors.numpy
import safetensors.torch
import torch
from transformers import GenerationConfig, GPT2Config, GPT2LMHeadModel, logging

import numpy_gpt2
import sampling

DATA = Path(__file__).parent / "data"
TOP = 5
GREEDY_TOKENS = 20


@dataclass
class Golden:
    """One model. `config` holds what differs from `SMALL`."""

    name: str
    about: str
    config: dict = field(default_factory=dict)
    lengths: list[int] = field(default_factory=lambda: [1, 7, 32])
    prefix: str = "transformer."
    dtype: torch.dtype = torch.float32
    lm_head: str | None = None  # 'tied' | 'own': an explicit lm_head.weight, equal to wte or not
    buffers: str | None = None  # 'float' | 'bool': the causal masks that old checkpoints carry
    mixed: bool = False  # float32 layer norms, bfloat16 embeddings, float16 for the rest
    unaligned: bool = False
    omit_defaults: bool = False  # leave what GPT2Config assumes anyway out of config.json
    attention_std: float = 0.25
    embedding_std: float = 0.5
    greedy: bool = False


SMALL = dict(n_layer=2, n_head=4, n_embd=24, n_positions=32, vocab_size=211)

GOLDENS = [
    Golden(
        "base",
        "GPT-2 as it is, 3 layers",
        dict(n_layer=3, n_embd=48, n_positions=48, vocab_size=600),
        lengths=[1, 7, 48],
        greedy=True,
    ),
    Golden(
        "distil",
        "2 layers, 12 heads, as narrow as 4",
        dict(n_head=12, n_embd=48),
        greedy=True,
    ),
    Golden(
        "oneHead",
        "a single head; config.json leaves the defaults out",
        dict(n_head=1),
        omit_defaults=True,
    ),
    Golden(
        "wide",
        "300 positions: more rows than one chunk of the unembedding",
        dict(n_layer=1, n_head=2, n_positions=300, vocab_size=257),
        lengths=[129, 300],
    ),
    Golden("float16", "weights stored as F16", dtype=torch.float16),
    Golden("bfloat16", "weights stored as BF16", dtype=torch.bfloat16),
    Golden("mixed", "F32, F16 and BF16 in one file", mixed=True),
    Golden(
        "unprefixed",
        "names without `transformer.`, float causal masks in the file",
        prefix="",
        buffers="float",
    ),
    Golden("buffers", "`attn.bias` (BOOL) and `attn.masked_bias` in the file", buffers="bool"),
    Golden("headTied", "`lm_head.weight` in the file, equal to `wte.weight`", lm_head="tied"),
    Golden(
        "headOwn",
        "`lm_head.weight` of its own, `tie_word_embeddings: false`",
        dict(tie_word_embeddings=False),
        lm_head="own",
    ),
    Golden(
        "headConflict",
        "`lm_head.weight` differs although `tie_word_embeddings` is true: the file's tensor counts",
        lm_head="own",
    ),
    Golden("inner", "`n_inner` 80 instead of 4 × n_embd", dict(n_inner=80)),
    Golden("gelu", "activation `gelu` (erf)", dict(activation_function="gelu")),
    Golden(
        "geluTanh", "activation `gelu_pytorch_tanh`", dict(activation_function="gelu_pytorch_tanh")
    ),
    Golden("relu", "activation `relu`", dict(activation_function="relu")),
    Golden("silu", "activation `silu`", dict(activation_function="silu")),
    Golden(
        "inverseLayer",
        "scores divided by layer + 1 as well",
        dict(scale_attn_by_inverse_layer_idx=True, n_layer=3),
    ),
    Golden(
        "unscaled",
        "`scale_attn_weights: false`: scores not divided by √dHead",
        dict(scale_attn_weights=False),
        attention_std=0.15,
    ),
    Golden("reordered", "`reorder_and_upcast_attn: true`", dict(reorder_and_upcast_attn=True)),
    Golden(
        "epsilon",
        "`layer_norm_epsilon` 1e-3, where small embeddings make it count",
        dict(layer_norm_epsilon=1e-3, tie_word_embeddings=False),
        lm_head="own",
        embedding_std=0.05,
    ),
    Golden(
        "unaligned",
        "tensors that start at odd byte offsets, in an order of their own",
        unaligned=True,
    ),
]


def random_weights(golden: Golden, config: GPT2Config, rng: np.random.Generator) -> dict:
    """Weights that leave no mistake invisible: peaked attention, no zero bias, no layer-norm gain
    of 1, and two outlier features in the residual stream, as trained GPT-2 has them.

    Tensor name without prefix → float32 array; linear layers [in, out], as in GPT-2's checkpoints.
    """
    n_embd, n_inner = config.n_embd, config.n_inner or 4 * config.n_embd

    def normal(*shape, std, mean=0.0):
        return (rng.standard_normal(shape) * std + mean).astype(np.float32)

    def layer_norm(name):
        return {
            f"{name}.weight": normal(n_embd, std=0.3, mean=1.2),
            f"{name}.bias": normal(n_embd, std=0.2),
        }

    weights = {
        "wte.weight": normal(config.vocab_size, n_embd, std=golden.embedding_std),
        "wpe.weight": normal(config.n_positions, n_embd, std=golden.embedding_std / 2),
    }
    weights["wte.weight"][:, 3] -= np.float32(4 * golden.embedding_std)
    weights["wpe.weight"][0, 5] += np.float32(30 * golden.embedding_std)
    for layer in range(config.n_layer):
        h = f"h.{layer}"
        weights |= layer_norm(f"{h}.ln_1")
        weights[f"{h}.attn.c_attn.weight"] = normal(n_embd, 3 * n_embd, std=golden.attention_std)
        weights[f"{h}.attn.c_attn.bias"] = normal(3 * n_embd, std=0.3)
        weights[f"{h}.attn.c_proj.weight"] = normal(n_embd, n_embd, std=0.15)
        weights[f"{h}.attn.c_proj.bias"] = normal(n_embd, std=0.1)
        weights |= layer_norm(f"{h}.ln_2")
        weights[f"{h}.mlp.c_fc.weight"] = normal(n_embd, n_inner, std=0.2)
        weights[f"{h}.mlp.c_fc.bias"] = normal(n_inner, std=0.3)
        weights[f"{h}.mlp.c_proj.weight"] = normal(n_inner, n_embd, std=0.1)
        weights[f"{h}.mlp.c_proj.bias"] = normal(n_embd, std=0.1)
    weights |= layer_norm("ln_f")
    if golden.lm_head == "own":
        weights["lm_head.weight"] = normal(config.vocab_size, n_embd, std=0.7)
    return weights


def stored_dtype(golden: Golden, name: str) -> torch.dtype:
    if not golden.mixed:
        return golden.dtype
    if ".ln_" in name or name.startswith("ln_"):
        return torch.float32
    return torch.bfloat16 if name in ("wte.weight", "wpe.weight") else torch.float16


def write_model(folder: Path, golden: Golden, config: GPT2Config, weights: dict) -> dict:
    """Writes the model folder. Returns the weights as they were stored, rounded to their dtype, in
    float64 and by name without prefix."""
    stored = {
        name: torch.from_numpy(w).to(stored_dtype(golden, name)) for name, w in weights.items()
    }
    tensors = {
        name if name == "lm_head.weight" else golden.prefix + name: w for name, w in stored.items()
    }
    if golden.lm_head == "tied":
        tensors["lm_head.weight"] = stored["wte.weight"].clone()
    if golden.buffers:
        n = config.n_positions
        mask = torch.ones(n, n).tril().view(1, 1, n, n)
        for layer in range(config.n_layer):
            attention = f"{golden.prefix}h.{layer}.attn"
            tensors[f"{attention}.bias"] = mask.bool() if golden.buffers == "bool" else mask.clone()
            if golden.buffers == "bool":
                tensors[f"{attention}.masked_bias"] = torch.tensor(-10000.0)
    file = folder / "model.safetensors"
    if golden.unaligned:
        write_unaligned(file, tensors)
    else:
        safetensors.torch.save_file(tensors, file, metadata={"format": "pt"})
    write_config(folder / "config.json", golden, config)
    return {name: w.double().numpy() for name, w in stored.items()}


def write_unaligned(file: Path, tensors: dict) -> None:
    """A valid safetensors file that its own library would not write: the header is not padded to a
    multiple of 8 bytes, a one-byte tensor comes first, and the tensors lie in reverse order."""
    entries = {"__metadata__": {"format": "pt"}}
    data = b""
    odd = {"odd": torch.tensor([1], dtype=torch.uint8)}
    for name, tensor in (odd | dict(reversed(tensors.items()))).items():
        bytes_ = tensor.numpy().tobytes()
        entries[name] = {
            "dtype": {torch.float32: "F32", torch.uint8: "U8"}[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(bytes_)],
        }
        data += bytes_
    header = json.dumps(entries).encode()
    header += b" " * (
        (2 - len(header)) % 8
    )  # the data starts at 8 + (8 m + 2), a tensor at an odd byte
    file.write_bytes(struct.pack("<Q", len(header)) + header + data)


def write_config(file: Path, golden: Golden, config: GPT2Config) -> None:
    names = [
        "vocab_size",
        "n_positions",
        "n_embd",
        "n_layer",
        "n_head",
        "n_inner",
        "activation_function",
        "layer_norm_epsilon",
        "scale_attn_weights",
        "scale_attn_by_inverse_layer_idx",
        "reorder_and_upcast_attn",
        "tie_word_embeddings",
        "bos_token_id",
        "eos_token_id",
    ]
    defaults = GPT2Config()
    values = {
        name: getattr(config, name)
        for name in names
        if not (golden.omit_defaults and getattr(config, name) == getattr(defaults, name))
    }
    dtype = str(golden.dtype).removeprefix("torch.")
    values = {
        "architectures": ["GPT2LMHeadModel"],
        "model_type": "gpt2",
        "torch_dtype": dtype,
    } | values
    file.write_text(json.dumps(values, indent=2) + "\n")


def load(folder: Path, dtype: torch.dtype) -> GPT2LMHeadModel:
    config = GPT2Config.from_pretrained(folder)
    if dtype == torch.float64:
        # Only a matter of precision, and `transformers` refuses it for anything but float32.
        config.reorder_and_upcast_attn = False
    model = GPT2LMHeadModel.from_pretrained(
        folder, config=config, dtype=dtype, attn_implementation="eager"
    )
    return model.eval()


@torch.no_grad()
def run(model: GPT2LMHeadModel, ids: np.ndarray):
    """logits [n, vocab], residual [nLayer + 1, n, nEmbd], pattern [nLayer, head, query, key].

    The residual stream is taken by hooks: the last of `output_hidden_states` has already been
    through the final layer normalisation.
    """
    residual = []

    def keep(_module, _inputs, output):
        residual.append((output[0] if isinstance(output, tuple) else output)[-1])

    modules = [model.transformer.drop, *model.transformer.h]
    hooks = [module.register_forward_hook(keep) for module in modules]
    output = model(torch.from_numpy(ids)[None], output_attentions=True, use_cache=False)
    for hook in hooks:
        hook.remove()
    pattern = torch.stack(output.attentions)[:, 0]
    return output.logits[0].numpy(), torch.stack(residual).numpy(), pattern.numpy()


def predictions(logits: np.ndarray, ids: np.ndarray) -> dict:
    """What a reader of the logits [n, vocab] is shown, in float64. Row i of `entropy` and `top` is
    the distribution after token i; entry i of `logprob` and `rank` is about token i + 1."""
    wide = logits.astype(np.float64)
    shifted = wide - wide.max(-1, keepdims=True)
    logprobs = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    top = np.argsort(-wide, axis=-1, kind="stable")[:, :TOP]  # [n, 5]
    rows = np.arange(len(ids) - 1)
    actual = wide[rows, ids[1:]]
    return {
        "logprob": logprobs[rows, ids[1:]],
        "rank": (1 + (wide[:-1] > actual[:, None]).sum(-1)).astype(np.int32),
        "entropy": -(np.exp(logprobs) * logprobs).sum(-1),
        "top.ids": top.astype(np.int32),
        "top.logprobs": np.take_along_axis(logprobs, top, -1),
    }


def greedy(model: GPT2LMHeadModel, prompt: np.ndarray) -> np.ndarray:
    """`transformers.generate` without sampling; checked against one whole pass per token."""
    settings = GenerationConfig(
        do_sample=False, max_new_tokens=GREEDY_TOKENS, eos_token_id=None, pad_token_id=0
    )
    ids = torch.from_numpy(prompt)[None]
    generated = model.generate(ids, attention_mask=torch.ones_like(ids), generation_config=settings)
    continuation = generated[0, len(prompt) :].numpy()
    for i in range(GREEDY_TOKENS):
        last = run(model, np.concatenate([prompt, continuation[:i]]))[0][-1]  # [vocab]
        first, second = np.sort(last)[::-1][:2]
        assert last.argmax() == continuation[i] and first - second > 1e-3, "too close to call"
    return continuation


def distance(a, b) -> float:
    return float(np.abs(a.astype(np.float64) - b).max())


def make(golden: Golden, seed: int) -> dict:
    """Writes one golden; returns its noise floor."""
    rng = np.random.default_rng(seed)
    end_of_text = (SMALL | golden.config)["vocab_size"] - 1
    config = GPT2Config(
        **(SMALL | golden.config | dict(bos_token_id=end_of_text, eos_token_id=end_of_text))
    )
    folder = DATA / golden.name
    folder.mkdir(parents=True)
    weights = write_model(folder, golden, config, random_weights(golden, config, rng))
    single, double = load(folder, torch.float32), load(folder, torch.float64)

    expected, floor = {}, dict(logits=0.0, residual=0.0, pattern=0.0, largestLogit=0.0)
    for i, length in enumerate(golden.lengths):
        ids = rng.integers(config.vocab_size, size=length)
        if length > 6:
            ids[length // 2 : length // 2 + 3] = ids[:3]  # a repetition, for heads to find
        values = dict(zip(("logits", "residual", "pattern"), run(single, ids), strict=True))
        exact = dict(zip(values, run(double, ids), strict=True))
        for name, second in zip(values, numpy_gpt2.forward(weights, config, ids), strict=True):
            assert distance(exact[name], second) < 1e-10, f"{golden.name}: {name} disagrees"
            floor[name] = max(floor[name], distance(values[name], exact[name]))
        assert (values["logits"].argmax(-1) == exact["logits"].argmax(-1)).all()
        floor["largestLogit"] = max(floor["largestLogit"], float(np.abs(values["logits"]).max()))
        values |= predictions(values["logits"], ids) | {"ids": ids.astype(np.int32)}
        expected |= {f"{i}.{name}": np.ascontiguousarray(value) for name, value in values.items()}
    if golden.greedy:
        prompt = expected["1.ids"].astype(np.int64)
        expected["greedy.prompt"] = prompt.astype(np.int32)
        expected["greedy.ids"] = greedy(single, prompt).astype(np.int32)
    safetensors.numpy.save_file(expected, folder / "expected.safetensors")
    return floor


def main() -> None:
    logging.set_verbosity_error()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    shutil.rmtree(DATA, ignore_errors=True)
    floors = {}
    for seed, golden in enumerate(GOLDENS):
        floors[golden.name] = {"about": golden.about} | make(golden, seed)
        print(
            golden.name.ljust(14),
            {k: f"{v:.2g}" for k, v in floors[golden.name].items() if k != "about"},
        )
    (DATA / "noiseFloor.json").write_text(json.dumps(floors, indent=2, ensure_ascii=False) + "\n")
    (DATA / "sampling.json").write_text(sampling.golden())


if __name__ == "__main__":
    main()
