"""Muon in float32, for processors on which bfloat16 is emulated.

The same update as torch.optim.Muon with adjust_lr_fn="original": Nesterov momentum, its matrix pushed
toward the nearest semi-orthogonal one, scaled by sqrt(max(1, rows / columns)). torch casts to bfloat16 for
that; without hardware for it such a step takes longer than everything else together.

Matrices of one shape are done together. The iterations run on the Gram matrix alone, which is the smaller
square: X' = P X with P a polynomial in G = X Xᵀ, so that G' = P G P, and X is multiplied once at the end.
"""

import torch

COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def orthogonalised(matrices, steps=5):
    """matrices [N, R, C], each roughly made orthogonal; R <= C is the cheap side."""
    x = matrices.mT if matrices.shape[1] > matrices.shape[2] else matrices
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    a, b, c = COEFFICIENTS
    gram, total = x @ x.mT, None  # [N, R, R]
    for step in range(steps):
        factor = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)
        factor.diagonal(dim1=1, dim2=2).add_(a)
        total = factor if total is None else factor @ total
        if step < steps - 1:
            gram = factor @ gram @ factor
    x = total @ x
    return x.mT if matrices.shape[1] > matrices.shape[2] else x


class Muon(torch.optim.Optimizer):
    def __init__(self, matrices, lr=0.012, momentum=0.95, weight_decay=0.02):
        super().__init__(matrices, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            by_shape = {}
            for matrix in group["params"]:
                if matrix.grad is not None:
                    by_shape.setdefault(min(matrix.shape, matrix.shape[::-1]), []).append(matrix)
            for shape, matrices in by_shape.items():
                updates = []
                for matrix in matrices:
                    state = self.state[matrix]
                    if not state:
                        state["momentum"] = torch.zeros_like(matrix)
                    state["momentum"].lerp_(matrix.grad, 1 - group["momentum"])
                    update = matrix.grad.lerp(state["momentum"], group["momentum"])
                    updates.append(update if update.shape == shape else update.mT)
                for matrix, update in zip(matrices, orthogonalised(torch.stack(updates)), strict=True):
                    scale = max(1.0, matrix.shape[0] / matrix.shape[1]) ** 0.5
                    matrix.mul_(1 - group["lr"] * group["weight_decay"])
                    matrix.add_(update if matrix.shape == shape else update.mT, alpha=-group["lr"] * scale)
