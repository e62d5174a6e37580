"""Eigenvalues and principal components by numpy, for `data/eigen.json`.

Run in a virtual environment with numpy (see requirements.txt): python eigen.py
"""

import json
from pathlib import Path

import numpy as np


def eigen(name: str, matrix: np.ndarray) -> dict:
    """Eigenvalues, largest first, each with its vector in the sign that numpy gave it."""
    values, vectors = np.linalg.eigh(matrix)
    return {
        "name": name,
        "n": len(matrix),
        "matrix": matrix.ravel().tolist(),
        "values": values[::-1].tolist(),
        "vectors": vectors.T[::-1].ravel().tolist(),
    }


def pca(name: str, rows: np.ndarray) -> dict:
    """Coordinates along the first two components by a singular value decomposition; the sign is the
    one that makes the coordinate of largest size positive."""
    rows = rows.astype(np.float32)
    centred = rows.astype(np.float64) - rows.astype(np.float64).mean(axis=0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    coordinates = (u * s).T[:2]
    coordinates *= np.sign([row[np.abs(row).argmax()] for row in coordinates])[:, None]
    return {
        "name": name,
        "n": len(rows),
        "rows": rows.ravel().tolist(),
        "coordinates": coordinates.tolist(),
        "explained": ((s**2) / (s**2).sum())[:2].tolist(),
    }


def main() -> None:
    rng = np.random.default_rng(5)

    def symmetric(n: int) -> np.ndarray:
        a = rng.standard_normal((n, n))
        return (a + a.T) / 2

    rotation, _ = np.linalg.qr(rng.standard_normal((5, 5)))
    low_rank = rng.standard_normal((8, 2))
    golden = {
        "eigen": [
            eigen("one number", np.array([[-3.5]])),
            eigen("two by two", np.array([[2.0, -1.0], [-1.0, 2.0]])),
            eigen("diagonal", np.diag([3.0, -7.0, 0.0, 3.5])),
            eigen("random", symmetric(12)),
            eigen("wide range", rotation @ np.diag([1e8, 1.0, 1e-4, -1e-6, -1e5]) @ rotation.T),
            eigen("rank two", low_rank @ low_rank.T),
            eigen("zero", np.zeros((3, 3))),
        ],
        "pca": [
            pca("few long vectors", rng.standard_normal((7, 50)) * np.linspace(3, 0.1, 50)),
            pca("many short vectors", rng.standard_normal((25, 3)) * [5, 2, 0.5] + 100),
            pca("three vectors", rng.standard_normal((3, 16))),
        ],
    }
    text = json.dumps(golden, indent=1) + "\n"
    (Path(__file__).parent / "data" / "eigen.json").write_text(text)


if __name__ == "__main__":
    main()
