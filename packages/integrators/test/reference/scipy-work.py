"""A step and the dense output of SciPy's DOP853, and what SciPy's DOP853 and BDF need (evaluations, Jacobians,
factorisations) for what error on five problems: scipy-work.json. Errors are against Radau at 1e-12, or closed solutions.

Run: python3 scipy-work.py
"""

import json
import pathlib

import numpy as np
import scipy
from scipy.integrate import DOP853, solve_ivp


def lorenz(_t, y):
    return np.array([10 * (y[1] - y[0]), y[0] * (28 - y[2]) - y[1], y[0] * y[1] - 8 / 3 * y[2]])


def arenstorf(_t, y):
    mu = 0.012277471
    nu = 1 - mu
    d1 = ((y[0] + mu) ** 2 + y[1] ** 2) ** 1.5
    d2 = ((y[0] - nu) ** 2 + y[1] ** 2) ** 1.5
    return np.array(
        [
            y[2],
            y[3],
            y[0] + 2 * y[3] - nu * (y[0] + mu) / d1 - mu * (y[0] - nu) / d2,
            y[1] - 2 * y[2] - nu * y[1] / d1 - mu * y[1] / d2,
        ]
    )


def rober(_t, y):
    return np.array(
        [-0.04 * y[0] + 1e4 * y[1] * y[2], 0.04 * y[0] - 1e4 * y[1] * y[2] - 3e7 * y[1] ** 2, 3e7 * y[1] ** 2]
    )


def rober_jac(_t, y):
    return np.array(
        [[-0.04, 1e4 * y[2], 1e4 * y[1]], [0.04, -1e4 * y[2] - 6e7 * y[1], -1e4 * y[1]], [0, 6e7 * y[1], 0]]
    )


def vdpol(_t, y):
    return np.array([y[1], ((1 - y[0] ** 2) * y[1] - y[0]) / 1e-6])


def vdpol_jac(_t, y):
    return np.array([[0, 1], [(-2 * y[0] * y[1] - 1) / 1e-6, (1 - y[0] ** 2) / 1e-6]])


POINTS = 40


def heat(_t, y):
    """u_t = u_xx / 50 + u (1 - u) at interior points of (0, 1), zero at both ends."""
    u = np.concatenate([[0.0], y, [0.0]])
    return (u[2:] - 2 * y + u[:-2]) * (POINTS + 1) ** 2 / 50 + y * (1 - y)


def heat_jac(_t, y):
    c = (POINTS + 1) ** 2 / 50
    return np.diag(1 - 2 * y - 2 * c) + np.diag(np.full(POINTS - 1, c), 1) + np.diag(np.full(POINTS - 1, c), -1)


start = np.sin(np.pi * np.arange(1, POINTS + 1) / (POINTS + 1))
arenstorf0 = [0.994, 0.0, 0.0, -2.00158510637908252240537862224]
period = 17.0652165601579625588917206249
problems = {
    "lorenz": (lorenz, None, [1.0, 2.0, 3.0], 10.0, 1.0),
    "arenstorf": (arenstorf, None, arenstorf0, period, 1.0),
    "rober": (rober, rober_jac, [1.0, 0.0, 0.0], 1e5, 1e-6),
    "vdpol": (vdpol, vdpol_jac, [2.0, 0.0], 2.0, 1.0),
    "heat": (heat, heat_jac, start.tolist(), 4.0, 1.0),
}


def work(method, name, rtol):
    f, jac, y0, end, scale = problems[name]
    exact = y0 if name == "arenstorf" else references[name]
    kwargs = {} if jac is None or method == "DOP853" else {"jac": jac}
    run = solve_ivp(f, (0, end), y0, method=method, rtol=rtol, atol=rtol * scale, **kwargs)
    assert run.success
    error = np.max(np.abs(run.y[:, -1] - exact) / np.maximum(np.abs(exact), scale))
    counts = {"evaluations": run.nfev, "jacobians": run.njev, "factorisations": run.nlu, "steps": len(run.t) - 1}
    return {"rtol": rtol, "error": float(error), **counts}


references = {}
for name, (f, jac, y0, end, scale) in problems.items():
    if name == "lorenz":
        run = solve_ivp(f, (0, end), y0, method="DOP853", rtol=3e-14, atol=1e-14)
    elif name == "arenstorf":
        continue
    else:
        run = solve_ivp(f, (0, end), y0, method="Radau", rtol=1e-12, atol=1e-13 * scale, jac=jac)
    references[name] = run.y[:, -1]

h = 0.02
solver = DOP853(lorenz, 0.0, np.array([1.0, 2.0, 3.0]), 1.0, first_step=h, rtol=1e3, atol=1e3, max_step=h)
solver.step()
dense = solver.dense_output()
data = {
    "scipy": scipy.__version__,
    "h": h,
    "step": {
        "y": solver.y.tolist(),
        "dense": [dense(x * h).tolist() for x in (0.2, 0.5, 0.9)],
        # With weights of 1.
        "error": float(solver._estimate_error_norm(solver.K, h, np.ones(3))),
    },
    "references": {name: list(y) for name, y in references.items()},
    "dop853": {name: [work("DOP853", name, r) for r in (1e-4, 1e-6, 1e-8, 1e-10)] for name in ("lorenz", "arenstorf")},
    "bdf": {name: [work("BDF", name, r) for r in (1e-3, 1e-5, 1e-7)] for name in ("rober", "vdpol", "heat")},
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(data, indent=1) + "\n")
