#!/usr/bin/env python3
"""Matrices of every kind that is hard for an eigenvalue method, with their eigenvalues and singular values by LAPACK
(NumPy, float64), and the value and gradient of Gelfand's formula by PyTorch's automatic differentiation in float64.

    python3 test/reference/matrices.py > test/reference/matrices.json

The entries are float32 numbers."""
import json
import sys

import numpy as np
import torch

rng = np.random.default_rng(4)


def random(n):
    return rng.normal(size=(n, n)) / np.sqrt(n)


def similar(n, eigenvalues):
    """A non-normal matrix with the given real-Schur diagonal blocks."""
    s = rng.normal(size=(n, n))
    return s @ eigenvalues @ np.linalg.inv(s)


def rotation(r, angle):
    c, s = r * np.cos(angle), r * np.sin(angle)
    return np.array([[c, -s], [s, c]])


def blocks(*parts):
    n = sum(np.atleast_2d(p).shape[0] for p in parts)
    out = np.zeros((n, n))
    at = 0
    for p in parts:
        p = np.atleast_2d(p)
        out[at : at + len(p), at : at + len(p)] = p
        at += len(p)
    return out


def orthogonal(n):
    return np.linalg.qr(rng.normal(size=(n, n)))[0]


q = orthogonal(6)
KINDS = {
    "random 1": random(1),
    "random 2": random(2),
    "random 3": random(3),
    "random 4": random(4),
    "random 7": random(7),
    "random 20": random(20),
    "random 50": random(50),
    "symmetric": (lambda a: a + a.T)(random(9)),
    "skew": (lambda a: a - a.T)(random(8)),
    "orthogonal": orthogonal(7),
    "low rank": rng.normal(size=(12, 2)) @ rng.normal(size=(2, 12)) / 6,
    "zero": np.zeros((5, 5)),
    "nilpotent": np.triu(rng.normal(size=(5, 5)), 1),
    "defective": np.array([[2.0, 1.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 0.5]]),
    "identity": np.eye(6),
    "complex pair": similar(6, blocks(rotation(1.5, 1.1), 0.7, rotation(0.4, 0.3), -0.2)),
    "plus-minus pair": similar(5, blocks(1.25, -1.25, 0.6, 0.3, 0.1)),
    "crowded": similar(8, blocks(rotation(1.0, 0.4), rotation(0.98, 2.1), 0.97, -0.96, 0.95, -0.2)),
    "non-normal": np.triu(10 * rng.normal(size=(10, 10)), 1) + np.diag(np.linspace(-1, 1, 10)),
    "badly scaled": np.diag(10.0 ** np.arange(-3, 4)) @ random(7) @ np.diag(10.0 ** -np.arange(-3.0, 4)),
    "tiny": random(5) * 1e-30,
    "huge": random(5) * 1e30,
    "saturated rows": np.diag([0, 0, 1e-8, 1, 1, 1, 0.5, 0.3]) @ random(8),
}


def gelfand(matrix, squarings):
    j = torch.tensor(matrix, requires_grad=True)
    n = torch.linalg.matrix_norm(j)
    m = j / n
    log = n.log()
    for _ in range(squarings):
        m = m @ m
        n = torch.linalg.matrix_norm(m)
        m = m / n
        log = 2 * log + n.log()
    rho = (log / 2**squarings).exp()
    rho.backward()
    return rho.item(), j.grad.reshape(-1).tolist()


cases = []
for name, matrix in KINDS.items():
    a = np.float32(matrix).astype(np.float64)
    l = np.linalg.eigvals(a)
    l = l[np.lexsort((-l.imag, -np.abs(l).round(12)))]
    case = dict(
        name=name,
        matrix=a.reshape(-1).tolist(),
        re=l.real.tolist(),
        im=l.imag.tolist(),
        singular=np.linalg.svd(a, compute_uv=False).tolist(),
    )
    if name not in ("zero", "nilpotent", "tiny", "huge"):
        value, gradient = gelfand(a, 10)
        case["gelfand"] = dict(value=value, gradient=gradient)
    cases.append(case)
json.dump(dict(origin=f"NumPy {np.__version__} (LAPACK), PyTorch {torch.__version__}, float64", cases=cases), sys.stdout)
