"""Spectral radii, their condition and gradient by LAPACK (scipy.linalg.eig): python3 spectral.py > spectral.json

For J = diag(slopes) W with J v = l v, u^H J = l u^H and |l| largest:
    condition = |u| |v| / |u^H v|,    d|l| = Re(conj(l) / |l| u^H dJ v / u^H v).
"""

import json

import numpy as np
import scipy
from scipy.linalg import eig


def reference(weights, slopes):
    jacobian = slopes[:, None] * weights
    values, left, right = eig(jacobian, left=True, right=True)
    k = np.argmax(np.abs(values))
    l, u, v = values[k], left[:, k], right[:, k]
    dot = np.vdot(u, v)
    factor = np.conj(l) / abs(l) / dot
    by_jacobian = np.real(factor * np.outer(np.conj(u), v))
    return {
        "radius": abs(l),
        "complex": bool(abs(l.imag) > 1e-9),
        "condition": np.linalg.norm(u) * np.linalg.norm(v) / abs(dot),
        "gradient": (slopes[:, None] * by_jacobian).ravel().tolist(),
    }


def cases():
    random = np.random.default_rng(7)
    for name, size in [("small", 3), ("usual", 8), ("larger", 20)]:
        for _ in range(3):
            weights = random.normal(size=(size, size)).astype(np.float32)
            slopes = random.uniform(0.2, 1, size).astype(np.float32)
            yield name, weights, slopes
    for strength in [3.0, 30.0]:
        upper = np.triu(random.normal(size=(8, 8)), 1) * strength
        weights = (np.diag(np.linspace(1, 2, 8)) + upper + 0.01 * random.normal(size=(8, 8))).astype(np.float32)
        yield f"not normal {strength}", weights, random.uniform(0.5, 1, 8).astype(np.float32)


print(
    json.dumps(
        {
            "origin": f"scipy {scipy.__version__}, numpy {np.__version__}",
            "cases": [
                {
                    "name": name,
                    "weights": weights.ravel().tolist(),
                    "slopes": slopes.tolist(),
                    **reference(weights.astype(float), slopes.astype(float)),
                }
                for name, weights, slopes in cases()
            ],
        },
    )
)
