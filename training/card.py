"""Writes MODEL_CARD.md and the loss curve into an exported model's folder.

    python card.py --data DIR --to FOLDER [--hardware TEXT]

Every figure comes from what corpus.py, train.py and evaluate.py wrote.
"""

import argparse
import json
import os
import platform
import shutil
from pathlib import Path

from evaluate import hit_rates, markdown
from export import load_checkpoint

HERE = Path(__file__).parent

CARD = """\
# The bundled model

A GPT-2 with {parameters:,} parameters: {layers} layers, {heads} heads in each, width {width}, a context of
{context} tokens, the vocabulary `r50k_base` (50,257 tokens), embedding and unembedding tied. It exists so
that Forward Pass has something to open up from the first second, offline. It is small and briefly trained:
it knows how English sentences and source files go, and few facts. Point the extension at a larger
checkpoint for anything that matters.

* **Weights**: `model.safetensors`, float16, {size:,} bytes, SHA-256 in `model.sha256`; the layout is
  Hugging Face's GPT-2 (`GPT2LMHeadModel`), so `transformers` opens this folder too.
* **Made by** `training/` of this repository, from nothing: no other model's weights or outputs were used.

## Data

{corpus}
The sources, their versions, licences and sizes are in `training/SOURCES.md`: books in the public domain,
textbooks and documentation under permissive licences, dictionaries, and source code under permissive
licences. Held-out text comes from sources of its own, which are never trained on, and what repeats it
elsewhere was dropped.

## Recipe

{tokens:,} tokens seen, {steps:,} steps, {hours:.2f} hours on {hardware}, beside other work and at low priority.
{before}Muon for the matrices inside the blocks and AdamW for the rest; a warm-up, a plateau and a linear decay that
follow the clock; the token embedding begun from what stands beside each token in the corpus, everything else
as GPT-2 begins; {arithmetic} matrix products; a sampled softmax (the 2,048 most frequent tokens and 1,024 drawn
ones) until the last part of the run, then the full one; {lengths}{repeating}{backward}. `training/README.md` tells more.

![Loss against tokens seen](loss.png)

## Evaluation

PyTorch, float32 arithmetic on the float16 weights, full softmax, windows of {context} tokens that overlap by a
quarter. Bytes and tokens are what was evaluated of each held-out file; the compressors saw the
whole files.{engine}

{tables}
For scale: the smallest GPT-2 (124 million parameters, "117M" in its paper) is reported to reach, without
training on them, 1.16 bits per byte on enwik8, 1.17 bits per character on text8, and perplexities of 37.50 on
WikiText-103 and 35.13 on LAMBADA (Radford et al., "Language Models are Unsupervised Multitask Learners", 2019,
table 3). Those are other texts than the ones above, so the figures can only be set side by side roughly.

## Prompts

The list was written before the training ended (`training/prompts.json`). {top1} of {count} times the expected
token comes first, {top5} times it is among the first five.

{prompts}
## Limits

* It completes; it does not answer, follow instructions or hold a conversation.
* Its English is mostly that of books of the nineteenth and early twentieth century, with their views of the
  world, among them offensive ones.
* Names, dates and other facts that it prints are guesses, most often wrong.
* English and source code only. Beyond {context} tokens it sees nothing.

## Licence

The weights are under the MIT licence, like Forward Pass. They were trained on text that is in the public
domain or under the licences that `training/SOURCES.md` lists; a model this size can repeat short passages of
it.
"""


def processor():
    try:
        with open("/proc/cpuinfo") as lines:
            names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
        return f"{os.cpu_count()} cores of an {names[0]}"
    except (OSError, IndexError):
        return f"{os.cpu_count()} cores ({platform.processor() or platform.machine()})"


def runs(progress):
    """All tokens, steps and hours behind the weights, and a sentence on those before this run."""
    before = progress.get("before")
    if not before:
        return progress["tokens"], progress["step"], progress["seconds"], ""
    sentence = (
        f"The first {before['tokens']:,} of these tokens ({before['step']:,} steps, "
        f"{before['seconds'] / 3600:.2f} hours) gave the weights that were bundled before; the run described here "
        f"went on from those, {progress['tokens']:,} tokens in {progress['seconds'] / 3600:.2f} hours, with new "
        "optimiser states and a new schedule.\n"
    )
    total = {name: progress[name] + before[name] for name in ("tokens", "step", "seconds")}
    return total["tokens"], total["step"], total["seconds"], sentence


def lengths(short, context):
    """How long the sequences were that it was trained on."""
    if short >= context:
        return f"sequences of the whole context, {context} tokens"
    return f"sequences of {short} tokens first, then of the whole context"


def engine_sentence(path):
    """What Forward Pass itself measured on the same files, where compare_engine.py was asked for it."""
    if not path.exists():
        return ""
    bits = ", ".join(f"{kind} {value:.3f}" for kind, value in json.loads(path.read_text(encoding="utf-8")).items())
    return (
        " Forward Pass itself, reading each file in one\npiece (`inspect --stride`), measures in bits per byte: "
        f"{bits}."
    )


def corpus_line(table):
    """What the table of sources says of the corpus's size."""
    for line in table.read_text(encoding="utf-8").splitlines():
        if line.startswith("| **all**"):
            tokens = line.split("**")[3]
            return f"The corpus has {tokens} tokens after cleaning and dropping near-duplicates.\n"
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=HERE / ".data")
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--hardware", default=processor())
    options = parser.parse_args()
    run = options.data / "run"
    model, progress = load_checkpoint(run / "checkpoint.pt")
    result = json.loads((run / "evaluation.json").read_text(encoding="utf-8"))
    tables, _, prompts = markdown(result).partition("| Prompt | ")
    rates = hit_rates(result["prompts"])["all"]
    table = options.data / "SOURCES.md"
    config = model.config
    tokens, steps, seconds, before = runs(progress)
    recipe = progress["recipe"]
    share = recipe["repeating"]
    card = CARD.format(
        parameters=model.parameter_count(),
        layers=config.n_layer,
        heads=config.n_head,
        width=config.n_embd,
        context=config.n_positions,
        size=(options.to / "model.safetensors").stat().st_size,
        corpus=corpus_line(table if table.exists() else HERE / "SOURCES.md"),
        tokens=tokens,
        steps=steps,
        hours=seconds / 3600,
        hardware=options.hardware,
        before=before,
        arithmetic="bfloat16" if recipe["bfloat16"] else "float32",
        lengths=lengths(recipe["short"], config.n_positions),
        engine=engine_sentence(run / "engine.json"),
        repeating=(
            f"; in the first part of the run {100 * share:.0f} % of the sequences are one stretch over and over"
            if share
            else ""
        ),
        backward=(
            "; two heads of the first layer set up by hand at its beginning to look one and two tokens back"
            if recipe.get("backward")
            else ""
        ),
        tables=tables,
        prompts="| Prompt | " + prompts,
        top1=rates["top1"],
        top5=rates["top5"],
        count=rates["prompts"],
    )
    (options.to / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    shutil.copy(run / "loss.png", options.to / "loss.png")
    print(f"{options.to / 'MODEL_CARD.md'} written")


if __name__ == "__main__":
    main()
