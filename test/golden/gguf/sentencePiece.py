"""Makes `data/sentencePiece.json`: two small vocabularies of SentencePiece's byte-pair encoding with
byte fallback, as GGUF holds them (pieces, scores, kinds), and what the package `sentencepiece` and
`transformers` make of them.

    python -m venv .venv && .venv/bin/pip install -r test/golden/gguf/requirements.txt sentencepiece==0.2.3
    .venv/bin/python test/golden/gguf/sentencePiece.py

One puts a space in front of a text, as Llama and Mistral do; the other does not, as Gemma does.
"""

import io
import json
from pathlib import Path

import sentencepiece
from transformers.tokenization_utils_base import generate_merges

DATA = Path(__file__).parent / "data"
TEXTS = [
    "The cat sat on the mat, and then it sat on the hat.",
    " one space, two  spaces,   three;\n\nnew lines\tand 12345 numbers",
    "naïve café — 日本語 🙂 Ω",
    "trailing ",
    "",
    " ",
    "ﬁne ½ Å",
    "aaaaaaaaaa the the the",
]
CORPUS = [
    "the cat sat on the mat and the other hat on the table then they ate the rest of the bread",
    "while nobody in the kitchen was looking for them because it was already late at night",
    "naïve café, numbers 1 2 3 45 and    spaces;  日本語 日本 the theme thereafter",
] * 10
KINDS = ("normal", "unknown", "control", "userDefined", "unused", "byte")


def kind(model: sentencepiece.SentencePieceProcessor, id: int) -> int:
    """`tokenizer.ggml.token_type`."""
    if model.IsUnknown(id):
        return 2
    if model.IsControl(id):
        return 3
    if model.IsUnused(id):
        return 5
    return 6 if model.IsByte(id) else 1


def make(prefix: bool) -> dict:
    file = io.BytesIO()
    sentencepiece.SentencePieceTrainer.Train(
        sentence_iterator=iter(CORPUS),
        model_writer=file,
        model_type="bpe",
        vocab_size=400,
        byte_fallback=True,
        normalization_rule_name="identity",
        add_dummy_prefix=prefix,
        remove_extra_whitespaces=False,
        allow_whitespace_only_pieces=True,
        split_digits=True,
        minloglevel=2,
    )
    model = sentencepiece.SentencePieceProcessor(model_proto=file.getvalue())
    ids = range(model.GetPieceSize())
    pieces = [model.IdToPiece(id) for id in ids]
    scores = [model.GetScore(id) for id in ids]
    kinds = [kind(model, id) for id in ids]
    others = [piece for piece, kind in zip(pieces, kinds, strict=True) if kind != 1]
    vocabulary = {piece: id for id, piece in enumerate(pieces)}
    merges = generate_merges(vocabulary, dict(zip(pieces, scores, strict=True)), others)
    return {
        "prefix": prefix,
        "pieces": pieces,
        "scores": scores,
        "kinds": kinds,
        "merges": merges,
        "texts": [{"text": text, "ids": model.EncodeAsIds(text)} for text in TEXTS],
    }


if __name__ == "__main__":
    vocabularies = [make(True), make(False)]
    (DATA / "sentencePiece.json").write_text(json.dumps(vocabularies, ensure_ascii=False) + "\n")
