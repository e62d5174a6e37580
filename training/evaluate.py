"""Measures a checkpoint: held-out bits per byte, the prompts, and repetition of random tokens.

    python evaluate.py --data DIR --checkpoint FILE [--json FILE] [--markdown FILE]

Everything uses the full softmax. Every token of a held-out file after the first is predicted once, with at
least a quarter of the context before it: windows of the whole context overlap by that quarter.
"""

import argparse
import json
import math
import os
import shutil
import subprocess
from pathlib import Path

# As in train.py: threads that wait must not spin.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "0")

import numpy as np
import torch
import torch.nn.functional as F

from corpus import r50k_base
from export import load_checkpoint
from model import END_OF_TEXT

HERE = Path(__file__).parent


@torch.no_grad()
def token_losses(model, ids):
    """Nats of every token of ids [T] after the first, [T - 1], from windows of the whole context."""
    context = model.config.n_positions
    stride = context * 3 // 4
    losses = []
    start, done = 0, 1  # `done` tokens need no more prediction
    while done < len(ids):
        window = ids[start : start + context]
        first = done - start - 1  # the position that predicts the first token still to do
        x = model.hidden(window[None, :-1])[0, first:]  # [N, C]
        logits = F.linear(x, model.wte.weight).float()  # [N, V]
        losses.append(F.cross_entropy(logits, window[first + 1 :], reduction="none"))
        done = start + len(window)
        start += stride
    return torch.cat(losses)


def held_out(model, encoding, folder, limit):
    """{kind: bits per byte and the like} for each held-out file, or its first `limit` tokens."""
    results = {}
    for file in sorted(folder.glob("*.bin")):
        ids = np.fromfile(file, dtype=np.uint16).astype(np.int64)
        ids = ids[ids != END_OF_TEXT][: limit or None]
        size = len(encoding.decode_bytes(ids.tolist()))
        nats = token_losses(model, torch.from_numpy(ids))
        results[file.stem] = {
            "bytes": size,
            "tokens": len(ids),
            "natsPerToken": round(nats.mean().item(), 4),
            "bitsPerByte": round(nats.sum().item() / math.log(2) / size, 4),
        }
    return results


def compressed(folder):
    """Bits per byte of general compressors on the same files, where they are installed."""
    commands = {"xz -9e": ["xz", "-9e", "-c"], "zstd --ultra -22": ["zstd", "--ultra", "-22", "-c"]}
    results = {}
    for name, command in commands.items():
        if shutil.which(command[0]):
            for file in sorted(folder.glob("*.txt")):
                with file.open("rb") as text:
                    size = len(subprocess.run(command, stdin=text, capture_output=True, check=True).stdout)
                results.setdefault(file.stem, {})[name] = round(8 * size / file.stat().st_size, 4)
    return results


@torch.no_grad()
def prompts(model, encoding, rows):
    """Each prompt with its five most likely next tokens and the expected one's rank."""
    results = []
    for row in rows:
        ids = encoding.encode_ordinary(row["prompt"])
        logits = model(torch.tensor([ids]))[0, -1].float()  # [V]
        logprobs = F.log_softmax(logits, dim=0)
        [expected, *more] = encoding.encode_ordinary(row["expected"])
        assert not more, f"the expected text of {row['prompt']!r} is more than one token"
        top = torch.topk(logprobs, 5)
        results.append(
            row
            | {
                "rank": int((logprobs > logprobs[expected]).sum()) + 1,
                "probability": round(logprobs[expected].exp().item(), 4),
                "top": [
                    [encoding.decode([token]), round(math.exp(value), 4)]
                    for token, value in zip(top.indices.tolist(), top.values.tolist(), strict=True)
                ],
            }
        )
    return results


@torch.no_grad()
def induction(model, length=50, sequences=32):
    """Mean loss in nats on random tokens, and on the same tokens repeated."""
    random = torch.Generator().manual_seed(0)
    once = torch.randint(0, END_OF_TEXT, (sequences, length), generator=random)
    ids = torch.cat([once, once], dim=1)  # [sequences, 2 * length]
    nats = F.cross_entropy(model(ids)[:, :-1].flatten(0, 1).float(), ids[:, 1:].flatten(), reduction="none")
    nats = nats.view(sequences, -1)
    # The first token of the second copy cannot be known: the copying starts after it.
    return {
        "first": round(nats[:, : length - 1].mean().item(), 4),
        "second": round(nats[:, length:].mean().item(), 4),
    }


def hit_rates(rows):
    rates = {}
    for category in [*dict.fromkeys(row["category"] for row in rows), "all"]:
        chosen = [row for row in rows if category in ("all", row["category"])]
        rates[category] = {
            "prompts": len(chosen),
            "top1": sum(row["rank"] == 1 for row in chosen),
            "top5": sum(row["rank"] <= 5 for row in chosen),
        }
    return rates


def shown(text):
    return "`" + text.replace("\n", "⏎").replace("|", "\\|").replace("`", "'") + "`"


def markdown(result):
    """The evaluation as the tables of the model card."""
    compressors = sorted({name for sizes in result["compressed"].values() for name in sizes})
    lines = [
        "| Held out | Bytes | Tokens | Nats per token | Bits per byte | " + " | ".join(compressors) + " |"
    ]
    lines.append("| --- |" + " ---: |" * (4 + len(compressors)))
    for kind, row in result["heldOut"].items():
        others = " | ".join(f"{result['compressed'][kind][name]:.3f}" for name in compressors)
        lines.append(
            f"| {kind} | {row['bytes']:,} | {row['tokens']:,} | {row['natsPerToken']:.3f} "
            f"| **{row['bitsPerByte']:.3f}** | {others} |"
        )
    lines += [
        "",
        "| Prompts | Number | Expected token first | Among the first five |",
        "| --- | ---: | ---: | ---: |",
    ]
    for category, rate in result["rates"].items():
        lines.append(f"| {category} | {rate['prompts']} | {rate['top1']} | {rate['top5']} |")
    induced = result["induction"]
    lines += [
        "",
        f"Fifty random tokens, repeated: mean loss {induced['first']:.2f} nats on the first copy, "
        f"{induced['second']:.2f} on the second.",
        "",
        "| Prompt | Expected | Rank | Five most likely |",
        "| --- | --- | ---: | --- |",
    ]
    for row in result["prompts"]:
        top = ", ".join(f"{shown(text)} {100 * share:.0f} %" for text, share in row["top"])
        lines.append(f"| {shown(row['prompt'])} | {shown(row['expected'])} | {row['rank']} | {top} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=HERE / ".data")
    parser.add_argument("--checkpoint", type=Path, help="default DATA/run/checkpoint.pt")
    parser.add_argument("--json", type=Path, help="where the results go (default beside the checkpoint)")
    parser.add_argument("--limit", type=int, default=0, help="tokens of each held-out file; 0 is all")
    parser.add_argument("--fp16", action="store_true", help="round the weights to fp16 first, as exported")
    options = parser.parse_args()
    checkpoint = options.checkpoint or options.data / "run" / "checkpoint.pt"
    model, progress = load_checkpoint(checkpoint)
    model.eval()
    if options.fp16:
        model.half().float()
    encoding = r50k_base(options.data)
    rows = prompts(model, encoding, json.loads((HERE / "prompts.json").read_text(encoding="utf-8")))
    result = {
        "progress": progress,
        "heldOut": held_out(model, encoding, options.data / "held-out", options.limit),
        "compressed": compressed(options.data / "held-out"),
        "rates": hit_rates(rows),
        "induction": induction(model),
        "prompts": rows,
    }
    target = options.json or checkpoint.with_name("evaluation.json")
    target.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    target.with_suffix(".md").write_text(markdown(result), encoding="utf-8")
    print(markdown(result).split("\n| Prompt | ")[0])


if __name__ == "__main__":
    main()
