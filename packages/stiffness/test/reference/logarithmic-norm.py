#!/usr/bin/env python3
"""The largest eigenvalue of (J + J') / 2 by LAPACK (scipy.linalg.eigh, float64), of the matrices in matrices.json and of the
batches in proxies.json; of the latter with the gradient of sum_{n,i} cotangent[n, i] value[n, i] by its eigenvector, where
the eigenvalue is simple.

    python3 test/reference/logarithmic-norm.py > test/reference/logarithmic-norm.json"""
import json
import pathlib
import sys

import numpy as np
import scipy
from scipy.linalg import eigh

here = pathlib.Path(__file__).parent


def top(j):
    values, vectors = eigh((j + j.T) / 2)
    simple = len(j) == 1 or values[-1] - values[-2] > 1e-6 * np.abs(values).max()
    return values[-1], vectors[:, -1], simple


matrices = {}
for case in json.loads((here / "matrices.json").read_text())["cases"]:
    n = round(len(case["matrix"]) ** 0.5)
    matrices[case["name"]] = top(np.array(case["matrix"]).reshape(n, n))[0]

batches = {}
for case in json.loads((here / "proxies.json").read_text())["cases"]:
    depth, width, batch = case["depth"], case["width"], case["batch"]
    weights = np.array(case["weights"]).reshape(depth, width, width)
    slopes = np.array(case["slopes"]).reshape(depth, batch, width)
    cotangent = np.array(case["cotangent"]).reshape(depth, batch)
    grad_weights, grad_slopes, values, simple = np.zeros_like(weights), np.zeros_like(slopes), [], True
    for n in range(depth):
        for i in range(batch):
            value, v, once = top(slopes[n, i][:, None] * weights[n])
            values.append(value)
            simple &= once
            # dJ = diag(ds) W + diag(s) dW
            grad_weights[n] += cotangent[n, i] * np.outer(slopes[n, i] * v, v)
            grad_slopes[n, i] += cotangent[n, i] * v * (weights[n] @ v)
    batches[case["name"]] = dict(values=values)
    if simple:
        batches[case["name"]]["gradWeights"] = grad_weights.reshape(-1).tolist()
        batches[case["name"]]["gradSlopes"] = grad_slopes.reshape(-1).tolist()

json.dump(dict(origin=f"SciPy {scipy.__version__}, float64", matrices=matrices, batches=batches), sys.stdout)
