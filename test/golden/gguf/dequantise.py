"""Makes `data/blocks.safetensors`: for every block format of ggml that Forward Pass reads, blocks of
random bytes and the float32 values that the package `gguf` makes of them.

    python -m venv .venv && .venv/bin/pip install -r test/golden/gguf/requirements.txt
    .venv/bin/python test/golden/gguf/dequantise.py

Random bytes use every code of a format, which quantised weights would not. The half-precision scales
and minima among them are given numbers of their own: of both signs, subnormal, zero, and large.
"""

import json
import struct
from pathlib import Path

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize

DATA = Path(__file__).parent / "data"
ROWS, BLOCKS = 3, 8

# Where each format keeps its half-precision numbers, in bytes from the start of a block.
HALVES = {
    "Q8_0": [0],
    "Q4_0": [0],
    "Q4_1": [0, 2],
    "Q5_0": [0],
    "Q5_1": [0, 2],
    "Q2_K": [80, 82],
    "Q3_K": [108],
    "Q4_K": [0, 2],
    "Q5_K": [0, 2],
    "Q6_K": [208],
    "IQ4_NL": [0],
    "IQ4_XS": [0],
}
SPECIAL = [0.0, -0.0, 2.0**-24, -3 * 2.0**-20, 2.0**-14, 1.0, -1.0, 65504.0, 0.1, -0.3]


def blocks_of(name: str, rng: np.random.Generator) -> np.ndarray:
    """[ROWS, BLOCKS · bytes] uint8"""
    _, size = GGML_QUANT_SIZES[GGMLQuantizationType[name]]
    blocks = rng.integers(256, size=(ROWS * BLOCKS, size), dtype=np.uint8)
    for at in HALVES[name]:
        halves = rng.normal(0, 0.02, len(blocks)).astype(np.float16)
        halves[: len(SPECIAL)] = rng.permutation(np.array(SPECIAL, np.float16))
        blocks[:, at : at + 2] = halves.view(np.uint8).reshape(-1, 2)
    return blocks.reshape(ROWS, -1)


def save(path: Path, tensors: dict[str, np.ndarray]) -> None:
    """A safetensors file."""
    header, data = {}, b""
    for name, tensor in tensors.items():
        start = len(data)
        data += tensor.tobytes()
        dtype = {"uint8": "U8", "float32": "F32"}[str(tensor.dtype)]
        offsets = [start, len(data)]
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": offsets}
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main() -> None:
    rng = np.random.default_rng(0)
    tensors = {}
    for name in HALVES:
        stored = blocks_of(name, rng)
        values = dequantize(stored, GGMLQuantizationType[name])
        assert np.isfinite(values).all()
        tensors |= {f"{name}.stored": stored, f"{name}.values": values.astype(np.float32)}
    DATA.mkdir(exist_ok=True)
    save(DATA / "blocks.safetensors", tensors)


if __name__ == "__main__":
    main()
