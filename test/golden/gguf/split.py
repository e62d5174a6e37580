"""Cuts a GGUF model of this folder into several files, as llama.cpp's `gguf-split` does: the same
metadata and tensors by the package `gguf`, in `data/split/`.

    python -m venv .venv && .venv/bin/pip install -r test/golden/gguf/requirements.txt
    .venv/bin/python test/golden/gguf/split.py
"""

from pathlib import Path

from gguf import GGUFReader, GGUFValueType, GGUFWriter

DATA = Path(__file__).parent / "data"
NAME, TENSORS_EACH = "legacy", 7


def main() -> None:
    reader = GGUFReader(DATA / NAME / "model.gguf")
    folder = DATA / "split"
    folder.mkdir(exist_ok=True)
    architecture = reader.get_field("general.architecture").contents()
    writer = GGUFWriter(
        folder / f"{NAME}.gguf", architecture, split_max_tensors=TENSORS_EACH
    )
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue
        kind = field.types[0]
        of = field.types[-1] if kind == GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kind, sub_type=of)
    for tensor in reader.tensors:
        writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
