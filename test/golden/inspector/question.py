"""What is asked of each golden model: the prompts, the tokens and neurons to look at, and the
changes made to a pass. Both implementations get it, and `data/<model>.json` records it."""

from dataclasses import dataclass

import numpy as np

NEURON_LAYER = 1
BEAMS = 3
BEAM_TOKENS = 6
TOP = 5
NEIGHBOURS = 6


@dataclass
class Question:
    ids: np.ndarray  # [n]
    corrupt_ids: np.ndarray  # [n], differs from ids in one or two early positions
    middle: int  # a position; the other one that is looked at is the last
    neurons: list[int]  # [3], of layer NEURON_LAYER
    tokens: list[int]  # [5], whose nearest other tokens are wanted
    analogy: list[int]  # [3]: a, b, c of a - b + c
    pca_tokens: list[int]  # [8]
    steering_direction: np.ndarray  # [nEmbd]
    pattern_row: np.ndarray  # [n], a distribution over the positions up to `middle`
    cases: dict[str, list[dict]]  # name of an intervention → its changes; see `cases`


def ask(config, length: int, rng: np.random.Generator) -> Question:
    """A question to a model of this `GPT2Config`."""
    vocab, middle = config.vocab_size, length // 2
    ids = rng.choice(vocab, size=length, replace=False)
    ids[middle : middle + 3] = ids[:3]  # a repetition, for heads to find
    ids[middle + 3] = ids[2]  # a third time, and next to itself
    corrupt_ids = ids.copy()
    changed = [1, 3] if length % 2 else [1]
    corrupt_ids[changed] = rng.choice(np.setdiff1d(np.arange(vocab), ids), len(changed), False)
    row = np.zeros(length)
    row[: middle + 1] = rng.dirichlet(np.ones(middle + 1))
    n_inner = config.n_inner or 4 * config.n_embd
    return Question(
        ids=ids,
        corrupt_ids=corrupt_ids,
        middle=middle,
        neurons=[0, n_inner // 3, n_inner - 1],
        tokens=[int(ids[0]), *(int(i) for i in rng.choice(vocab, 4, replace=False))],
        analogy=[int(i) for i in rng.choice(vocab, 3, replace=False)],
        pca_tokens=[int(i) for i in rng.choice(vocab, 8, replace=False)],
        # Rounded to float32, because that is how they are stored.
        steering_direction=rng.standard_normal(config.n_embd).astype(np.float32).astype(np.float64),
        pattern_row=row.astype(np.float32).astype(np.float64),
        cases=cases(config.n_layer, config.n_head, middle),
    )


def cases(n_layer: int, n_head: int, middle: int) -> dict[str, list[dict]]:
    """The interventions. A change names the activation (`at`, `layer`, `head` where it has heads),
    and what becomes of it at all positions unless it says otherwise:

    zero      zeros
    mean      its mean over all positions of the prompt: of the unchanged run (`of: clean`), or of
              this very run, in which earlier layers are changed already (`of: altered`)
    scale     times `factor`
    row       the pattern's row at query position `query` becomes `patternRow`
    add       plus `factor` times `steeringDirection`, at position `from` and after
    """
    last = n_layer - 1
    heads = [(0, 1), (0, n_head - 1), (1, 0), (last, n_head // 2)]

    def z(layer, head, **change):
        return {"at": "z", "layer": layer, "head": head, **change}

    def mlp(layer, **change):
        return {"at": "mlpOut", "layer": layer, **change}

    def steer(start):
        return {"at": "residPre", "layer": 1, "do": "add", "factor": 3, "from": start}

    row = {"at": "pattern", "layer": 0, "head": 1, "do": "row", "query": middle}
    return {
        "zeroHeads": [z(*head, do="zero") for head in heads],
        "meanHeads": [z(*head, do="mean", of="clean") for head in heads],
        "meanHeadsAltered": [z(*head, do="mean", of="altered") for head in heads],
        "zeroMlp": [mlp(0, do="zero")],
        "meanMlp": [mlp(1, do="mean", of="clean")],
        "zeroHeadsAndMlp": [*(z(*head, do="zero") for head in heads[1:]), mlp(0, do="zero")],
        "scaleHead": [z(1, n_head - 1, do="scale", factor=2.5)],
        "scaleAttention": [{"at": "attnOut", "layer": 1, "do": "scale", "factor": 0.5}],
        "patternRow": [row],
        "steer": [steer(0)],
        "steerFromFour": [steer(4)],
    }
