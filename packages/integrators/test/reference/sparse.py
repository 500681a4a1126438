"""Fill of SuperLU's minimum degree ordering on grids of two unknowns a point, and the two-dimensional Brusselator of Hairer and Wanner
(Solving Ordinary Differential Equations II, IV.10) on 8 x 8 points, with and without periodic boundaries, by SciPy's Radau: sparse.json.

Run: python3 sparse.py
"""

import json
import pathlib

import numpy as np
import scipy
from scipy.integrate import solve_ivp
from scipy.sparse import lil_matrix
from scipy.sparse.linalg import splu


def neighbours(m, periodic):
    if periodic:
        return [(x - 1) % m for x in range(m)], [(x + 1) % m for x in range(m)]
    return [1] + list(range(m - 1)), list(range(1, m)) + [m - 2]


def grid(m, periodic):
    left, right = neighbours(m, periodic)
    n = 2 * m * m
    a = lil_matrix((n, n))
    for y in range(m):
        for x in range(m):
            for c in range(2):
                i = c + 2 * (x + m * y)
                others = [(left[x], y), (right[x], y), (x, left[y]), (x, right[y])]
                for j in [i ^ 1, *(c + 2 * (p + m * q) for p, q in others)]:
                    a[i, j] = -1
                a[i, i] = 10
    return a.tocsc()


def fill(m, periodic):
    lu = splu(grid(m, periodic), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0, options={"SymmetricMode": True})
    return int(lu.L.nnz + lu.U.nnz - 2 * m * m)


def brusselator(m, periodic):
    left, right = neighbours(m, periodic)
    h = 1 / m if periodic else 1 / (m - 1)
    x = np.arange(m) * h
    source = 5.0 * ((x[None, :] - 0.3) ** 2 + (x[:, None] - 0.6) ** 2 <= 0.01)

    def laplace(w):
        return 0.1 / h**2 * (w[:, left] + w[:, right] + w[left, :] + w[right, :] - 4 * w)

    def f(t, state, late):
        u, v = state.reshape(m, m, 2).transpose(2, 0, 1)
        r = u * u * v
        du = 1 + r - 4.4 * u + laplace(u) + late * source
        dv = 3.4 * u - r + laplace(v)
        return np.stack([du, dv], axis=2).ravel()

    state = np.stack([np.outer(22 * x * (1 - x) ** 1.5, np.ones(m)), np.outer(np.ones(m), 27 * x * (1 - x) ** 1.5)], axis=2).ravel()
    for late, span in [(0, (0, 1.1)), (1, (1.1, 11.5))]:
        run = solve_ivp(f, span, state, method="Radau", rtol=1e-10, atol=1e-11, args=(late,))
        assert run.success
        state = run.y[:, -1]
    return state.tolist()


out = {
    "source": f"scipy {scipy.__version__}",
    "fill": [{"m": m, "periodic": periodic, "entries": fill(m, periodic)} for m in (8, 16, 32, 64) for periodic in (False, True)],
    "brusselator": {"m": 8, "bounded": brusselator(8, False), "periodic": brusselator(8, True)},
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(out, indent=1) + "\n")
