"""Trains the bundled GPT-2 within a budget of wall-clock time.

    python train.py --data DIR --hours 1.5

The schedule follows the clock, not a count of steps: a short warm-up, a plateau, and a decay to zero
that ends when the budget does, whatever else the machine was doing meanwhile. For most of the run the
softmax is sampled and the sequences are short; the last part uses the full vocabulary and the full
context. A checkpoint holds everything that is needed to go on: run the same command again.
"""

import argparse
import csv
import math
import os
import shutil
import sys
import time
from pathlib import Path

# Threads that wait must not spin: on a machine shared with other work that costs most of the speed.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "0")

import numpy as np
import torch
import torch.nn.functional as F

from embedding import initial_embedding
from export import export
from model import GPT, GPTConfig, SampledSoftmax, full_softmax_loss
from sources import MIXTURE

HERE = Path(__file__).parent
KEPT_FREE_BYTES = 2_000_000_000  # a checkpoint is not begun on a nearly full disk


class Batches:
    """Random windows of the token files, the kinds mixed by their share."""

    def __init__(self, folder, mixture, seed):
        files = {kind: folder / f"{kind}.bin" for kind in mixture}
        self.tokens = [np.memmap(f, dtype=np.uint16, mode="r") for f in files.values() if f.exists()]
        shares = np.array([mixture[kind] for kind, f in files.items() if f.exists()])
        if not len(shares):
            sys.exit(f"train: no token files in {folder}; run corpus.py first")
        self.shares = shares / shares.sum()
        self.random = np.random.default_rng(seed)

    def next(self, rows, length):
        """Inputs and targets, both [rows, length]."""
        windows = np.empty((rows, length + 1), dtype=np.int64)
        for row, kind in enumerate(self.random.choice(len(self.tokens), size=rows, p=self.shares)):
            tokens = self.tokens[kind]
            start = self.random.integers(0, max(1, len(tokens) - length - 1))
            window = tokens[start : start + length + 1]
            windows[row] = np.resize(window, length + 1)
        windows = torch.from_numpy(windows)
        return windows[:, :-1], windows[:, 1:]

    def share_of_each(self, total):
        """A stretch of each kind's tokens, about `total` together, by the kinds' shares."""
        stretches = []
        for tokens, share in zip(self.tokens, self.shares, strict=True):
            length = min(len(tokens), int(total * share))
            start = (len(tokens) - length) // 2
            stretches.append(tokens[start : start + length])
        return stretches

    def counts(self, vocab_size, sample=4_000_000):
        """How common each token is in the mixture, [V]."""
        counts = torch.zeros(vocab_size)
        for tokens, share in zip(self.tokens, self.shares, strict=True):
            step = max(1, len(tokens) // sample)
            found = np.bincount(tokens[::step], minlength=vocab_size)
            counts += share * torch.from_numpy(found / found.sum()).float()
        return counts


def optimizers(model):
    """Muon for the matrices inside the blocks, AdamW for embeddings, biases and layer norms."""
    matrices = [p for p in model.h.parameters() if p.ndim == 2]
    vectors = [p for p in model.parameters() if p.ndim == 1]
    muon = torch.optim.Muon(matrices, lr=0.012, momentum=0.95, weight_decay=0.02, adjust_lr_fn="original")
    adamw = torch.optim.AdamW(
        [
            {"params": [model.wte.weight, model.wpe.weight], "lr": 1e-3, "weight_decay": 0.01},
            {"params": vectors, "lr": 2e-3, "weight_decay": 0.0},
        ],
        betas=(0.9, 0.95),
        eps=1e-8,
        fused=True,
    )
    for optimizer in (muon, adamw):
        for group in optimizer.param_groups:
            group["peak_lr"] = group["lr"]
    return muon, adamw


def learning_rate_share(progress, step, warmup_steps, decay):
    """Share of the peak rate at `progress` (0 to 1) of the budget: warm-up, plateau, decay to 0."""
    warm = min(1.0, (step + 1) / warmup_steps)
    return warm * min(1.0, max(0.0, (1.0 - progress) / decay))


def write_checkpoint(path, state):
    """Writes beside the last checkpoint, then renames: that one stays good whatever happens."""
    partial = path.with_suffix(".partial")
    try:
        if shutil.disk_usage(path.parent).free < KEPT_FREE_BYTES:
            raise OSError("less than 2 GB free")
        torch.save(state, partial)
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(partial, path)
    except (OSError, RuntimeError) as error:
        partial.unlink(missing_ok=True)
        kept = f"the last good one is still at {path}" if path.exists() else "there is none yet"
        sys.exit(f"train: the checkpoint could not be written ({error}); {kept}")


def read_checkpoint(path):
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        sys.exit(f"train: {path} cannot be read ({error}); delete it to begin anew, or restore a copy")


def held_out_loss(model, folder, length, rows=8):
    """Mean full-softmax loss in nats on the start of each held-out file, {kind: loss}."""
    losses = {}
    for file in sorted(folder.glob("*.bin")):
        tokens = np.fromfile(file, dtype=np.uint16, count=rows * length + 1).astype(np.int64)
        count = min(rows, (len(tokens) - 1) // length)
        if count == 0:
            continue
        ids = torch.from_numpy(tokens[: count * length + 1]).to(model.wte.weight.device)
        with torch.no_grad():
            logits = model(ids[:-1].view(count, length))
        losses[file.stem] = F.cross_entropy(logits.flatten(0, 1).float(), ids[1:]).item()
    return losses


def draw_curve(log, picture):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    with log.open() as rows:
        rows = list(csv.DictReader(rows))
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    trained = [(float(r["tokens"]) / 1e6, float(r["loss"])) for r in rows if r["loss"]]
    axes.plot(*zip(*trained, strict=True), color="#bbbbbb", linewidth=1, label="training (mixture)")
    for kind in ("prose", "markdown", "typescript", "python"):
        points = [(float(r["tokens"]) / 1e6, float(r[kind])) for r in rows if r.get(kind)]
        if points:
            axes.plot(*zip(*points, strict=True), linewidth=1.5, label=f"held out: {kind}")
    axes.set(xlabel="tokens seen (millions)", ylabel="loss (nats per token)")
    axes.set_ylim(top=min(8, axes.get_ylim()[1]))
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(picture, dpi=110)
    plt.close(figure)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=HERE / ".data")
    parser.add_argument("--run", type=Path, help="folder of the checkpoint and logs (default DATA/run)")
    parser.add_argument("--hours", type=float, default=1.5, help="wall-clock budget of the whole run")
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--rows", type=int, default=32, help="sequences in a step while they are short")
    parser.add_argument("--short", type=int, default=128, help="their length; later the whole context")
    parser.add_argument("--long-from", type=float, default=0.7, help="share of the run")
    parser.add_argument("--full-from", type=float, default=0.94, help="full softmax from this share on")
    parser.add_argument("--decay", type=float, default=0.5, help="share of the run in which the rate falls")
    parser.add_argument("--warmup-steps", type=int, default=40)
    parser.add_argument("--checkpoint-minutes", type=float, default=5)
    parser.add_argument("--export", type=Path, help="also export the newest weights to this folder")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--compile", action="store_true")
    parser.add_argument(
        "--random-embedding", action="store_true", help="begin with random token vectors, as GPT-2 does"
    )
    parser.add_argument("--fp32", action="store_true", help="no bfloat16, for processors without it")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main():
    options = arguments()
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    run = options.run or options.data / "run"
    begin = time.time()
    run.mkdir(parents=True, exist_ok=True)
    checkpoint_path, log_path = run / "checkpoint.pt", run / "log.csv"

    config = GPTConfig(options.layers, options.heads, options.width)
    progress = {"step": 0, "tokens": 0, "seconds": 0.0}
    model = GPT(config)
    saved = read_checkpoint(checkpoint_path) if checkpoint_path.exists() else None
    if saved:
        config = GPTConfig(**saved["config"])
        model = GPT(config)
        model.load_state_dict(saved["model"])
        progress = saved["progress"]
    model.to(device)
    all_optimizers = optimizers(model)
    if saved:
        for optimizer, state in zip(all_optimizers, saved["optimizers"], strict=True):
            optimizer.load_state_dict(state)
        print(f"train: going on from step {progress['step']}", flush=True)
    batches = Batches(options.data / "tokens", MIXTURE, seed=options.seed + progress["step"])
    if not saved and not options.random_embedding:
        streams = batches.share_of_each(120_000_000)
        with torch.no_grad():
            model.wte.weight.copy_(initial_embedding(streams, config.vocab_size, config.n_embd))
    sampled = SampledSoftmax(batches.counts(config.vocab_size), device=device)
    hidden = torch.compile(model.hidden) if options.compile else model.hidden

    budget = options.hours * 3600
    kinds = ["prose", "markdown", "typescript", "python"]
    header = ["step", "tokens", "seconds", "loss", "rate", *kinds]
    if not (saved and log_path.exists()):
        log_path.write_text(",".join(header) + "\n")
    began = begin - progress["seconds"]
    last_checkpoint = last_evaluation = last_log = time.time()
    tokens_at_log, recent = progress["tokens"], []
    print(f"train: {model.parameter_count():,} parameters, {device}, {options.hours} hours", flush=True)

    def checkpoint():
        progress["seconds"] = time.time() - began
        write_checkpoint(
            checkpoint_path,
            {
                "config": config.as_dict(),
                "model": model.state_dict(),
                "optimizers": [optimizer.state_dict() for optimizer in all_optimizers],
                "progress": dict(progress),
            },
        )

    while True:
        share_done = (time.time() - began) / budget
        if share_done >= 1:
            break
        is_long, is_full = share_done >= options.long_from, share_done >= options.full_from
        length = config.n_positions if is_long else min(options.short, config.n_positions)
        rows = max(1, options.rows * options.short // length)
        rate = learning_rate_share(share_done, progress["step"], options.warmup_steps, options.decay)
        for optimizer in all_optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["peak_lr"] * rate

        inputs, targets = (part.to(device) for part in batches.next(rows, length))
        with torch.autocast(device, torch.bfloat16, enabled=not options.fp32):
            x = hidden(inputs).flatten(0, 1)  # [rows * length, C]
            compute = full_softmax_loss if is_full else sampled.loss
            loss = compute(x, targets.flatten(), model.wte.weight)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in all_optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        progress["step"] += 1
        progress["tokens"] += rows * length
        recent.append(loss.item())
        if not math.isfinite(recent[-1]):
            sys.exit(f"train: the loss is {recent[-1]} at step {progress['step']}; the last good "
                     f"checkpoint is at {checkpoint_path}")  # fmt: skip

        now = time.time()
        if progress["step"] % 20 == 0 or progress["step"] == 1:
            row = {
                "step": progress["step"],
                "tokens": progress["tokens"],
                "seconds": round(now - began),
                "loss": round(sum(recent) / len(recent), 4),
                "rate": round(rate, 4),
            }
            if now - last_evaluation > 900:
                losses = held_out_loss(model, options.data / "held-out", config.n_positions)
                row |= {kind: round(loss, 4) for kind, loss in losses.items() if kind in kinds}
                last_evaluation = time.time()
            with log_path.open("a", newline="") as log:
                csv.DictWriter(log, header).writerow(row)
            speed = (progress["tokens"] - tokens_at_log) / (now - last_log)
            print(" ".join(f"{k}={v}" for k, v in row.items()), f"tokens/s={speed:.0f}", flush=True)
            last_log, tokens_at_log, recent = now, progress["tokens"], []
        if now - last_checkpoint > options.checkpoint_minutes * 60:
            checkpoint()
            last_checkpoint = now
            if options.export:
                export(model, options.export)

    checkpoint()
    losses = held_out_loss(model, options.data / "held-out", config.n_positions)
    with log_path.open("a", newline="") as log:
        final = {kind: round(loss, 4) for kind, loss in losses.items() if kind in kinds}
        csv.DictWriter(log, header).writerow(
            {"step": progress["step"], "tokens": progress["tokens"], "seconds": round(progress["seconds"])}
            | final
        )
    draw_curve(log_path, run / "loss.png")
    print(f"train: done after {progress['tokens']:,} tokens in {progress['seconds'] / 3600:.2f} hours")


if __name__ == "__main__":
    main()
