"""End states of the one-dimensional Brusselator (20 and 100 inner points) by SciPy's Radau at rtol 1e-12: brusselator.json.

Run: python3 brusselator.py
"""

import json
import pathlib

import numpy as np
import scipy
from scipy.integrate import solve_ivp


def brusselator(points):
    diffusion = (points + 1) ** 2 / 50
    x = np.arange(1, points + 1) / (points + 1)
    y0 = np.empty(2 * points)
    y0[0::2] = 1 + np.sin(2 * np.pi * x)
    y0[1::2] = 3

    def f(_t, y):
        u = np.concatenate(([1.0], y[0::2], [1.0]))
        v = np.concatenate(([3.0], y[1::2], [3.0]))
        inner_u, inner_v = u[1:-1], v[1:-1]
        dy = np.empty_like(y)
        dy[0::2] = 1 + inner_u**2 * inner_v - 4 * inner_u + diffusion * (u[:-2] - 2 * inner_u + u[2:])
        dy[1::2] = 3 * inner_u - inner_u**2 * inner_v + diffusion * (v[:-2] - 2 * inner_v + v[2:])
        return dy

    n = 2 * points
    pattern = np.zeros((n, n))
    for offset in (-2, -1, 0, 1, 2):
        pattern += np.eye(n, k=offset)
    run = solve_ivp(f, (0, 10), y0, method="Radau", rtol=1e-12, atol=1e-13, jac_sparsity=pattern)
    assert run.success
    return run.y[:, -1].tolist()


result = {
    "source": f"scipy {scipy.__version__} solve_ivp Radau, rtol 1e-12, atol 1e-13",
    "points20": brusselator(20),
    "points100": brusselator(100),
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(result, indent=1) + "\n")
