#!/usr/bin/env python3
"""Values, slopes and curvatures of the activations in float64 (NumPy, mpmath), at float32 arguments of every size and sign.

    python3 test/reference/elementary.py > test/reference/elementary.json"""
import json
import sys

import mpmath as mp
import numpy as np

rng = np.random.default_rng(1)
sizes = np.concatenate([10.0 ** rng.uniform(-30, 1, 300), rng.uniform(0, 12, 600), 10.0 ** rng.uniform(1, 5.9, 100)])
z = np.float32(sizes * rng.choice([-1, 1], sizes.size)).astype(np.float64)
u = np.exp(-np.abs(z))
t = np.tanh(z)
slope = 1 / np.cosh(np.clip(z, -350, 350)) ** 2


mp.mp.dps = 40


def exactly(f):
    """f in 40 digits."""
    return np.array([float(f(mp.mpf(float(x)))) for x in z])


def logistic(x):
    return 1 / (1 + mp.exp(-x))


def curve(value, slope, curvature):
    return dict(value=value.tolist(), slope=slope.tolist(), curvature=curvature.tolist())


json.dump(
    dict(
        origin=f"NumPy {np.__version__} in float64, mpmath {mp.__version__} in 40 digits",
        z=z.tolist(),
        tanh=curve(t, slope, -2 * t * slope),
        softplus=curve(np.maximum(z, 0) + np.log1p(u), np.where(z > 0, 1, u) / (1 + u), u / (1 + u) ** 2),
        sin=curve(np.sin(z), np.cos(z), -np.sin(z)),
        relu=curve(np.maximum(z, 0), (z > 0).astype(float), np.zeros_like(z)),
        identity=curve(z, np.ones_like(z), np.zeros_like(z)),
        gelu=curve(
            exactly(lambda x: x * mp.ncdf(x)),
            exactly(lambda x: mp.ncdf(x) + x * mp.npdf(x)),
            exactly(lambda x: mp.npdf(x) * (2 - x * x)),
        ),
        silu=curve(
            exactly(lambda x: x * logistic(x)),
            exactly(lambda x: logistic(x) * (1 + x * logistic(-x))),
            exactly(lambda x: logistic(x) * logistic(-x) * (2 + x * (logistic(-x) - logistic(x)))),
        ),
    ),
    sys.stdout,
)
