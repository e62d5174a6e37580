"""Makes small models of every architecture that Forward Pass reads from GGUF, converted by llama.cpp's
own `conversion`, and the logits that Hugging Face `transformers` computes with the original.

    python -m venv .venv && .venv/bin/pip install -r test/golden/gguf/requirements.txt
    .venv/bin/pip download --no-deps --no-binary :all: llama-cpp-python==0.3.36
    tar xzf llama_cpp_python-0.3.36.tar.gz
    .venv/bin/python test/golden/gguf/architectures.py llama_cpp_python-0.3.36/vendor/llama.cpp

Each `data/architectures/<name>.gguf` has `<name>.safetensors` beside it: `ids` and `logits`, float32.
Weights are random half-precision numbers, so that writing them as F16 loses nothing. What is ours is
the vocabulary alone, which is that of `gpt2.py`.
"""

import logging as python_logging
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import safetensors.numpy
import torch
from transformers import AutoConfig, AutoModelForCausalLM, logging

sys.path.append(str(Path(__file__).parent))
sys.path.insert(1, sys.argv[1])
from conversion import ModelType, get_model_architecture, get_model_class  # noqa: E402
from conversion.base import ModelBase, gguf  # noqa: E402
from gpt2 import VOCABULARY, add_vocabulary, train_vocabulary  # noqa: E402

DATA = Path(__file__).parent / "data" / "architectures"
SMALL = dict(
    vocab_size=VOCABULARY,
    hidden_size=24,
    intermediate_size=40,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=64,
    bos_token_id=0,
    eos_token_id=0,
    pad_token_id=None,
)


@dataclass
class Golden:
    name: str
    model_type: str
    config: dict = field(default_factory=dict)
    fuse_qkv: bool = False
    length: int = 20


GOLDENS = [
    Golden("llama", "llama", dict(tie_word_embeddings=False, rope_theta=500.0)),
    Golden("llamaHeads", "llama", dict(head_dim=10, tie_word_embeddings=True, attention_bias=True)),
    Golden("llamaFused", "llama", dict(tie_word_embeddings=True), fuse_qkv=True),
    Golden(
        "llama3",
        "llama",
        dict(
            tie_word_embeddings=True,
            rope_parameters=dict(
                rope_type="llama3",
                rope_theta=100.0,
                factor=4.0,
                low_freq_factor=1.0,
                high_freq_factor=4.0,
                original_max_position_embeddings=16,
            ),
        ),
    ),
    Golden(
        "llamaLinear",
        "llama",
        dict(rope_parameters=dict(rope_type="linear", rope_theta=100.0, factor=2.0)),
    ),
    Golden("mistral", "mistral", dict(head_dim=6, sliding_window=None)),
    Golden("qwen2", "qwen2", dict(tie_word_embeddings=True)),
    Golden("qwen3", "qwen3", dict(head_dim=10, tie_word_embeddings=False)),
    Golden("gemma", "gemma", dict(head_dim=10)),
    Golden(
        "gemma2",
        "gemma2",
        dict(head_dim=10, sliding_window=8, query_pre_attn_scalar=10, final_logit_softcapping=9.0),
    ),
    Golden(
        "gemma3",
        "gemma3_text",
        dict(head_dim=10, sliding_window=8, query_pre_attn_scalar=10, num_hidden_layers=7),
    ),
    Golden("phi", "phi", dict(num_key_value_heads=4, hidden_size=32, intermediate_size=128)),
    Golden("phi3", "phi3", dict(original_max_position_embeddings=64, sliding_window=None)),
    Golden(
        "phi3Long",
        "phi3",
        dict(
            original_max_position_embeddings=32,
            rope_parameters=dict(
                rope_type="longrope",
                rope_theta=100.0,
                short_factor=[1.0, 1.1, 1.3],
                long_factor=[1.0, 2.0, 4.0],
            ),
        ),
    ),
    Golden("gptNeoX", "gpt_neox", dict(hidden_size=32, rotary_pct=0.5)),
    Golden("gptNeoXSequential", "gpt_neox", dict(hidden_size=32, use_parallel_residual=False)),
    Golden(
        "gpt2",
        "gpt2",
        dict(n_embd=24, n_layer=2, n_head=4, n_positions=64, vocab_size=VOCABULARY, bos_token_id=0),
    ),
]


def randomise(model: torch.nn.Module, seed: int) -> None:
    """Weights that leave no mistake invisible, in half precision."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        random = torch.randn(parameter.shape, generator=generator)
        if parameter.dim() == 1 and name.endswith("weight"):
            # A gain; Gemma's is stored less 1.
            random = random * 0.2 + (0.0 if "gemma" in model.config.model_type else 1.1)
        elif parameter.dim() == 1:
            random = random * 0.2
        elif "embed" in name or "wte" in name or "wpe" in name:
            random = random * 0.6
        else:
            random = random * 1.3 / parameter.shape[-1] ** 0.5
        parameter.data = random.half().float()


def convert(folder: Path, out: Path, golden: Golden, tokenizer) -> None:
    hparams = ModelBase.load_hparams(folder, False)
    model_class = get_model_class(get_model_architecture(hparams, ModelType.TEXT))
    model_class.set_vocab = lambda self: add_vocabulary(self.gguf_writer, tokenizer)
    # The conversion reads keys that transformers wrote before version 5.
    if golden.model_type == "gpt_neox":
        older = dict(rotary_pct=golden.config.get("rotary_pct", 0.25), rotary_emb_base=10000)
    else:
        older = dict(n_ctx=64) if golden.model_type == "gpt2" else {}
    f16 = gguf.LlamaFileType.MOSTLY_F16
    options = dict(eager=True, model_name=out.stem, fuse_qkv=golden.fuse_qkv, hparams=hparams | older)
    with torch.inference_mode():
        model_class(folder, f16, out, **options).write()


def make(golden: Golden, seed: int, tokenizer) -> None:
    small = {} if golden.model_type == "gpt2" else SMALL
    values = {key: value for key, value in (small | golden.config).items()}
    config = AutoConfig.for_model(golden.model_type, **values)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    randomise(model, seed)
    if config.tie_word_embeddings:
        model.tie_weights()
    ids = np.random.default_rng(seed).integers(VOCABULARY, size=golden.length)
    with torch.no_grad():
        logits = model(torch.from_numpy(ids)[None], use_cache=False).logits[0].numpy()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model.save_pretrained(folder)
        tokenizer.save(str(folder / "tokenizer.json"))
        convert(folder, DATA / f"{golden.name}.gguf", golden, tokenizer)
    expected = {"ids": ids.astype(np.int32), "logits": np.ascontiguousarray(logits)}
    safetensors.numpy.save_file(expected, DATA / f"{golden.name}.safetensors")
    print(golden.name, f"largest logit {np.abs(logits).max():.1f}")


def main() -> None:
    logging.set_verbosity_error()
    python_logging.disable(python_logging.INFO)
    torch.set_num_threads(1)
    DATA.mkdir(parents=True, exist_ok=True)
    tokenizer = train_vocabulary()
    for seed, golden in enumerate(GOLDENS):
        make(golden, seed, tokenizer)


if __name__ == "__main__":
    main()
