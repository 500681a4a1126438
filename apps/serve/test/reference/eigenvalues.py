"""Eigenvalues by LAPACK (numpy.linalg.eigvals): writes eigenvalues.json beside this file.

    python3 eigenvalues.py        (NumPy 2)"""
import json
import pathlib

import numpy as np

rng = np.random.default_rng(5)
cases = [(f"a random {n} x {n} matrix", rng.uniform(-1, 1, (n, n))) for n in (1, 2, 3, 8, 24, 50)]
cases += [
    ("a rotation", np.array([[0.0, -1.0], [1.0, 0.0]])),
    ("a symmetric matrix", (lambda a: a + a.T)(rng.uniform(-1, 1, (12, 12)))),
    ("a rank-one matrix", np.outer(rng.uniform(-1, 1, 6), rng.uniform(-1, 1, 6))),
    ("a matrix of zeros", np.zeros((4, 4))),
    ("a cyclic permutation", np.roll(np.eye(7), 1, axis=0)),
    ("a Jordan block", 0.5 * np.eye(3) + np.eye(3, k=1)),
    ("a badly scaled matrix", rng.uniform(-1, 1, (10, 10)) * np.logspace(-4, 4, 10)[:, None]),
]
answer = [
    {"name": name, "size": len(a), "matrix": a.ravel().tolist(), "eigenvalues": [[z.real, z.imag] for z in np.linalg.eigvals(a).astype(complex)]}
    for name, a in cases
]
pathlib.Path(__file__).with_name("eigenvalues.json").write_text(json.dumps(answer) + "\n")
