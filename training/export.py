"""Writes a checkpoint as a Hugging Face GPT-2 folder.

    python export.py --checkpoint DIR/checkpoint.pt --to FOLDER          the trained weights, fp16
    python export.py --random --layers 4 --width 64 --heads 4 --to FOLDER   random ones, for engine work

The folder is written beside its destination and renamed, so that a reader never sees half of it.
"""

import argparse
import hashlib
import json
import os
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from model import END_OF_TEXT, GPT, GPTConfig

# Hugging Face keeps these as Conv1D: [in, out], the transpose of nn.Linear.
CONV1D = ("attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight")
DTYPES = {"float16": torch.float16, "float32": torch.float32}


def hugging_face_tensors(model, dtype):
    """The state dict under Hugging Face's names; `lm_head` is tied to `wte` and left out."""
    tensors = {}
    for name, tensor in model.state_dict().items():
        if name.endswith(CONV1D):
            tensor = tensor.t()
        tensors[f"transformer.{name}"] = tensor.to(dtype).contiguous()
    return tensors


def hugging_face_config(config, dtype_name):
    return {
        "name": "forward-pass-gpt",
        "model_type": "gpt2",
        "architectures": ["GPT2LMHeadModel"],
        "n_layer": config.n_layer,
        "n_head": config.n_head,
        "n_embd": config.n_embd,
        "n_inner": None,
        "n_positions": config.n_positions,
        "n_ctx": config.n_positions,
        "vocab_size": config.vocab_size,
        "activation_function": "gelu_new",
        "layer_norm_epsilon": 1e-5,
        "initializer_range": 0.02,
        "attn_pdrop": 0.0,
        "embd_pdrop": 0.0,
        "resid_pdrop": 0.0,
        "scale_attn_weights": True,
        "tie_word_embeddings": True,
        "bos_token_id": END_OF_TEXT,
        "eos_token_id": END_OF_TEXT,
        "torch_dtype": dtype_name,
    }


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def export(model, folder, dtype_name="float16"):
    """Writes config.json, generation_config.json, model.safetensors and model.sha256."""
    folder = Path(folder)
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    write_json(partial / "config.json", hugging_face_config(model.config, dtype_name))
    write_json(
        partial / "generation_config.json",
        {"_from_model_config": True, "bos_token_id": END_OF_TEXT, "eos_token_id": END_OF_TEXT},
    )
    weights = partial / "model.safetensors"
    save_file(hugging_face_tensors(model, DTYPES[dtype_name]), weights, metadata={"format": "pt"})
    weights.chmod(0o644)  # the library writes for the owner only
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    (partial / "model.sha256").write_text(f"{digest}  model.safetensors\n", encoding="utf-8")
    # What this script did not write (the model card, its picture) stays.
    if folder.exists():
        for kept in folder.iterdir():
            if not (partial / kept.name).exists():
                shutil.copy2(kept, partial / kept.name)
        retired = folder.with_name(f".{folder.name}.retired")
        shutil.rmtree(retired, ignore_errors=True)
        os.rename(folder, retired)
        os.rename(partial, folder)
        shutil.rmtree(retired)
    else:
        os.rename(partial, folder)
    return digest, (folder / "model.safetensors").stat().st_size


def load_checkpoint(path):
    """The model of a checkpoint that train.py wrote, with its record of the training."""
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    model = GPT(GPTConfig(**checkpoint["config"]))
    model.load_state_dict(checkpoint["model"])
    return model, checkpoint["progress"]


def load_exported(folder):
    """The model of a folder that export() wrote: the undoing of hugging_face_tensors()."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    names = ("n_layer", "n_head", "n_embd", "n_positions", "vocab_size")
    model = GPT(GPTConfig(**{name: config[name] for name in names}))
    state = {}
    for name, tensor in load_file(folder / "model.safetensors").items():
        if name.endswith(CONV1D):
            tensor = tensor.t()
        state[name.removeprefix("transformer.")] = tensor.float().contiguous()
    model.load_state_dict(state)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--dtype", choices=DTYPES, default="float16")
    parser.add_argument("--random", action="store_true", help="random weights instead of a checkpoint")
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--heads", type=int, default=4)
    options = parser.parse_args()
    if options.random:
        torch.manual_seed(0)
        model = GPT(GPTConfig(options.layers, options.heads, options.width))
    elif options.checkpoint:
        model, _ = load_checkpoint(options.checkpoint)
    else:
        parser.error("give --checkpoint FILE, or --random")
    digest, size = export(model, options.to, options.dtype)
    print(f"{options.to}: {model.parameter_count():,} parameters, {size:,} bytes, sha256 {digest}")


if __name__ == "__main__":
    main()
