"""The inspector's analyses in float64 NumPy, written from their definitions: the second opinion
that `hooked.py` (TransformerLens) has to agree with.

Weights are as in `numpy_gpt2.py`: tensor name without prefix → float64 array, linear layers
[in, out]. Shapes use n for the prompt's length; every result's shape is in `inspectorGoldens.ts`.
"""

import math
from collections.abc import Callable

import numpy as np

from numpy_gpt2 import ACTIVATIONS, layer_norm, softmax
from question import BEAM_TOKENS, BEAMS, NEIGHBOURS, NEURON_LAYER, TOP, Question

MARGIN = 1e-5
"""How near two ranked values may be, as a fraction of the largest, before rounding could swap
them."""

Change = Callable[[str, int, np.ndarray], np.ndarray]


class TooClose(Exception):
    """A ranking that float32 could get the other way round."""


def unchanged(_name: str, _layer: int, value: np.ndarray) -> np.ndarray:
    return value


def forward(weights, config, ids, change: Change = unchanged) -> dict[str, np.ndarray]:
    """Activation name → [layer, …] with q, k, v, z [n, head, dHead], pattern [head, query, key] and
    the others [n, width]; `logits` [n, vocab]. What `change` returns takes an activation's place.
    """
    n, n_head, width = len(ids), config.n_head, config.n_embd
    epsilon, activation = config.layer_norm_epsilon, ACTIVATIONS[config.activation_function]
    kept: dict[str, list[np.ndarray]] = {}

    def keep(name, layer, value):
        value = change(name, layer, value)
        kept.setdefault(name, []).append(value)
        return value

    x = weights["wte.weight"][ids] + weights["wpe.weight"][:n]
    for layer in range(config.n_layer):
        w = {
            name.removeprefix(f"h.{layer}."): tensor
            for name, tensor in weights.items()
            if name.startswith(f"h.{layer}.")
        }
        x = keep("residPre", layer, x)
        ln1 = layer_norm(x, w["ln_1.weight"], w["ln_1.bias"], epsilon)
        qkv = ln1 @ w["attn.c_attn.weight"] + w["attn.c_attn.bias"]
        q, k, v = (
            keep(name, layer, part.reshape(n, n_head, -1))
            for name, part in zip("qkv", np.split(qkv, 3, axis=-1), strict=True)
        )
        scores = np.einsum("qhd,khd->hqk", q, k)
        if config.scale_attn_weights:
            scores /= math.sqrt(width // n_head)
        if config.scale_attn_by_inverse_layer_idx:
            scores /= layer + 1
        scores[:, np.triu(np.ones((n, n), dtype=bool), k=1)] = -np.inf
        pattern = keep("pattern", layer, softmax(scores))
        z = keep("z", layer, np.einsum("hqk,khd->qhd", pattern, v))
        attn_out = z.reshape(n, width) @ w["attn.c_proj.weight"] + w["attn.c_proj.bias"]
        x = keep("residMid", layer, x + keep("attnOut", layer, attn_out))

        ln2 = layer_norm(x, w["ln_2.weight"], w["ln_2.bias"], epsilon)
        mlp_pre = keep("mlpPre", layer, ln2 @ w["mlp.c_fc.weight"] + w["mlp.c_fc.bias"])
        mlp_post = keep("mlpPost", layer, activation(mlp_pre))
        mlp_out = mlp_post @ w["mlp.c_proj.weight"] + w["mlp.c_proj.bias"]
        x = keep("residPost", layer, x + keep("mlpOut", layer, mlp_out))
    activations = {name: np.stack(values) for name, values in kept.items()}
    return activations | {"logits": unembed(weights, config, x)}


def unembedding(weights) -> np.ndarray:  # [vocab, nEmbd]
    return weights.get("lm_head.weight", weights["wte.weight"])


def unembed(weights, config, x):
    """Logits [..., vocab] of a residual stream x [..., nEmbd]."""
    epsilon = config.layer_norm_epsilon
    return layer_norm(x, weights["ln_f.weight"], weights["ln_f.bias"], epsilon) @ (
        unembedding(weights).T
    )


def log_softmax(x):
    shifted = x - x.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def top(values: np.ndarray, k: int) -> np.ndarray:
    """Indices of the k largest of values [m], largest first. Raises TooClose if the order of the
    first k + 1 is in doubt."""
    order = np.argsort(-values, kind="stable")
    first = values[order[: k + 1]]
    if (first[:-1] - first[1:]).min() < MARGIN * np.abs(values[np.isfinite(values)]).max():
        raise TooClose
    return order[:k]


def rank(values: np.ndarray, index: int) -> int:
    """1 for the largest of values [m]. Raises TooClose if another value is as large."""
    others = np.delete(values, index)
    if np.abs(others - values[index]).min() < MARGIN * np.abs(values).max():
        raise TooClose
    return 1 + int((others > values[index]).sum())


def analyse(weights, config, question: Question) -> dict[str, np.ndarray]:
    clean = forward(weights, config, question.ids)
    positions = [question.middle, len(question.ids) - 1]
    values = {name: value for name, value in clean.items() if name != "logits"}
    values["logits"] = clean["logits"][positions]
    values["headOut"] = head_outputs(weights, config, clean["z"][:, -1])
    values |= lens(weights, config, clean)
    values |= attribution(weights, config, clean, values["headOut"], question)
    values |= neurons(weights, question)
    for name, changes in question.cases.items():
        change = intervention(changes, clean, question)
        logits = forward(weights, config, question.ids, change)["logits"]
        values[f"interventions.{name}"] = logits[positions]
    values |= patching(weights, config, clean, question)
    values |= attention(weights, config, clean, question.ids)
    values |= embeddings(weights, question)
    return values | beam_search(weights, config, question.ids)


def output_weights(weights, config, layer: int) -> np.ndarray:  # [head, dHead, nEmbd]
    return weights[f"h.{layer}.attn.c_proj.weight"].reshape(config.n_head, -1, config.n_embd)


def head_outputs(weights, config, z):
    """[layer, head, nEmbd] of z [layer, head, dHead] at one position, without the output bias."""
    layers = range(config.n_layer)
    w_o = np.stack([output_weights(weights, config, layer) for layer in layers])
    return np.einsum("lhd,lhdc->lhc", z, w_o)


def lens(weights, config, clean) -> dict[str, np.ndarray]:
    """The logit lens: nostalgebraist 2020, "interpreting GPT: the logit lens"."""
    streams = [clean["residPre"][0]]
    for mid, post in zip(clean["residMid"], clean["residPost"], strict=True):
        streams += [mid, post]
    logprobs = log_softmax(unembed(weights, config, np.stack(streams)))  # [2 L + 1, n, vocab]
    here, blocks = logprobs[:, -1], logprobs[::2]
    final = int(here[-1].argmax())
    top_ids = np.stack([top(row, TOP) for row in here])
    ids = np.array([[top(row, 1)[0] for row in block] for block in blocks])  # [L + 1, n]
    return {
        "lens.logprobs": here,
        "lens.topIds": top_ids,
        "lens.topLogprobs": np.take_along_axis(here, top_ids, -1),
        "lens.rank": np.array([rank(row, final) for row in here]),
        "lens.logprob": here[:, final],
        "lens.entropy": -(np.exp(here) * here).sum(-1),
        "lensGrid.topId": ids,
        "lensGrid.topLogprob": np.take_along_axis(blocks, ids[..., None], -1)[..., 0],
        "lensGrid.kl": (np.exp(blocks[-1]) * (blocks[-1] - blocks)).sum(-1),
    }


def attribution(weights, config, clean, head_out, question) -> dict[str, np.ndarray]:
    """Direct logit attribution at the last position, the final layer norm's scale frozen. The
    parts add up to the logit, or to the difference of two logits."""
    last = len(question.ids) - 1
    final, logits = clean["residPost"][-1, last], clean["logits"][last]
    scale = math.sqrt(final.var() + config.layer_norm_epsilon)
    first, second = top(logits, 2)
    w_u = unembedding(weights)
    values = {"attribution.ids": np.array([first, second])}
    for kind, direction, logit in [
        ("target", w_u[first], logits[first]),
        ("difference", w_u[first] - w_u[second], logits[first] - logits[second]),
    ]:

        def part(x, direction=direction):
            centred = x - x.mean(-1, keepdims=True)
            return centred / scale @ (weights["ln_f.weight"] * direction)

        layers = range(config.n_layer)
        biases = np.stack([weights[f"h.{layer}.attn.c_proj.bias"] for layer in layers])
        parts = {
            "tokenEmbedding": part(weights["wte.weight"][question.ids[last]])[None],
            "positionEmbedding": part(weights["wpe.weight"][last])[None],
            "heads": part(head_out),
            "attnBiases": part(biases),
            "mlps": part(clean["mlpOut"][:, last]),
            "finalBias": np.array([weights["ln_f.bias"] @ direction]),
        }
        assert abs(sum(value.sum() for value in parts.values()) - logit) < 1e-10
        parts["sum"] = np.array([logit])
        values |= {f"attribution.{kind}.{name}": value for name, value in parts.items()}
    return values


def neurons(weights, question) -> dict[str, np.ndarray]:
    """What a neuron's output weights say about the next token, the scale of the final layer norm
    left out."""
    rows = weights[f"h.{NEURON_LAYER}.mlp.c_proj.weight"][question.neurons]  # [3, nEmbd]
    centred = rows - rows.mean(-1, keepdims=True)
    logits = (weights["ln_f.weight"] * centred) @ unembedding(weights).T  # [3, vocab]
    top_ids = np.stack([top(row, TOP) for row in logits])
    bottom_ids = np.stack([top(-row, TOP) for row in logits])
    return {
        "neurons.topIds": top_ids,
        "neurons.topLogits": np.take_along_axis(logits, top_ids, -1),
        "neurons.bottomIds": bottom_ids,
        "neurons.bottomLogits": np.take_along_axis(logits, bottom_ids, -1),
    }


def intervention(changes: list[dict], clean, question: Question) -> Change:
    def apply(name, layer, value):
        value = value.copy()
        for change in changes:
            if (change["at"], change["layer"]) != (name, layer):
                continue
            # A view of what is changed; z is [n, head, dHead], pattern [head, query, key].
            part, before = value, clean[name][layer]
            if "head" in change:
                heads = np.s_[:, change["head"]] if name == "z" else np.s_[change["head"]]
                part, before = value[heads], before[heads]
            match change["do"]:
                case "zero":
                    part[:] = 0
                case "mean":
                    part[:] = (before if change["of"] == "clean" else part).mean(0)
                case "scale":
                    part *= change["factor"]
                case "row":
                    part[change["query"]] = question.pattern_row
                case "add":
                    part[change["from"] :] += change["factor"] * question.steering_direction
        return value

    return apply


def patching(weights, config, clean, question) -> dict[str, np.ndarray]:
    """Activation patching from the clean run into the corrupt one: the logit difference at the last
    position when one activation has its clean value."""
    clean_logits = clean["logits"][-1]
    corrupt_logits = forward(weights, config, question.corrupt_ids)["logits"][-1]
    target, second = top(clean_logits, 2)
    versus = top(corrupt_logits, 1)[0]
    versus = second if versus == target else versus

    def patched(name, layer, index):
        def change(at, at_layer, value):
            if (at, at_layer) == (name, layer):
                value = value.copy()
                value[index] = clean[name][layer][index]
            return value

        logits = forward(weights, config, question.corrupt_ids, change)["logits"][-1]
        return logits[target] - logits[versus]

    layers, n = range(config.n_layer), len(question.ids)
    values = {
        name: np.array([[patched(name, layer, i) for i in range(n)] for layer in layers])
        for name in ["residPre", "attnOut", "mlpOut"]
    }
    heads = range(config.n_head)
    values["heads"] = np.array(
        [[patched("z", layer, np.s_[:, head]) for head in heads] for layer in layers]
    )
    values["clean"] = np.array([clean_logits[target] - clean_logits[versus]])
    values["corrupt"] = np.array([corrupt_logits[target] - corrupt_logits[versus]])
    values["ids"] = np.array([target, versus])
    return {f"patching.{name}": value for name, value in values.items()}


def attention(weights, config, clean, ids) -> dict[str, np.ndarray]:
    pattern, n = clean["pattern"], len(ids)
    logs = np.log(np.where(pattern > 0, pattern, 1))
    earlier = [[k for k in range(q) if ids[k] == ids[q]] for q in range(n)]
    rows = [q for q in range(n) if earlier[q]]
    same = [pattern[:, :, q, earlier[q]].sum(-1) for q in rows]
    after = [pattern[:, :, q, [k + 1 for k in earlier[q]]].sum(-1) for q in rows]
    output = np.einsum("khd,hdc->hkc", clean["v"][0], output_weights(weights, config, 0))
    rollout = np.eye(n)
    for layer in pattern:
        mixed = 0.5 * layer.mean(0) + 0.5 * np.eye(n)
        rollout = mixed / mixed.sum(-1, keepdims=True) @ rollout
    return {
        "scores.entropy": -(pattern * logs).sum(-1).mean(-1),
        "scores.previousToken": pattern[:, :, range(1, n), range(n - 1)].mean(-1),
        "scores.firstToken": pattern[:, :, 1:, 0].mean(-1),
        "scores.sameToken": np.mean(same, axis=0),
        "scores.induction": np.mean(after, axis=0),
        "valueWeighted": pattern[0] * np.linalg.norm(output, axis=-1)[:, None, :],
        "rollout": rollout,
    }


def embeddings(weights, question) -> dict[str, np.ndarray]:
    values = {}
    for name, table in [
        ("embedding", weights["wte.weight"]),
        ("unembedding", unembedding(weights)),
    ]:
        norms = np.linalg.norm(table, axis=-1)
        for measure in ["cosine", "dot"]:
            found = []
            for token in question.tokens:
                scores = table @ table[token]
                if measure == "cosine":
                    scores = scores / norms / norms[token]
                found.append(nearest(scores, [token]))
            values |= pairs(f"neighbours.{name}.{measure}", found)
    table = weights["wte.weight"]
    a, b, c = table[question.analogy]
    wanted = a - b + c
    scores = table @ wanted / np.linalg.norm(table, axis=-1) / np.linalg.norm(wanted)
    found = nearest(scores, question.analogy)
    values |= {"analogy.ids": found[0], "analogy.cosines": found[1]}
    chosen = table[question.pca_tokens]
    centred = chosen - chosen.mean(0)
    _, singular, axes = np.linalg.svd(centred, full_matrices=False)
    variances = singular**2
    if np.diff(-variances[:3]).min() < 0.02 * variances[0]:
        raise TooClose
    largest = np.take_along_axis(axes, np.abs(axes).argmax(-1)[:, None], -1)
    axes = (axes * np.sign(largest))[:2]
    return values | {
        "pca.coordinates": centred @ axes.T,
        "pca.axes": axes,
        "pca.explained": (variances / variances.sum())[:2],
    }


def nearest(scores: np.ndarray, excluded: list[int]):
    """Ids and scores of the NEIGHBOURS highest but the excluded."""
    scores = scores.copy()
    scores[excluded] = -np.inf
    ids = top(scores, NEIGHBOURS)
    return ids, scores[ids]


def pairs(name: str, found: list) -> dict[str, np.ndarray]:
    ids, scores = zip(*found, strict=True)
    return {f"{name}.ids": np.stack(ids), f"{name}.scores": np.stack(scores)}


def beam_search(weights, config, ids) -> dict[str, np.ndarray]:
    """The BEAMS continuations that are left when only so many are kept after every token."""
    beams, scores = [[]], np.zeros(1)
    for _ in range(BEAM_TOKENS):
        logits = [forward(weights, config, [*ids, *beam])["logits"][-1] for beam in beams]
        candidates = scores[:, None] + log_softmax(np.stack(logits))  # [beam, vocab]
        best = top(candidates.ravel(), BEAMS)
        parents, tokens = np.divmod(best, config.vocab_size)
        beams = [[*beams[i], int(token)] for i, token in zip(parents, tokens, strict=True)]
        scores = candidates.ravel()[best]
    return {"beams.ids": np.array(beams), "beams.logprobs": scores}
