"""Compares the logits of an exported model in PyTorch with those of Forward Pass's own engine.

    npm run build && python training/compare_engine.py [--model DIR] [--cli FILE] [--data DIR]

The reference is model.py, read from the same folder: float32 arithmetic on the stored weights. The logits of
each text's last position are compared, over the whole vocabulary for short texts and for the 200 likeliest
tokens of long ones (the engine lists as many for every position), and at every position the log-probability
of the token that is there. Ends with status 1 if anything differs by more than the tolerance.

With --data the engine also reads the held-out files whole, in windows that overlap by a quarter, and its bits
per byte are kept beside the evaluation for the model card.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import torch

from export import load_exported

HERE = Path(__file__).parent
TEXTS = [
    "The capital of France is",
    "Once upon a time there was a little girl who lived in a house at the edge of the wood.",
    "def add(a, b):\n    return a + b\n\n\nclass Adder:\n    def __init__(self, first):\n        self.first = first\n",
    "export function add(a: number, b: number): number {\n  return a + b;\n}\n\nconst total = add(1, 2);\n",
    "## Naïve café — “quotes”, 日本語 and 🙂\n\n* one\n* two\n",
    "x",
    "The quick brown fox jumps over the lazy dog. " * 60,  # longer than the context
]


def engine(cli, model, text, top_k, *options):
    command = ["node", cli, "inspect", "--model", model, "--top-k", str(top_k), *options]
    result = subprocess.run(command, input=text.encode(), capture_output=True)
    if result.returncode != 0:
        sys.exit(f"compare_engine: {result.stderr.decode().strip()}")
    return json.loads(result.stdout)


@torch.no_grad()
def compare(model, answer):
    """Largest difference of the last position's logits, and of the tokens' log-probabilities."""
    ids = torch.tensor([token["id"] for token in answer["tokens"]])
    logits = model(ids[None])[0]  # [T, V]
    listed = torch.tensor([entry["id"] for entry in answer["next"]])
    theirs = torch.tensor([entry["logit"] for entry in answer["next"]])
    of_logits = (logits[-1, listed] - theirs).abs().max().item()
    if len(ids) == 1:
        return of_logits, 0.0
    ours = logits[:-1].log_softmax(-1).gather(1, ids[1:, None]).squeeze(1)
    given = torch.tensor([token["logprob"] for token in answer["tokens"][1:]])
    return of_logits, (ours - given).abs().max().item()


def held_out(cli, model, context, data):
    """Bits per byte of each held-out file, by the engine."""
    bits = {}
    for path in sorted((data / "held-out").glob("*.txt")):
        answer = engine(cli, model, path.read_text(encoding="utf-8"), 1, "--stride", str(context * 3 // 4))
        bits[path.stem] = answer["totals"]["bitsPerByte"]
        print(f"{path.stem}: {bits[path.stem]:.3f} bits per byte")
    (data / "run" / "engine.json").write_text(json.dumps(bits, indent=2), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", type=Path, default=HERE.parent / "media" / "model")
    parser.add_argument("--cli", type=Path, default=HERE.parent / "dist" / "cli.js")
    parser.add_argument("--tolerance", type=float, default=1e-3)
    parser.add_argument("--data", type=Path, help="where held-out files and the evaluation are")
    options = parser.parse_args()
    model = load_exported(options.model)
    worst = 0.0
    for text in TEXTS:
        top_k = model.config.vocab_size if len(text) < 60 else 200
        answer = engine(options.cli, options.model, text, top_k)
        of_logits, of_logprobs = compare(model, answer)
        worst = max(worst, of_logits, of_logprobs)
        print(
            f"{len(answer['tokens']):4} tokens: max |Δ logit| {of_logits:.1e} over {len(answer['next']):,}, "
            f"max |Δ log-probability| {of_logprobs:.1e}   {text[:30]!r}"
        )
    print(f"largest difference {worst:.1e}, tolerance {options.tolerance:.0e}")
    if options.data:
        held_out(options.cli, options.model, model.config.n_positions, options.data)
    sys.exit(worst > options.tolerance)


if __name__ == "__main__":
    main()
