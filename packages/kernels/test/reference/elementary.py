#!/usr/bin/env python3
"""Values of the activations and their slopes in float64 (NumPy), at float32 arguments of every size and sign.

    python3 test/reference/elementary.py > test/reference/elementary.json"""
import json
import sys

import numpy as np

rng = np.random.default_rng(1)
sizes = np.concatenate([10.0 ** rng.uniform(-30, 1, 300), rng.uniform(0, 12, 600), 10.0 ** rng.uniform(1, 5.9, 100)])
z = np.float32(sizes * rng.choice([-1, 1], sizes.size)).astype(np.float64)
u = np.exp(-np.abs(z))
json.dump(
    dict(
        origin=f"NumPy {np.__version__}, float64",
        z=z.tolist(),
        tanh=dict(value=np.tanh(z).tolist(), slope=(1 - np.tanh(z) ** 2).tolist()),
        softplus=dict(value=(np.maximum(z, 0) + np.log1p(u)).tolist(), slope=(np.where(z > 0, 1, u) / (1 + u)).tolist()),
        sin=dict(value=np.sin(z).tolist(), slope=np.cos(z).tolist()),
        relu=dict(value=np.maximum(z, 0).tolist(), slope=(z > 0).astype(float).tolist()),
        identity=dict(value=z.tolist(), slope=np.ones_like(z).tolist()),
    ),
    sys.stdout,
)
