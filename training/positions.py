"""Gives a model heads that look a fixed number of tokens back.

What a short run on a small machine hardly finds by itself is where exactly a token stood: its first heads
then average over the neighbourhood, and nothing later can tell the order of the words. This sets it up:
position vectors become sines and cosines in a few directions of their own, and some heads of the first layer
compare them, shifted. Training goes on from there as ever.
"""

import math

import torch

DIRECTIONS = 32  # half sines, half cosines
SHARPNESS = 6.0
SLOWEST, FASTEST = 2 * math.pi / 700, 2.2  # radians a token


def quiet_directions(model, counts, balance=1.0):
    """Orthonormal directions [DIRECTIONS, C] in which tokens, as common as they are, differ little, and
    which the first layer reads little; and the mean token vector [C]."""
    share = (counts / counts.sum())[:, None]
    mean = (share * model.wte.weight).sum(0)
    centred = model.wte.weight - mean
    variance = centred.T @ (share * centred)
    first = model.h[0]
    read = torch.cat([first.attn.c_attn.weight * first.ln_1.weight, first.mlp.c_fc.weight * first.ln_2.weight])
    reading = read.T @ read
    values, vectors = torch.linalg.eigh(reading / reading.trace() + balance * variance / variance.trace())
    return vectors[:, :DIRECTIONS].T.contiguous(), mean


@torch.no_grad()
def add_backward_heads(model, counts, heads, size=0.03, output=0.2, balance=1.0):
    """heads: {head of the first layer: how many tokens back}; size: root mean square of what is added to
    the position vectors; output: what remains of the heads' output; balance: see quiet_directions()."""
    config = model.config
    width = config.n_embd // config.n_head
    first = model.h[0]
    directions, mean = quiet_directions(model, counts, balance)
    # The directions are for positions alone from now on.
    model.wte.weight.sub_((model.wte.weight - mean) @ directions.T @ directions)
    model.wpe.weight.sub_(model.wpe.weight @ directions.T @ directions)
    speeds = torch.logspace(math.log10(FASTEST), math.log10(SLOWEST), DIRECTIONS // 2)
    angles = torch.arange(config.n_positions)[:, None] * speeds
    waves = torch.cat([angles.sin(), angles.cos()], dim=1) @ directions
    model.wpe.weight.add_(waves * (size / waves.pow(2).mean().sqrt()))
    norm, attention = first.ln_1, first.attn
    read = directions / norm.weight
    offset = read @ norm.bias
    for head, back in heads.items():
        turn = speeds * back
        c, s = turn.cos().diag(), turn.sin().diag()
        shift = SHARPNESS * torch.cat([torch.cat([c, -s], 1), torch.cat([s, c], 1)])
        for part, matrix in enumerate((shift, torch.eye(DIRECTIONS))):  # queries, keys
            rows = slice(part * config.n_embd + head * width, part * config.n_embd + (head + 1) * width)
            attention.c_attn.weight[rows] = 0.0
            attention.c_attn.bias[rows] = 0.0
            begin = rows.start
            attention.c_attn.weight[begin : begin + DIRECTIONS] = matrix @ read
            attention.c_attn.bias[begin : begin + DIRECTIONS] = -matrix @ offset
        columns = slice(head * width, (head + 1) * width)
        attention.c_proj.weight[:, columns] *= output
