"""GPT-2 in float64 NumPy, written from its description rather than from `transformers`.

Radford et al. 2019, "Language Models are Unsupervised Multitask Learners": a decoder with layer
normalisation before each sub-block and once more at the end, learned positions, and the token
embedding used again as the unembedding. `generate.py` holds `transformers` against this, so that a
golden value is believed only where two implementations agree.
"""

import math

import numpy as np

_erf = np.vectorize(math.erf)


def _gelu_exact(x):
    return 0.5 * x * (1 + _erf(x / math.sqrt(2)))


def _gelu_tanh(x):
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


ACTIVATIONS = {
    "gelu": _gelu_exact,
    "gelu_new": _gelu_tanh,
    "gelu_pytorch_tanh": _gelu_tanh,
    "relu": lambda x: np.maximum(x, 0),
    "silu": lambda x: x / (1 + np.exp(-x)),
}


def layer_norm(x, gain, bias, epsilon):
    """Each row of x [n, nEmbd] to mean 0 and variance 1, then scaled and shifted."""
    centred = x - x.mean(-1, keepdims=True)
    variance = (centred**2).mean(-1, keepdims=True)
    return centred / np.sqrt(variance + epsilon) * gain + bias


def softmax(x):
    """Over the last axis."""
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def forward(weights, config, ids):
    """Runs the model on token ids [n].

    weights: tensor name without the `transformer.` prefix → float64 array; linear layers are stored
    [in, out], as in GPT-2's checkpoints. config: a `GPT2Config`.

    Returns logits [n, vocab], residual [nLayer + 1, n, nEmbd] (after the embedding and after every
    block, before the final layer normalisation) and pattern [nLayer, head, queryPos, keyPos].
    """
    n, n_head = len(ids), config.n_head
    d_head = config.n_embd // n_head
    epsilon = config.layer_norm_epsilon
    activation = ACTIVATIONS[config.activation_function]
    future = np.triu(np.ones((n, n), dtype=bool), k=1)  # [queryPos, keyPos]

    x = weights["wte.weight"][ids] + weights["wpe.weight"][:n]  # [n, nEmbd]
    residual, patterns = [x], []
    for layer in range(config.n_layer):
        w = {
            name.removeprefix(f"h.{layer}."): tensor
            for name, tensor in weights.items()
            if name.startswith(f"h.{layer}.")
        }
        ln1 = layer_norm(x, w["ln_1.weight"], w["ln_1.bias"], epsilon)
        qkv = ln1 @ w["attn.c_attn.weight"] + w["attn.c_attn.bias"]  # [n, 3 nEmbd]
        q, k, v = qkv.reshape(n, 3, n_head, d_head).transpose(1, 2, 0, 3)  # each [head, n, dHead]
        scores = q @ k.transpose(0, 2, 1)  # [head, queryPos, keyPos]
        if config.scale_attn_weights:
            scores = scores / math.sqrt(d_head)
        if config.scale_attn_by_inverse_layer_idx:
            scores = scores / (layer + 1)
        scores[:, future] = -np.inf
        pattern = softmax(scores)
        z = (pattern @ v).transpose(1, 0, 2).reshape(n, config.n_embd)
        x = x + z @ w["attn.c_proj.weight"] + w["attn.c_proj.bias"]

        ln2 = layer_norm(x, w["ln_2.weight"], w["ln_2.bias"], epsilon)
        mlp = activation(ln2 @ w["mlp.c_fc.weight"] + w["mlp.c_fc.bias"])  # [n, nInner]
        x = x + mlp @ w["mlp.c_proj.weight"] + w["mlp.c_proj.bias"]
        residual.append(x)
        patterns.append(pattern)

    final = layer_norm(x, weights["ln_f.weight"], weights["ln_f.bias"], epsilon)
    unembedding = weights.get("lm_head.weight", weights["wte.weight"])  # [vocab, nEmbd]
    return final @ unembedding.T, np.stack(residual), np.stack(patterns)
