"""Trains the bundled GPT-2 within a budget of wall-clock time.

    python train.py --data DIR --hours 1.5

The schedule follows the clock, not a count of steps: a short warm-up, a plateau, and a decay to zero
that ends when the budget does, whatever else the machine was doing meanwhile. For most of the run the
softmax is sampled and the sequences are short; the last part uses the full vocabulary and the full
context. A checkpoint holds everything that is needed to go on: run the same command again.
"""

import argparse
import csv
import ctypes
import math
import os
import re
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Threads that wait must not spin: on a machine shared with other work that costs most of the speed.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "0")

import numpy as np
import torch
import torch.nn.functional as F

from embedding import initial_embedding
from export import export, load_exported
from model import GPT, GPTConfig, SampledSoftmax, full_softmax_loss
from muon import Muon
from positions import add_backward_heads
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

    def next(self, rows, length, repeating=0.0):
        """Inputs and targets, both [rows, length]. About `repeating` of the rows are a shorter
        stretch over and over, which teaches to look back for what came after the same token."""
        windows = np.empty((rows, length + 1), dtype=np.int64)
        for row, kind in enumerate(self.random.choice(len(self.tokens), size=rows, p=self.shares)):
            tokens = self.tokens[kind]
            start = self.random.integers(0, max(1, len(tokens) - length - 1))
            window = tokens[start : start + length + 1]
            if self.random.random() < repeating:
                window = window[: self.random.integers(24, length // 2)]
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


def optimizers(model, rate=1.0):
    """Muon for the matrices inside the blocks, in two halves that can go on at once, and AdamW for
    embeddings, biases and layer norms."""
    matrices = [p for p in model.h.parameters() if p.ndim == 2]
    vectors = [p for p in model.parameters() if p.ndim == 1]
    middle = len(matrices) // 2
    adamw = torch.optim.AdamW(
        [
            {"params": [model.wte.weight, model.wpe.weight], "lr": 1e-3, "weight_decay": 0.01},
            {"params": vectors, "lr": 2e-3, "weight_decay": 0.0},
        ],
        betas=(0.9, 0.99),
        eps=1e-8,
        fused=True,
    )
    every = [Muon(matrices[:middle]), Muon(matrices[middle:]), adamw]
    for optimizer in every:
        for group in optimizer.param_groups:
            group["peak_lr"] = rate * group["lr"]
    return every


class Gradients:
    """The mean loss of a batch and its gradients, a share of the rows on each of some threads.

    A thread does whole matrix products alone and meets the others once a step: threads that share each
    product wait for one another hundreds of times, the longer the busier the machine is otherwise.
    """

    def __init__(self, model, sampled, workers, pool, autocast):
        self.model, self.sampled, self.workers, self.pool = model, sampled, workers, pool
        self.autocast = autocast
        self.others = [p for p in model.parameters() if p is not model.wte.weight]

    def sampled_part(self, inputs, targets):
        """Only the embedding's rows that take part get a gradient: (loss, row numbers, gradients)."""
        inputs_flat, targets_flat = inputs.flatten(), targets.flatten()
        candidates = self.sampled.candidates()
        numbers = torch.cat([inputs_flat, targets_flat, candidates])
        rows = F.embedding(numbers, self.model.wte.weight.detach()).requires_grad_()
        of_inputs, of_targets, of_candidates = rows.split(
            [len(inputs_flat), len(targets_flat), len(candidates)]
        )
        with self.autocast():
            x = self.model.hidden_from(of_inputs.view(*inputs.shape, -1)).flatten(0, 1)
            loss = self.sampled.loss(x, targets_flat, candidates, of_targets, of_candidates)
        return loss.detach(), numbers, torch.autograd.grad(loss, [rows, *self.others])

    def full_part(self, inputs, targets):
        with self.autocast():
            x = self.model.hidden(inputs).flatten(0, 1)
            loss = full_softmax_loss(x, targets.flatten(), self.model.wte.weight)
        return loss.detach(), None, torch.autograd.grad(loss, [self.model.wte.weight, *self.others])

    def compute(self, inputs, targets, is_full):
        """Sets the gradients and returns the loss."""
        part = self.full_part if is_full else self.sampled_part
        workers = min(self.workers, len(inputs))
        results = list(self.pool.map(part, inputs.chunk(workers), targets.chunk(workers)))
        shares = [len(rows) / len(inputs) for rows in inputs.chunk(workers)]
        wte = self.model.wte.weight
        wte.grad = torch.zeros_like(wte) if wte.grad is None else wte.grad.zero_()
        for parameter in self.others:
            parameter.grad = None
        for share, (_, numbers, (of_wte, *gradients)) in zip(shares, results, strict=True):
            if numbers is None:
                wte.grad.add_(of_wte, alpha=share)
            else:
                wte.grad.index_add_(0, numbers, of_wte, alpha=share)
            for parameter, gradient in zip(self.others, gradients, strict=True):
                if parameter.grad is None:
                    parameter.grad = gradient.mul_(share)
                else:
                    parameter.grad.add_(gradient, alpha=share)
        return sum(share * result[0].item() for share, result in zip(shares, results, strict=True))


def keep_memory():
    """Large blocks go back to the allocator and not to the system: where it is glibc's, the same
    pages serve each step instead of being mapped and cleared anew."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    for option, value in ((-8, 1), (-4, 0), (-1, 2**30), (-2, 2**26)):  # arenas, mmap, trim, padding
        mallopt(option, value)


def has_bfloat16(device):
    """Whether bfloat16 matrix products are done in hardware; emulated ones are slower than float32."""
    if device != "cpu":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    found = torch.cpu.get_capabilities()
    return any(found.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))


def earlier_training(folder):
    """What the model card in `folder` says of the training behind its weights."""
    try:
        card = (folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    except OSError as error:
        sys.exit(f"train: {folder} has no model card to tell how it was trained ({error.strerror})")
    found = re.search(r"([\d,]+) tokens seen, ([\d,]+) steps, ([\d.]+) hours", card)
    if not found:
        sys.exit(f"train: {folder}/MODEL_CARD.md does not say how many tokens were seen")
    tokens, step, hours = (float(figure.replace(",", "")) for figure in found.groups())
    return {"tokens": int(tokens), "step": int(step), "seconds": hours * 3600}


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
        error = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(". ")
        kept = f"the last good one is still at {path}" if path.exists() else "there is none yet"
        sys.exit(f"train: the checkpoint could not be written ({error}); {kept}")


def read_checkpoint(path):
    """The checkpoint, with the model and the optimizers as it describes them."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        model = GPT(GPTConfig(**state["config"]))
        model.load_state_dict(state["model"])
        progress = state["progress"]
        return model, state["optimizers"], progress
    except Exception as error:  # a damaged file can fail anywhere
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(". ")
        sys.exit(f"train: {path} cannot be read ({reason}); delete it to begin anew, or restore a copy")


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
    parser.add_argument("--begin-from", type=Path, help="an exported model whose weights are the start")
    parser.add_argument("--backward-heads", action="store_true", help="begin with heads that look back 1 and 2")
    parser.add_argument("--rows", type=int, default=12, help="sequences in a step while they are short")
    parser.add_argument("--short", type=int, default=256, help="their length; later the whole context")
    parser.add_argument("--long-from", type=float, default=0.6, help="share of the run")
    parser.add_argument("--repeating", type=float, default=0.0, help="share of rows that repeat a stretch")
    parser.add_argument("--repeating-until", type=float, default=0.25, help="share of the run")
    parser.add_argument("--full-from", type=float, default=0.95, help="full softmax from this share on")
    parser.add_argument("--decay", type=float, default=0.6, help="share of the run in which the rate falls")
    parser.add_argument("--rate", type=float, default=1.0, help="share of the usual peak rates")
    parser.add_argument("--warmup-steps", type=int, default=40)
    parser.add_argument("--checkpoint-minutes", type=float, default=5)
    parser.add_argument("--export", type=Path, help="also export the newest weights to this folder")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument(
        "--random-embedding", action="store_true", help="begin with random token vectors, as GPT-2 does"
    )
    parser.add_argument("--fp32", action="store_true", help="float32 even where there is bfloat16")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main():
    options = arguments()
    keep_memory()
    torch.manual_seed(options.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    workers = max(1, options.threads) if device == "cpu" else 1
    torch.set_num_threads(options.threads)
    run = options.run or options.data / "run"
    begin = time.time()
    run.mkdir(parents=True, exist_ok=True)
    checkpoint_path, log_path = run / "checkpoint.pt", run / "log.csv"

    bfloat16 = has_bfloat16(device) and not options.fp32
    progress = {"step": 0, "tokens": 0, "seconds": 0.0}
    progress["recipe"] = {"short": options.short, "repeating": options.repeating, "bfloat16": bfloat16}
    progress["recipe"]["backward"] = options.backward_heads
    saved = checkpoint_path.exists()
    if saved:
        model, optimizer_states, progress = read_checkpoint(checkpoint_path)
    elif options.begin_from:
        model = load_exported(options.begin_from)
        progress["before"] = earlier_training(options.begin_from)
    else:
        model = GPT(GPTConfig(options.layers, options.heads, options.width))
    config = model.config
    model.to(device)
    all_optimizers = optimizers(model, options.rate)
    if saved:
        for optimizer, state in zip(all_optimizers, optimizer_states, strict=True):
            optimizer.load_state_dict(state)
        print(f"train: going on from step {progress['step']}", flush=True)
    batches = Batches(options.data / "tokens", MIXTURE, seed=options.seed + progress["step"])
    if not (saved or options.begin_from or options.random_embedding):
        streams = batches.share_of_each(120_000_000)
        with torch.no_grad():
            model.wte.weight.copy_(initial_embedding(streams, config.vocab_size, config.n_embd))
    counts = batches.counts(config.vocab_size)
    if options.backward_heads and not saved:
        add_backward_heads(model, counts.to(device), {0: 1, 2: 2})
    sampled = SampledSoftmax(counts, device=device)
    torch.set_num_threads(1)  # from here on each worker has one
    pool = ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,))
    gradients = Gradients(
        model,
        sampled,
        workers,
        pool,
        lambda: torch.autocast(device, torch.bfloat16, enabled=bfloat16),
    )

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

        repeating = options.repeating if share_done < options.repeating_until else 0.0
        inputs, targets = (part.to(device) for part in batches.next(rows, length, repeating))
        recent.append(gradients.compute(inputs, targets, is_full))
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        list(pool.map(lambda optimizer: optimizer.step(), all_optimizers))
        progress["step"] += 1
        progress["tokens"] += rows * length
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
                torch.set_num_threads(options.threads)
                losses = held_out_loss(model, options.data / "held-out", config.n_positions)
                torch.set_num_threads(1)
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
                try:
                    export(model, options.export)
                except OSError as error:
                    print(f"train: not exported to {options.export}: {error}", flush=True)

    checkpoint()
    torch.set_num_threads(options.threads)
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
