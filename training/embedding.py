"""A starting point for the token embedding: what stands beside each token, in the whole corpus.

A short training sees a rare token a handful of times; counting sees it every time, and costs about a
minute. The counts of the tokens one before and one after become positive pointwise mutual information,
and a truncated singular value decomposition of that gives vectors in which tokens of like use are close.
"""

import numpy as np
import torch
from scipy import sparse

CONTEXTS = 8192  # the most frequent tokens are what is counted beside the others
CHUNK = 4_000_000


def neighbour_counts(streams, vocab_size):
    """Sparse counts [V, 2 * CONTEXTS]: how often each context token comes after, and before."""
    frequency = sum(np.bincount(tokens, minlength=vocab_size) for tokens in streams)
    column = np.full(vocab_size, -1)
    column[np.argsort(-frequency)[:CONTEXTS]] = np.arange(CONTEXTS)
    counts = sparse.csr_matrix((vocab_size, 2 * CONTEXTS), dtype=np.float32)
    for tokens in streams:
        for start in range(0, len(tokens) - 1, CHUNK):
            part = tokens[start : start + CHUNK + 1].astype(np.int64)
            before, after = part[:-1], part[1:]
            for rows, contexts, offset in ((before, after, 0), (after, before, CONTEXTS)):
                columns = column[contexts]
                known = columns >= 0
                ones = np.ones(known.sum(), dtype=np.float32)
                found = sparse.coo_matrix((ones, (rows[known], columns[known] + offset)), shape=counts.shape)
                counts = counts + found.tocsr()
    return counts


def positive_mutual_information(counts):
    """max(0, log p(row, column) / (p(row) p(column))), columns smoothed as is usual for it."""
    total = counts.sum()
    rows = np.asarray(counts.sum(1)).ravel() / total
    columns = np.asarray(counts.sum(0)).ravel() ** 0.75
    columns /= columns.sum()
    table = counts.tocoo()
    value = np.log(table.data / total / (rows[table.row] * columns[table.col]))
    # A pair that was seen once or twice says little.
    value *= table.data / (table.data + 2)
    keep = value > 0
    return sparse.csr_matrix(
        (value[keep].astype(np.float32), (table.row[keep], table.col[keep])), shape=counts.shape
    )


def truncated_svd(matrix, width, random, oversampling=16, passes=2):
    """Left singular vectors [V, width] and singular values [width], by random projection."""
    sketch = matrix @ random.standard_normal((matrix.shape[1], width + oversampling), dtype=np.float32)
    for _ in range(passes):
        basis, _ = np.linalg.qr(sketch)
        sketch = matrix @ (matrix.T @ basis)
    basis, _ = np.linalg.qr(sketch)
    left, values, _ = np.linalg.svd((matrix.T @ basis).T, full_matrices=False)
    return (basis @ left)[:, :width], values[:width]


def initial_embedding(streams, vocab_size, width, size=0.04, seed=0):
    """Token vectors [V, width] of root mean square `size`."""
    random = np.random.default_rng(seed)
    information = positive_mutual_information(neighbour_counts(streams, vocab_size))
    left, values = truncated_svd(information, width, random)
    vectors = left * np.sqrt(values)
    # Even out the singular directions' axes, and soften the differences of length.
    rotation, _ = np.linalg.qr(random.standard_normal((width, width)).astype(np.float32))
    vectors = vectors @ rotation
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = vectors / np.sqrt(length + 1e-3 * length.max())
    vectors += 0.05 * vectors.std() * random.standard_normal(vectors.shape)
    return torch.from_numpy(vectors * size / np.sqrt((vectors**2).mean())).float()
