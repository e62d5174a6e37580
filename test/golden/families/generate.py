"""Makes small models of every family with fixed random weights, and what `transformers` computes with them.

    python -m venv .venv && .venv/bin/pip install -r test/golden/requirements.txt
    .venv/bin/python test/golden/families/generate.py [NAME ...]

Names make those models only. Every model's seed is its place in the list: add new ones at the end.

Each `data/<name>/` is a model folder with `expected.safetensors` beside it, which holds for each input what
`../goldens.ts` reads, and what attention and MLP of each layer added to the residual stream. Every value is
computed in float32 (kept) and in float64; the distance between the two is the noise floor of float32, in
`data/noiseFloor.json`.
"""

import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import safetensors.numpy
import safetensors.torch
import torch
from transformers import AutoConfig, AutoModelForCausalLM, logging

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from generate import distance, predictions

DATA = HERE / "data"
LENGTHS = [1, 21]
VOCAB = 131


@dataclass
class Golden:
    """One model. `config` is its config.json, written as it stands here."""

    name: str
    about: str
    config: dict = field(default_factory=dict)
    dtype: torch.dtype = torch.float32
    lengths: list[int] = field(default_factory=lambda: LENGTHS)


def neo(**rest):
    return dict(model_type="gpt_neo", vocab_size=VOCAB, hidden_size=24, num_heads=4, max_position_embeddings=32) | rest


def neox(**rest):
    return (
        dict(
            model_type="gpt_neox", vocab_size=VOCAB, hidden_size=32, num_attention_heads=4, num_hidden_layers=2,
            intermediate_size=40, max_position_embeddings=32,
        )
        | rest
    )


def gptj(**rest):
    return dict(model_type="gptj", vocab_size=VOCAB, n_embd=24, n_head=4, n_layer=2, n_positions=32) | rest


def opt(**rest):
    return (
        dict(
            model_type="opt", vocab_size=VOCAB, hidden_size=24, num_attention_heads=4, num_hidden_layers=2,
            ffn_dim=40, max_position_embeddings=32, word_embed_proj_dim=24, pad_token_id=1,
        )
        | rest
    )


def llama(model_type="llama", **rest):
    return (
        dict(
            model_type=model_type, vocab_size=VOCAB, hidden_size=24, num_attention_heads=4, num_key_value_heads=2,
            num_hidden_layers=2, intermediate_size=40, max_position_embeddings=64, rms_norm_eps=1e-5,
        )
        | rest
    )


def gemma(model_type="gemma", **rest):
    return llama(model_type, head_dim=8, hidden_activation="gelu_pytorch_tanh") | rest


def phi(**rest):
    return (
        dict(
            model_type="phi", vocab_size=VOCAB, hidden_size=24, num_attention_heads=3, num_hidden_layers=2,
            intermediate_size=40, max_position_embeddings=32,
        )
        | rest
    )


SLIDING = ["sliding_attention", "full_attention"]
GOLDENS = [
    Golden(
        "neo", "global and local attention by turns, a window of 5",
        neo(num_layers=4, attention_types=[[["global", "local"], 2]], window_size=5),
    ),
    Golden(
        "neoOdd", "heads of 5, all layers local, a head of its own, n_inner given",
        neo(
            num_layers=2, hidden_size=15, num_heads=3, attention_types=[[["local"], 2]], window_size=3,
            intermediate_size=33, tie_word_embeddings=False, activation_function="gelu",
        ),
    ),
    Golden("neox", "parallel residual, a quarter of the features turned", neox(rotary_pct=0.25)),
    Golden(
        "neoxSequential", "sequential residual, all features turned, another base, gelu_new",
        neox(
            rotary_pct=1.0, use_parallel_residual=False, rotary_emb_base=500, hidden_act="gelu_new", num_hidden_layers=3
        ),
    ),
    Golden(
        "neoxOdd", "heads of 7 of which 2 features turn, no attention bias, tied",
        neox(
            hidden_size=21, num_attention_heads=3, rotary_pct=0.3, attention_bias=False, tie_word_embeddings=True,
            layer_norm_eps=1e-3,
        ),
    ),
    Golden("gptj", "4 of 6 features turned", gptj(rotary_dim=4)),
    Golden("gptjWhole", "all features turned, n_inner given", gptj(rotary_dim=6, n_inner=37, n_layer=3)),
    Golden("opt", "OPT as it is", opt()),
    Golden("optGelu", "gelu, no biases, a head of its own", opt(
        activation_function="gelu", enable_bias=False, tie_word_embeddings=False, num_hidden_layers=3)),
    Golden("llama", "two query heads to each key, a head of its own", llama()),
    Golden(
        "llamaBias", "tied, biases everywhere, head_dim 10, one key for all, BF16",
        llama(
            tie_word_embeddings=True, attention_bias=True, mlp_bias=True, head_dim=10, num_key_value_heads=1,
            rope_theta=500.0,
        ),
        dtype=torch.bfloat16,
    ),
    Golden(
        "llama3", "Llama 3's rotary scaling",
        llama(
            hidden_size=32, rope_theta=10000.0,
            rope_scaling=dict(
                rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                original_max_position_embeddings=16,
            ),
        ),
    ),
    Golden(
        "llamaLinear", "linear rotary scaling, named as before",
        llama(rope_scaling=dict(type="linear", factor=4.0), num_key_value_heads=4),
    ),
    Golden(
        "llamaYarn", "YaRN, as transformers 5 writes it",
        llama(
            hidden_size=32,
            rope_parameters=dict(
                rope_type="yarn", rope_theta=100.0, factor=4.0, original_max_position_embeddings=16, beta_fast=4.0
            ),
        ),
    ),
    Golden("mistral", "a window of 5", llama("mistral", sliding_window=5)),
    Golden("mistralHead", "no window, head_dim 8", llama("mistral", sliding_window=None, head_dim=8, rope_theta=1e6)),
    Golden(
        "qwen2", "biases of queries, keys and values, a window in one layer",
        llama("qwen2", use_sliding_window=True, sliding_window=6, layer_types=SLIDING, tie_word_embeddings=True),
    ),
    Golden("qwen2Plain", "a window that is switched off", llama("qwen2", use_sliding_window=False, sliding_window=4)),
    Golden("qwen3", "norms of queries and keys, head_dim 10", llama("qwen3", head_dim=10)),
    Golden(
        "qwen3Tied", "tied, attention bias, a key for each query",
        llama("qwen3", head_dim=6, tie_word_embeddings=True, attention_bias=True, num_key_value_heads=4),
    ),
    Golden("gemma", "scaled embedding, offset gains", gemma()),
    Golden("gemmaOne", "one key for all", gemma(num_key_value_heads=1, head_dim=6, num_hidden_layers=3)),
    Golden(
        "gemma2", "capped scores and logits, a window in every second layer, norms after each part",
        gemma("gemma2", sliding_window=5, query_pre_attn_scalar=12, attn_logit_softcapping=3.0,
              final_logit_softcapping=6.0, num_hidden_layers=3),
    ),
    Golden(
        "gemma2Uncapped", "no caps",
        gemma("gemma2", sliding_window=64, query_pre_attn_scalar=8, attn_logit_softcapping=None,
              final_logit_softcapping=None, num_key_value_heads=4),
    ),
    Golden(
        "gemma3", "two bases of rotation, norms of queries and keys, a window",
        gemma("gemma3_text", sliding_window=5, query_pre_attn_scalar=8, layer_types=SLIDING,
              rope_theta=1e4, rope_local_base_freq=100.0),
    ),
    Golden(
        "gemma3Newer", "as transformers 5 writes it, with linear scaling",
        gemma(
            "gemma3_text", sliding_window=4, query_pre_attn_scalar=16, layer_types=SLIDING,
            rope_parameters=dict(
                full_attention=dict(rope_type="linear", factor=8.0, rope_theta=1e4),
                sliding_attention=dict(rope_type="default", rope_theta=50.0),
            ),
        ),
    ),
    Golden("phi", "half of the features turned", phi()),
    Golden("phiGrouped", "a part of the features, shared keys", phi(
        num_attention_heads=4, num_key_value_heads=2, hidden_size=40, partial_rotary_factor=0.4)),
    Golden("phi3", "fused matrices, a window of 6", llama("phi3", sliding_window=6, pad_token_id=0)),
    Golden(
        "phi3Long", "LongRoPE",
        llama(
            "phi3", hidden_size=32, num_key_value_heads=4, original_max_position_embeddings=32, pad_token_id=0,
            rope_scaling=dict(
                type="longrope", short_factor=[1.0, 1.1, 1.3, 1.5], long_factor=[2.0, 3.0, 4.0, 5.0]
            ),
        ),
    ),
]


def stored_as(dtype, suffix, like):
    """The model called `like` again, with other weights, stored as `dtype`."""
    model = next(golden for golden in GOLDENS if golden.name == like)
    config = model.config | (dict(num_layers=2, attention_types=[[["global", "local"], 1]]) if like == "neo" else {})
    return Golden(like + suffix, model.about, config, dtype, lengths=[13])


FAMILIES = [
    "neo", "neox", "gptj", "opt", "llama", "mistral", "qwen2", "qwen3", "gemma", "gemma2", "gemma3", "phi", "phi3",
]
GOLDENS += [
    stored_as(dtype, suffix, like)
    for dtype, suffix in [(torch.float16, "F16"), (torch.bfloat16, "BF16")]
    for like in FAMILIES
]


@torch.no_grad()
def randomise(model, offset, seed):
    """Weights that leave no mistake invisible: peaked attention, no zero bias, no gain of 1."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in sorted(model.named_parameters()):
        noise = torch.randn(parameter.shape, generator=generator)
        is_norm = "norm" in name or ".ln_" in name
        if is_norm and name.endswith("weight"):
            parameter.copy_(noise * 0.3 + (1.2 - offset))
        elif name.endswith("bias"):
            parameter.copy_(noise * 0.2)
        elif "embed_positions" in name or "wpe" in name:
            parameter.copy_(noise * 0.3)
        elif "embed" in name or "wte" in name or "lm_head" in name:
            parameter.copy_(noise * 0.5)
        else:
            strong = any(part in name for part in ("q_proj", "k_proj", "query_key_value", "qkv_proj"))
            parameter.copy_(noise * (1.6 if strong else 0.8) / parameter.shape[-1] ** 0.5)


def layers_of(model):
    base = model.base_model
    base = getattr(base, "decoder", base)
    return base.h if hasattr(base, "h") else base.layers


@torch.no_grad()
def run(model, ids):
    """logits, residual [nLayer + 1], pattern, and what attention added to the stream in each layer."""
    residual, attention = [], []

    def before(_module, inputs, kwargs):
        residual.append((inputs[0] if inputs else kwargs["hidden_states"])[0])

    def after(_module, _inputs, output):
        residual.append((output[0] if isinstance(output, tuple) else output)[-1:][0])

    def attended(_module, _inputs, output):
        value = output[0] if isinstance(output, tuple) else output
        attention.append(value.reshape(-1, value.shape[-1]))

    layers = layers_of(model)
    hooks = [layers[0].register_forward_pre_hook(before, with_kwargs=True)]
    for layer in layers:
        hooks.append(layer.register_forward_hook(after))
        part = getattr(layer, "attn", None) or getattr(layer, "self_attn", None) or layer.attention
        if hasattr(layer, "pre_feedforward_layernorm"):  # Gemma 2 and 3: what is added is normalised
            part = layer.post_attention_layernorm
        hooks.append(part.register_forward_hook(attended))
    output = model(torch.from_numpy(ids)[None], output_attentions=True, use_cache=False)
    for hook in hooks:
        hook.remove()
    residual = [r.reshape(-1, r.shape[-1]) for r in residual]
    return {
        "logits": output.logits[0].numpy(),
        "residual": torch.stack(residual).numpy(),
        "pattern": torch.stack(output.attentions)[:, 0].numpy(),
        "attnOut": torch.stack(attention).numpy(),
    }


def load(folder, dtype):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager")
    return model.eval()


def make(golden, seed):
    folder = DATA / golden.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(golden.config, indent=2) + "\n")
    config = AutoConfig.from_pretrained(folder)
    model = AutoModelForCausalLM.from_config(config)
    randomise(model, 1.0 if golden.config["model_type"].startswith("gemma") else 0.0, seed)
    tied = model.config.tie_word_embeddings
    tensors = {name: value.to(golden.dtype).contiguous() for name, value in model.state_dict().items()
               if value.is_floating_point() and "rotary" not in name and "inv_freq" not in name}
    if tied:
        head = model.get_output_embeddings().weight
        tensors = {name: value for name, value in tensors.items()
                   if not (name in ("lm_head.weight", "embed_out.weight") and model.state_dict()[name].data_ptr() == head.data_ptr())}
    if golden.name == "neox":  # as the published Pythia checkpoints call it
        tensors["embed_out.weight"] = tensors.pop("lm_head.weight")
    safetensors.torch.save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})

    single, double = load(folder, torch.float32), load(folder, torch.float64)
    rng = np.random.default_rng(seed)
    expected, floor = {}, {}
    for i, length in enumerate(golden.lengths):
        ids = rng.integers(2, VOCAB, size=length)
        if length > 6:
            ids[length // 2 : length // 2 + 3] = ids[:3]
        values, exact = run(single, ids), run(double, ids)
        for name, value in values.items():
            floor[name] = max(floor.get(name, 0.0), distance(value, exact[name]))
        assert (values["logits"].argmax(-1) == exact["logits"].argmax(-1)).all()
        values |= predictions(values["logits"], ids) | {"ids": ids.astype(np.int32)}
        expected |= {f"{i}.{name}": np.ascontiguousarray(value) for name, value in values.items()}
    safetensors.numpy.save_file(expected, folder / "expected.safetensors")
    return {"about": golden.about, **{name: float(f"{value:.2e}") for name, value in floor.items()}}


def main():
    logging.set_verbosity_error()
    torch.set_num_threads(1)
    only = sys.argv[1:]
    file = DATA / "noiseFloor.json"
    floors = json.loads(file.read_text()) if only else {}
    if not only:
        shutil.rmtree(DATA, ignore_errors=True)
    for seed, golden in enumerate(GOLDENS):
        if only and golden.name not in only:
            continue
        floors[golden.name] = make(golden, seed + 1)
        print(golden.name, floors[golden.name])
    file.write_text(json.dumps(floors, indent=2) + "\n")


if __name__ == "__main__":
    main()
