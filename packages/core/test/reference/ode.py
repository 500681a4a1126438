#!/usr/bin/env python3
"""Solutions of neural ODEs by SciPy, with the bases from NumPy.

    python3 test/reference/ode.py > test/reference/ode.json

Parameters are rounded to float32 first, so that both sides start from the same numbers."""
import json
import sys

import numpy as np
import scipy
from numpy.polynomial import legendre
from scipy.integrate import solve_ivp

ACTIVATIONS = {
    "tanh": np.tanh,
    "softplus": lambda z: np.logaddexp(0, z),
    "sin": np.sin,
    "relu": lambda z: np.maximum(z, 0),
    "identity": lambda z: z,
}


def basis(weights, tau):
    if weights["basis"] == "polynomial":
        return np.array([legendre.legval(2 * tau - 1, np.eye(weights["degree"] + 1)[j]) for j in range(weights["degree"] + 1)])
    knots = np.linspace(0, 1, weights["knots"])
    return np.array([np.interp(tau, knots, np.eye(weights["knots"])[j]) for j in range(weights["knots"])])


def main():
    rng = np.random.default_rng(5)
    inputs, outputs, width, augment, horizon = 2, 2, 3, 1, 1.5
    state = width + augment
    cases = []
    for activation, s in ACTIVATIONS.items():
        for weights in [dict(basis="polynomial", degree=3), dict(basis="piecewiseLinear", knots=3)]:
            terms = weights["degree"] + 1 if "degree" in weights else weights["knots"]
            shapes = [(width, inputs), (width,), (terms, state, state), (terms, state), (outputs, state), (outputs,)]
            a, a0, theta, theta0, c, c0 = [np.float32(rng.uniform(-1, 1, shape)).astype(float) for shape in shapes]
            x = np.float32(rng.uniform(-1, 1, inputs)).astype(float)

            def f(t, h):
                phi = basis(weights, t / horizon)
                return s(np.tensordot(phi, theta, 1) @ h + phi @ theta0)

            h = np.concatenate([np.tanh(a @ x + a0), np.zeros(augment)])
            # Kinks of lines between knots, and of relu, cost an adaptive method its order: small steps instead.
            pieces = np.linspace(0, horizon, weights.get("knots", 2))
            for begin, end in zip(pieces[:-1], pieces[1:]):
                h = solve_ivp(f, (begin, end), h, method="DOP853", rtol=1e-12, atol=1e-13, max_step=horizon / 50).y[:, -1]
            flat = np.concatenate([t.reshape(-1) for t in (a, a0, theta, theta0, c, c0)])
            shape = dict(inputs=inputs, outputs=outputs, width=width, augment=augment, horizon=horizon)
            cases.append(
                dict(
                    options=dict(**shape, activation=activation, weights=weights),
                    parameters=flat.tolist(),
                    x=x.tolist(),
                    h=h.tolist(),
                    y=(c @ h + c0).tolist(),
                )
            )
    json.dump(dict(origin=f"SciPy {scipy.__version__}, NumPy {np.__version__}", cases=cases), sys.stdout)


main()
