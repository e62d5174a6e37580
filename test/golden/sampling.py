"""What Hugging Face's logits processors leave of a distribution, for `data/sampling.json`.

The processors run in the order of `transformers.generate` (temperature, top-k, top-p) on float64
scores, so that no rounding decides which token is the last to be kept.
"""

import json

import numpy as np
import torch
from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

TEMPERATURES = [0.01, 0.1, 0.7, 1.0, 2.5]
TOP_KS = [None, 1, 5, 1000]
TOP_PS = [1.0, 0.95, 0.5, 0.1, 0.0]


def processed(
    logits: np.ndarray, temperature: float, top_k: int | None, top_p: float
) -> np.ndarray:
    """Probabilities [vocab] after the processors; 0 for a token that was cut."""
    scores = torch.from_numpy(logits.astype(np.float64))[None]
    if temperature != 1.0:
        scores = TemperatureLogitsWarper(temperature)(None, scores)
    if top_k is not None:
        scores = TopKLogitsWarper(top_k)(None, scores)
    if top_p < 1.0:
        scores = TopPLogitsWarper(top_p)(None, scores)
    cut = torch.isinf(scores[0])
    return torch.where(cut, -1.0, scores.softmax(-1)[0]).numpy()


def golden() -> str:
    """The JSON text: logits vectors, and for each the settings with the ids kept (ascending) and
    their probabilities."""
    rng = np.random.default_rng(99)
    vectors = {
        "flat": rng.standard_normal(12) * 0.5,
        "peaked": rng.standard_normal(40) * 4 - 30,
        "ties": np.array([1.0, 3.0, 2.0, 2.0, 2.0, 0.0, 2.0, 2.0, 3.0, 1.0]),
    }
    cases = []
    for name, values in vectors.items():
        logits = values.astype(np.float32)
        grid = []
        for temperature in TEMPERATURES:
            for top_k in TOP_KS:
                for top_p in TOP_PS:
                    probabilities = processed(logits, temperature, top_k, top_p)
                    ids = np.flatnonzero(probabilities >= 0)
                    grid.append(
                        {
                            "temperature": temperature,
                            "topK": top_k,
                            "topP": top_p,
                            "ids": ids.tolist(),
                            "probabilities": probabilities[ids].tolist(),
                        }
                    )
        cases.append({"name": name, "logits": logits.tolist(), "settings": grid})
    lines = ",\n".join(json.dumps(case) for case in cases)
    return f"[\n{lines}\n]\n"
