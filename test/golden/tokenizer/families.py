"""Writes families/*.json: small tokenizers as the families of models have them, and for each what
Hugging Face's tokenizers (the original, in Rust) makes of many strings. The tokenizers are trained
here, on strings of texts.py: those of the models themselves are large.

    python3.11 -m venv VENV && VENV/bin/pip install -r test/golden/tokenizer/requirements.txt
    VENV/bin/python test/golden/tokenizer/families.py

Each file holds the tokenizer.json (`tokenizer`), a tokenizer_config.json (`config`), what the
original puts in front of a text (`inFront`), and cases: the index of a text in texts.json, ids
and UTF-16 ranges, once with the names of special tokens as text (`encode_special_tokens`), once as
tokens where that differs.

Ranges are Hugging Face's offsets but for two things that these do not tell:
- An accent that was composed with its letter is in no token's range: here it belongs to the token
  before it.
- A prefix that was put before the text has the range of the first character: here it has none.
"""

import json
import random
import unicodedata
from collections import Counter
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers
from tokenizers import __version__, processors, trainers

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
    white_space_cases,
)

HERE = Path(__file__).parent
OUT = HERE / "families"
SEED = 20261124

# The patterns of the models, character for character.
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
O200K = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
DEEPSEEK = [
    r"\p{N}{1,3}",
    r"[一-龥぀-ゟ゠-ヿ]+",
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
]

DECOMPOSED = [
    "e\u0301a\u0308 n\u0303o A\u030angstro\u0308m",
    "cafe\u0301\u0302 e\u0302\u0301 a\u0323\u0302 x\u0301\u0302",
    "\u1112\u1161\u11ab\u1100\u1173\u11af \u1112\u1161 \uac00\u11a8 \u1100\u1100\u1161",
    "\u212b \u2126 \u212a \uf900 \ufb1d \u0958 \u0344",
    "\u0301abc \u0301\u0301 a\u0301",
    "plain, then e\u0301 and \u65e5\u672c\u3099 \u304b\u3099 \u30cf\u309a",
    "e\u0301" * 40,
    "1\u0301 !\u0301 \n\u0301 \U0001f600\u0301",
]
NAMES = [
    "<s>", "a<s>b", "<s> a </s>", "</s></s>", "<unk>", "<0x0A> <0x41>", "<bos>x<eos>", "▁ a▁b ▁▁c",
    "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n", "<|begin_of_text|>a<|eot_id|>",
    "a <mask> b<mask>  c", "a<cut> b <cut>  \n c", "word words sword word. a-word word", "<tool_call>\n{}\n</tool_call>",
    "<|endoftext|><|padding|> <|endoftext|>", "<|im_start|", "<|im_start|><|im_start|> ", "\n\n\n\n a", "\t\t\tb",
    "a    b\n        return  x", "  <s>  ", "<s>\u0301", "\u00e9<s>e\u0301<s>",
]
LONG = [
    "a" * 300, " " * 150, "ab" * 200, "日本語" * 70, "😀" * 60, "=" * 200, "1234567890" * 25, "\n" * 130,
    "supercalifragilistic" * 12, "▁" * 100, "etaoin shrdlu " * 20, "é" * 150, "x\u0301" * 70,
]


def corpus() -> list[str]:
    texts = [*ENGLISH, *CONTRACTIONS, *CODE, *SCRIPTS, *EMOJI, *NUMBERS, *SPECIAL, *DECOMPOSED]
    # Lines too, so that words have a beginning and an end of their own.
    return [*texts, *(line for text in texts for line in text.splitlines(keepends=True)), *ENGLISH]


def byte_level(size: int, cut=None, normalizer=None, **options) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    steps = [] if cut is None else cut
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [*steps, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=cut is None)]
    ) if steps else pre_tokenizers.ByteLevel(add_prefix_space=False)
    if normalizer:
        tokenizer.normalizer = normalizer
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(corpus(), trainer)
    return tokenizer


def split(pattern: str):
    return pre_tokenizers.Split(Regex(pattern), "isolated", invert=False)


def sentence_piece(size: int, special: list[str], fallback: bool) -> dict:
    """The model alone, with the runs of spaces that the real ones have."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(split=True)
    units = [f"<0x{byte:02X}>" for byte in range(256)] if fallback else []
    # The commonest characters, chosen here: the trainer would choose among equals by chance.
    counts = Counter("".join(corpus()).replace(" ", "▁"))
    alphabet = [character for character, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))][:90]
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=[*special, *units],
        initial_alphabet=alphabet,
        limit_alphabet=len(alphabet),
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    model = json.loads(tokenizer.to_str())["model"]
    vocabulary = model["vocab"]
    merges = []
    run = "▁"
    while len(run) < 16:
        merges.append([run, run])
        run += run
        vocabulary.setdefault(run, len(vocabulary))
    # A run of three too, which merging reaches in one way only.
    vocabulary["▁▁▁"] = len(vocabulary)
    merges.append(["▁▁", "▁"])
    model["merges"] = merges + model["merges"]
    model["byte_fallback"] = fallback
    model["fuse_unk"] = True
    return model


def written(tokenizer: Tokenizer) -> dict:
    return json.loads(tokenizer.to_str())


def add(file: dict, names: list, **options) -> None:
    """Adds tokens at the end of the vocabulary, or where it has them already."""
    ids = file["model"]["vocab"]
    size = max([*ids.values(), *(token["id"] for token in file["added_tokens"])]) + 1
    for name in names:
        at = ids.get(name)
        if at is None:
            at, size = size, size + 1
        token = {
            "id": at, "content": name, "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": False, "special": True,
        }
        file["added_tokens"].append(token | options)
    file["added_tokens"].sort(key=lambda token: token["id"])


def in_front(file: dict, name: str) -> dict:
    ids = {token["content"]: token["id"] for token in file["added_tokens"]}
    return {
        "type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": name, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {name: {"id": name, "ids": [ids[name]], "tokens": [name]}},
    }


BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}


def gpt2():
    file = written(byte_level(700))
    add(file, ["<|endoftext|>"])
    file["post_processor"] = BYTE_LEVEL
    return file, {"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "add_bos_token": False}


def neox():
    file = written(byte_level(700, normalizer=normalizers.NFC()))
    add(file, ["<|endoftext|>", "<|padding|>"])
    add(file, [" " * count for count in range(24, 1, -1)], special=False, normalized=True)
    file["post_processor"] = BYTE_LEVEL
    return file, {"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>"}


def phi():
    file = written(byte_level(700))
    add(file, ["<|endoftext|>"])
    add(file, [" " * count for count in range(31, 1, -1)], special=False, normalized=True)
    add(file, ["\t" * count for count in range(9, 1, -1)], special=False, normalized=True)
    return file, {"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "add_bos_token": False}


def smollm():
    file = written(byte_level(700))
    file["pre_tokenizer"] = {
        "type": "Sequence",
        "pretokenizers": [{"type": "Digits", "individual_digits": True}, BYTE_LEVEL | {"add_prefix_space": False}],
    }
    add(file, ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    return file, {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>"}


def llama3():
    file = written(byte_level(700, [split(LLAMA3)]))
    model = file["model"]
    model["ignore_merges"] = True
    # Tokens that no merge makes, only the piece as a whole.
    for name in ["Ġtruth", "Ġbrown", "Ċ" * 5, "æĹ¥æľ¬"]:
        model["vocab"].setdefault(name, len(model["vocab"]))
    add(file, ["<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"])
    file["post_processor"] = {"type": "Sequence", "processors": [BYTE_LEVEL, in_front(file, "<|begin_of_text|>")]}
    return file, {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"}


def qwen2():
    file = written(byte_level(700, [split(QWEN2)], normalizers.NFC()))
    add(file, ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    add(file, ["<tool_call>", "</tool_call>"], special=False)
    file["post_processor"] = BYTE_LEVEL
    return file, {"bos_token": None, "eos_token": "<|im_end|>", "add_bos_token": False}


def o200k():
    file = written(byte_level(600, [split(O200K)]))
    add(file, ["<|endoftext|>"])
    return file, {"eos_token": {"content": "<|endoftext|>"}}


def deepseek():
    file = written(byte_level(600, [split(pattern) for pattern in DEEPSEEK]))
    add(file, ["<|begin_of_text|>"])
    file["post_processor"] = in_front(file, "<|begin_of_text|>")
    return file, {"add_bos_token": True}


def added():
    """Added tokens of every kind."""
    file = written(byte_level(500, normalizer=normalizers.NFC()))
    add(file, ["<mask>"], lstrip=True, normalized=True)
    add(file, ["<cut>"], rstrip=True)
    add(file, ["<s>"], lstrip=True, rstrip=True)
    add(file, ["word"], single_word=True, special=False, normalized=True)
    add(file, ["-wo", "{}", "e\u0301"], special=False, normalized=True)
    add(file, ["<|im_start|>", "<|im_start|><|im_start|>"])
    return file, {"bos_token": "<s>"}


def with_pieces(model: dict, special: list[str], normalizer, pre_tokenizer) -> dict:
    file = written(Tokenizer(models.BPE()))
    file |= {"model": model, "normalizer": normalizer, "pre_tokenizer": pre_tokenizer}
    add(file, special)
    return file


REPLACE = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
LLAMA = ["<unk>", "<s>", "</s>"]


def llama2():
    normalizer = {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, REPLACE]}
    file = with_pieces(sentence_piece(900, LLAMA, True), LLAMA, normalizer, None)
    file["post_processor"] = in_front(file, "<s>")
    return file, {"bos_token": "<s>", "eos_token": "</s>", "add_bos_token": True, "tokenizer_class": "LlamaTokenizer"}


def mistral():
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": False}
    file = with_pieces(sentence_piece(900, LLAMA, True), LLAMA, None, metaspace)
    file["post_processor"] = in_front(file, "<s>")
    return file, {"bos_token": "<s>", "eos_token": "</s>"}


def metaspace():
    """Always a prefix, cut at spaces, and nothing to write unknown characters with."""
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    file = with_pieces(sentence_piece(500, LLAMA, False), LLAMA, None, metaspace)
    return file, {"bos_token": "<s>", "eos_token": "</s>", "tokenizer_class": "LlamaTokenizerFast"}


def unknown():
    """Each unknown character a token of its own, and NFKC."""
    model = sentence_piece(500, LLAMA, False) | {"fuse_unk": False}
    normalizer = {"type": "Sequence", "normalizers": [{"type": "NFKC"}, REPLACE]}
    return with_pieces(model, LLAMA, normalizer, None), {}


def gemma():
    special = ["<pad>", "<eos>", "<bos>", "<unk>"]
    cut = {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False}
    file = with_pieces(sentence_piece(900, special, True), special, REPLACE, cut)
    add(file, ["\n" * count for count in range(2, 6)] + ["\t\t", "\t\t\t", "[multimodal]"], special=False)
    file["post_processor"] = in_front(file, "<bos>")
    return file, {"bos_token": "<bos>", "eos_token": "<eos>", "add_bos_token": True, "tokenizer_class": "GemmaTokenizer"}


FAMILIES = [gpt2, neox, phi, smollm, llama3, qwen2, o200k, deepseek, added, llama2, mistral, metaspace, unknown, gemma]


def clean(text: str) -> str:
    return "".join("\ufffd" if 0xD800 <= ord(c) < 0xE000 else c for c in text)


def ranges(text: str, encoding, composes: bool, prefix: str | None) -> str:
    """UTF-16 ranges, separated by spaces: a range that begins where the last one ended by its
    length, any other as `start-end`."""
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if ord(character) > 0xFFFF else 1))
    offsets = [list(offset) for offset in encoding.offsets]
    if composes:
        covered = {at for start, end in offsets for at in range(start, end)}
        for offset in offsets:
            while offset[1] < len(text) and offset[1] not in covered:
                offset[1] += 1
        if offsets:
            offsets[0][0] = 0
    if prefix:
        for index, (token, offset) in enumerate(zip(encoding.tokens, offsets)):
            shares = index + 1 < len(offsets) and offsets[index + 1][0] == offset[0]
            if token == prefix and (shares or text[offset[0] : offset[1]] not in (" ", prefix)):
                offset[1] = offset[0]
    done = 0
    parts = []
    for start, end in offsets:
        parts.append(f"{units[end] - units[start]}" if start == done else f"{units[start]}-{units[end]}")
        done = end
    return " ".join(parts)


def reorders(text: str) -> bool:
    """Marks change places: Hugging Face's offsets then name the one for the other."""
    parts = (unicodedata.normalize("NFD", character) for character in text)
    return unicodedata.normalize("NFD", text) != "".join(parts)


def write(path: Path, fields: dict, cases: list) -> None:
    """One line for each case. Escaped to ASCII: no editor can change what is invisible."""
    parts = [f"  {json.dumps(key)}: {json.dumps(value)},\n" for key, value in fields.items()]
    lines = ",\n".join(f"    {json.dumps(case)}" for case in cases)
    path.write_text("{\n" + "".join(parts) + '  "cases": [\n' + lines + "\n  ]\n}\n")


def main() -> None:
    OUT.mkdir(exist_ok=True)
    rng = random.Random(SEED)
    shared = [*CONTRACTIONS, *EMOJI, *CONTROLS, *SPECIAL, *SURROGATES, *DECOMPOSED, *NAMES, *LONG]
    others = [*ENGLISH, *CODE, *SCRIPTS, *NUMBERS, *white_space_cases(), *fuzz_cases(random.Random(SEED))]
    texts = [*shared, *others]
    write(OUT / "texts.json", {}, texts)
    for family in FAMILIES:
        file, config = family()
        file = {"version": "1.0", "truncation": None, "padding": None} | file
        # What changes no id: offsets that leave out spaces, and what is put in front.
        reference = Tokenizer.from_str(json.dumps(file | {"post_processor": None}))
        complete = Tokenizer.from_str(json.dumps(file))
        kinds = json.dumps(file["normalizer"])
        composes = "NF" in kinds
        prefix = "▁" if "Prepend" in kinds or "prepend_scheme" in json.dumps(file["pre_tokenizer"]) else None
        cases = []
        # A family's own share of the other texts: the file stays small.
        asked = [*range(len(shared)), *sorted(rng.sample(range(len(shared), len(texts)), 45))]
        for index in asked:
            text = clean(texts[index])
            if composes and reorders(text):
                continue
            reference.encode_special_tokens = True
            ordinary = reference.encode(text)
            reference.encode_special_tokens = False
            special = reference.encode(text)
            case = [index, " ".join(map(str, ordinary.ids)), ranges(text, ordinary, composes, prefix)]
            if special.ids != ordinary.ids:
                case += [" ".join(map(str, special.ids)), ranges(text, special, composes, prefix)]
            cases.append(case)
        ids = complete.encode("Hello").ids
        plain = reference.encode("Hello").ids
        golden = {
            "versions": {"tokenizers": __version__},
            "config": config,
            "inFront": ids[0] if len(ids) > len(plain) else None,
            "tokenizer": file,
        }
        path = OUT / f"{family.__name__}.json"
        write(path, golden, cases)
        print(family.__name__, len(file["model"]["vocab"]), "tokens", path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
