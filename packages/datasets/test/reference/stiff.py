"""Reference end states from SciPy's Radau at rtol 1e-11. Writes stiff.json."""
import json
import os

import numpy as np
from scipy.integrate import solve_ivp

rng = np.random.default_rng(12)


def ends(f, jac, rows, y0, time, atol):
    return [solve_ivp(lambda t, y: f(y, p), (0, time), y0, method="Radau", rtol=1e-11, atol=atol,
                      jac=lambda t, y: jac(y, p)).y[:, -1].tolist() for p in rows]


def rober(y, k):
    return [-k[0] * y[0] + k[2] * y[1] * y[2], k[0] * y[0] - k[2] * y[1] * y[2] - k[1] * y[1] ** 2, k[1] * y[1] ** 2]


def rober_jac(y, k):
    return [[-k[0], k[2] * y[2], k[2] * y[1]], [k[0], -k[2] * y[2] - 2 * k[1] * y[1], -k[2] * y[1]], [0, 2 * k[1] * y[1], 0]]


rates = np.array([0.04, 3e7, 1e4]) * 10 ** rng.uniform(-1, 1, (100, 3))
feeds = np.column_stack([rng.uniform(0.5, 2, 100), rng.uniform(0.5, 4, 100)])
brus = lambda y, p: [p[0] + y[0] ** 2 * y[1] - (p[1] + 1) * y[0], p[1] * y[0] - y[0] ** 2 * y[1]]
brus_jac = lambda y, p: [[2 * y[0] * y[1] - p[1] - 1, y[0] ** 2], [p[1] - 2 * y[0] * y[1], -y[0] ** 2]]
out = dict(
    robertson=dict(x=rates.tolist(), y=ends(rober, rober_jac, rates, [1, 0, 0], 40, [1e-14, 1e-18, 1e-14])),
    brusselator=dict(x=feeds.tolist(), y=ends(brus, brus_jac, feeds, [1.5, 3], 5, 1e-13)),
)
with open(os.path.splitext(__file__)[0] + ".json", "w") as file:
    json.dump(out, file)
