"""Makes small GPT-2 models in GGUF, as llama.cpp's conversion writes them, and what Hugging Face
`transformers` computes with the same weights.

    python -m venv .venv && .venv/bin/pip install -r test/golden/gguf/requirements.txt
    .venv/bin/python test/golden/gguf/gpt2.py

Each `data/<name>/` holds `model.gguf` and `expected.safetensors`; `../goldens.ts` says what the latter
holds. Quantised matrices are random blocks: their float32 values are what the package `gguf` makes of
them, and `transformers` computes with these. The vocabulary is byte-level byte-pair encoding, trained
by the package `tokenizers`, whose tokens for some texts are in `tokens.json`.
"""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import safetensors.numpy
import torch
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, GGUFWriter
from gguf.quants import dequantize, quantize
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPT2Config, GPT2LMHeadModel, logging

sys.path.append(str(Path(__file__).parent.parent))
from dequantise import HALVES  # noqa: E402
from generate import predictions, run  # noqa: E402

DATA = Path(__file__).parent / "data"
VOCABULARY = 300
TEXTS = [
    "The cat sat on the mat, and then it sat on the hat.",
    "  two spaces\n\nnew lines\tand 12345 numbers",
    "naïve café — 日本語 🙂",
    "",
]
CORPUS = [
    "the cat sat on the mat and the other hat on the table then they ate the rest of the bread "
    "while nobody in the kitchen was looking for them because it was already late at night"
] * 20


@dataclass
class Golden:
    name: str
    """ggml's types by ggml's names of matrices; the others are F32."""
    types: dict = field(default_factory=dict)
    n_layer: int = 2
    n_embd: int = 24
    n_inner: int | None = None
    own_head: bool = False


LEGACY = {
    "token_embd": "Q8_0",
    "output": "Q5_1",
    "blk.0.attn_qkv": "Q4_0",
    "blk.0.attn_output": "Q4_1",
    "blk.0.ffn_up": "Q5_0",
    "blk.0.ffn_down": "Q5_1",
}
K_QUANTS = {
    "token_embd": "Q6_K",
    "blk.0.attn_qkv": "Q4_K",
    "blk.0.attn_output": "Q5_K",
    "blk.0.ffn_up": "Q3_K",
    "blk.0.ffn_down": "Q2_K",
}
IQ4 = {
    "token_embd": "IQ4_NL",
    "blk.0.attn_qkv": "IQ4_NL",
    "blk.0.attn_output": "IQ4_NL",
    "blk.0.ffn_up": "IQ4_NL",
    "blk.0.ffn_down": "IQ4_XS",
}
GOLDENS = [
    Golden("float32"),
    Golden("float16", types=dict.fromkeys(LEGACY, "F16"), n_layer=1, n_inner=40, own_head=True),
    Golden("bfloat16", types=dict.fromkeys(LEGACY, "BF16"), n_layer=1),
    Golden("legacy", types=LEGACY, n_layer=1, n_embd=64, n_inner=96, own_head=True),
    Golden("kQuants", types=K_QUANTS, n_layer=1, n_embd=256, n_inner=256),
    Golden("iq4", types=IQ4, n_layer=1, n_embd=64, n_inner=256),
]


def train_vocabulary() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|endoftext|>"],
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    assert tokenizer.get_vocab_size() == VOCABULARY
    return tokenizer


def random_blocks(shape: tuple, name: str, std: float, rng) -> tuple[np.ndarray, np.ndarray]:
    """Blocks of random bytes with values of the given deviation: as stored, and as float32."""
    kind = GGMLQuantizationType[name]
    values, size = GGML_QUANT_SIZES[kind]
    count = shape[0] * shape[1] // values
    blocks = rng.integers(256, size=(count, size), dtype=np.uint8)

    def with_halves(scale: float):
        # A minimum is added in the formats of 32 values and taken away in the others.
        halves = [scale, -scale * 8 if values == 32 else scale]
        for at, half in zip(HALVES[name], halves, strict=False):
            blocks[:, at : at + 2] = np.full(count, half, np.float16).view(np.uint8).reshape(-1, 2)
        stored = blocks.reshape(shape[0], -1)
        return stored.copy(), dequantize(stored, kind).astype(np.float32)

    _, unscaled = with_halves(1.0)
    return with_halves(std / unscaled.std())


def stored(matrix: np.ndarray, name: str, rng) -> tuple[np.ndarray, np.ndarray]:
    """A matrix [out, in] as its bytes in the file, and the float32 values that these stand for."""
    if name in HALVES:
        return random_blocks(matrix.shape, name, float(matrix.std()), rng)
    kind = GGMLQuantizationType[name]
    data = quantize(matrix, kind)
    return data, dequantize(data, kind).astype(np.float32)


def make(golden: Golden, seed: int, tokenizer: Tokenizer) -> None:
    rng = np.random.default_rng(seed)
    n, inner = golden.n_embd, golden.n_inner or 4 * golden.n_embd
    config = GPT2Config(
        vocab_size=VOCABULARY,
        n_positions=32,
        n_embd=n,
        n_layer=golden.n_layer,
        n_head=4,
        n_inner=inner,
        bos_token_id=0,
        eos_token_id=0,
        tie_word_embeddings=not golden.own_head,
    )
    folder = DATA / golden.name
    folder.mkdir(parents=True, exist_ok=True)
    writer = GGUFWriter(folder / "model.gguf", "gpt2")
    writer.add_name(golden.name)
    writer.add_block_count(config.n_layer)
    writer.add_context_length(config.n_positions)
    writer.add_embedding_length(n)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(config.n_head)
    writer.add_layer_norm_eps(config.layer_norm_epsilon)
    add_vocabulary(writer, tokenizer)
    weights = {}

    def add(name: str, hugging_face: str, out: int, into: int, std: float, turned: bool = True):
        matrix = (rng.standard_normal((out, into)) * std).astype(np.float32)
        kind = golden.types.get(name, "F32")
        data, values = stored(matrix, kind, rng)
        writer.add_tensor(f"{name}.weight", data, raw_dtype=GGMLQuantizationType[kind])
        weights[f"{hugging_face}.weight"] = values.T.copy() if turned else values

    def add_vector(name: str, hugging_face: str, part: str, mean: float, std: float, size: int):
        vector = (rng.standard_normal(size) * std + mean).astype(np.float32)
        writer.add_tensor(f"{name}.{part}", vector)
        weights[f"{hugging_face}.{part}"] = vector

    def add_norm(name: str, hugging_face: str):
        add_vector(name, hugging_face, "weight", 1.2, 0.3, n)
        add_vector(name, hugging_face, "bias", 0.0, 0.2, n)

    add("token_embd", "transformer.wte", VOCABULARY, n, 0.5, turned=False)
    add("position_embd", "transformer.wpe", config.n_positions, n, 0.25, turned=False)
    for layer in range(config.n_layer):
        blk, h = f"blk.{layer}", f"transformer.h.{layer}"
        add_norm(f"{blk}.attn_norm", f"{h}.ln_1")
        add(f"{blk}.attn_qkv", f"{h}.attn.c_attn", 3 * n, n, 1.2 / n**0.5)
        add_vector(f"{blk}.attn_qkv", f"{h}.attn.c_attn", "bias", 0.0, 0.3, 3 * n)
        add(f"{blk}.attn_output", f"{h}.attn.c_proj", n, n, 0.7 / n**0.5)
        add_vector(f"{blk}.attn_output", f"{h}.attn.c_proj", "bias", 0.0, 0.1, n)
        add_norm(f"{blk}.ffn_norm", f"{h}.ln_2")
        add(f"{blk}.ffn_up", f"{h}.mlp.c_fc", inner, n, 1 / n**0.5)
        add_vector(f"{blk}.ffn_up", f"{h}.mlp.c_fc", "bias", 0.0, 0.3, inner)
        add(f"{blk}.ffn_down", f"{h}.mlp.c_proj", n, inner, 1 / inner**0.5)
        add_vector(f"{blk}.ffn_down", f"{h}.mlp.c_proj", "bias", 0.0, 0.1, n)
    add_norm("output_norm", "transformer.ln_f")
    if golden.own_head:
        add("output", "lm_head", VOCABULARY, n, 3 / n**0.5, turned=False)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    model = GPT2LMHeadModel._from_config(config, attn_implementation="eager").eval()
    state = {name: torch.from_numpy(w) for name, w in weights.items()}
    missing = model.load_state_dict(state, strict=False)
    assert not missing.unexpected_keys
    assert set(missing.missing_keys) <= ({"lm_head.weight"} if not golden.own_head else set())
    expected = {}
    for i, length in enumerate([1, 17]):
        ids = rng.integers(VOCABULARY, size=length)
        values = dict(zip(("logits", "residual", "pattern"), run(model, ids), strict=True))
        values |= predictions(values["logits"], ids) | {"ids": ids.astype(np.int32)}
        expected |= {f"{i}.{name}": np.ascontiguousarray(value) for name, value in values.items()}
    safetensors.numpy.save_file(expected, folder / "expected.safetensors")


def add_vocabulary(writer: GGUFWriter, tokenizer: Tokenizer) -> None:
    names = [tokenizer.id_to_token(id) for id in range(VOCABULARY)]
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(names)
    writer.add_token_types([3] + [1] * (VOCABULARY - 1))
    writer.add_token_merges([" ".join(merge) for merge in merges])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)


def main() -> None:
    logging.set_verbosity_error()
    torch.set_num_threads(1)
    tokenizer = train_vocabulary()
    for seed, golden in enumerate(GOLDENS):
        make(golden, seed, tokenizer)
    tokens = [{"text": text, "ids": tokenizer.encode(text).ids} for text in TEXTS]
    (DATA / "tokens.json").write_text(json.dumps(tokens, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    main()
