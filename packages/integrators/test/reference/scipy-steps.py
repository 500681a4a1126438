"""Single steps and dense output of SciPy's RK23 and RK45 on the Lorenz equations, their solution at t = 2 by DOP853, forward sensitivities of Robertson's problem by an augmented Radau run, and states of E5
at an early time: scipy-steps.json.

Run: python3 scipy-steps.py
"""

import json
import pathlib

import numpy as np
import scipy
from scipy.integrate import RK23, RK45, solve_ivp


def lorenz(_t, y):
    return np.array([10 * (y[1] - y[0]), y[0] * (28 - y[2]) - y[1], y[0] * y[1] - 8 / 3 * y[2]])


y0 = np.array([1.0, 2.0, 3.0])
h = 0.02


def one_step(method):
    solver = method(lorenz, 0.0, y0, 1.0, first_step=h, rtol=1e3, atol=1e3, max_step=h)
    solver.step()
    assert solver.t == h
    dense = solver.dense_output()
    return {
        "y": solver.y.tolist(),
        "dense": [dense(x * h).tolist() for x in (0.2, 0.5, 0.9)],
        "error": (np.dot(solver.K.T, solver.E) * h).tolist(),
    }


tight = solve_ivp(lorenz, (0, 2), y0, method="DOP853", rtol=1e-13, atol=1e-13)


def robertson_augmented(_t, z):
    k1, k2, k3 = 0.04, 3e7, 1e4
    y = z[:3]
    s = z[3:].reshape(3, 3)
    jac = np.array(
        [
            [-k1, k3 * y[2], k3 * y[1]],
            [k1, -k3 * y[2] - 2 * k2 * y[1], -k3 * y[1]],
            [0, 2 * k2 * y[1], 0],
        ]
    )
    # columns: k1, k2, k3
    by_k = np.array(
        [
            [-y[0], 0, y[1] * y[2]],
            [y[0], -y[1] ** 2, -y[1] * y[2]],
            [0, y[1] ** 2, 0],
        ]
    )
    dy = np.array([-k1 * y[0] + k3 * y[1] * y[2], k1 * y[0] - k3 * y[1] * y[2] - k2 * y[1] ** 2, k2 * y[1] ** 2])
    return np.concatenate([dy, (jac @ s + by_k).ravel()])


z0 = np.zeros(12)
z0[0] = 1
# Sensitivities scale as 1/k: tolerances per component.
scale = np.array([25, 3e-8, 1e-4])
atol = np.concatenate([[1e-14, 1e-18, 1e-14], np.tile(1e-13 * scale, 3)])
sens = solve_ivp(robertson_augmented, (0, 400), z0, method="Radau", rtol=1e-11, atol=atol, t_eval=[0.4, 40, 400])
assert sens.success


def e5(_t, y):
    r1 = 7.89e-10 * y[0]
    r2 = 1.1e7 * y[0] * y[2]
    r3 = 1.13e9 * y[1] * y[2]
    r4 = 1.13e3 * y[3]
    d1 = r1 - r3
    d3 = r2 - r4
    return np.array([-r1 - r2, d1, d1 - d3, d3])


e5run = solve_ivp(e5, (0, 1e5), [1.76e-3, 0, 0, 0], method="Radau", rtol=1e-11, atol=1e-26)
assert e5run.success

result = {
    "source": f"scipy {scipy.__version__}",
    "h": h,
    "RK23": one_step(RK23),
    "RK45": one_step(RK45),
    "lorenz2": tight.y[:, -1].tolist(),
    "robertson": {
        "t": sens.t.tolist(),
        "y": sens.y[:3].T.tolist(),
        "byRate": [sens.y[3:, k].tolist() for k in range(len(sens.t))],
    },
    "e5": e5run.y[:, -1].tolist(),
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(result, indent=1) + "\n")
