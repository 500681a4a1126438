#!/usr/bin/env python3
"""Matrices of dimension 1 to 4 that are hard for closed forms, with eigenvalues in 50 digits by mpmath.

    python3 test/reference/closed-form.py > test/reference/closed-form.json

`error` is what the float64 entries' own rounding (1e-16 of the norm) does to the worst eigenvalue, relative to the
largest modulus: the norm of the change under three random perturbations of that size."""
import json
import sys

import mpmath
import numpy as np

mpmath.mp.dps = 50
rng = np.random.default_rng(8)


def similar(*values):
    n = len(values)
    s = rng.normal(size=(n, n))
    return s @ np.diag(values) @ np.linalg.inv(s)


def orthogonal(n):
    return np.linalg.qr(rng.normal(size=(n, n)))[0]


def symmetric(*values):
    q = orthogonal(len(values))
    a = q @ np.diag(values) @ q.T
    return (a + a.T) / 2


KINDS = {"one": np.array([[-2.5]])}
for n in (2, 3, 4):
    for k in range(6):
        KINDS[f"random {n}.{k}"] = rng.normal(size=(n, n))
    KINDS[f"zero {n}"] = np.zeros((n, n))
    KINDS[f"identity {n}"] = 3 * np.eye(n)
    KINDS[f"nearly identity {n}"] = np.eye(n) + 1e-9 * rng.normal(size=(n, n))
    KINDS[f"orthogonal {n}"] = orthogonal(n)
    KINDS[f"skew {n}"] = (lambda a: a - a.T)(rng.normal(size=(n, n)))
    KINDS[f"cycle {n}"] = np.roll(np.eye(n), 1, axis=0)
    KINDS[f"jordan {n}"] = np.eye(n) * 0.5 + np.diag(np.ones(n - 1), 1)
    KINDS[f"rank one {n}"] = np.outer(rng.normal(size=n), rng.normal(size=n))
    KINDS[f"stiff {n}"] = similar(*(-(10.0 ** np.linspace(0, 6, n))))
    KINDS[f"graded {n}"] = np.diag(10.0 ** np.linspace(0, -9, n)) @ rng.normal(size=(n, n))
    KINDS[f"tiny {n}"] = rng.normal(size=(n, n)) * 1e-30
    KINDS[f"huge {n}"] = rng.normal(size=(n, n)) * 1e30
KINDS["nearly singular 2"] = np.array([[1.0, 1.0], [1.0, 1.0 + 2.0**-40]])
KINDS["close pair 2"] = np.array([[1.0, 1e-9], [1e-9, 1.0]])
KINDS["double 3"] = symmetric(1, 1, 2)
KINDS["double 4"] = symmetric(1, 1, 2, 3)
KINDS["plus-minus 3"] = similar(1, -1, 0.3)
KINDS["plus-minus 4"] = similar(2, -2, 1, -1)
KINDS["biquadratic 4"] = np.array([[0, 1.0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [-4, 0, 5, 0]])
KINDS["two pairs 4"] = np.kron(np.diag([1.0, -0.5]), np.array([[0.3, 1], [-1, 0.3]]))


def eigenvalues(a):
    values = [mpmath.mpf(a[0, 0])] if len(a) == 1 else mpmath.eig(mpmath.matrix(a.tolist()), left=False, right=False)
    return sorted(values, key=lambda l: (mpmath.re(l), mpmath.im(l)))


cases = []
for name, a in KINDS.items():
    a = np.array(a, dtype=np.float64)
    exact = eigenvalues(a)
    radius = max(abs(l) for l in exact)
    error = 0.0
    for _ in range(3):
        noise = rng.normal(size=a.shape)
        moved = eigenvalues(a + 1e-16 * np.linalg.norm(a) * noise / np.linalg.norm(noise))
        for l in moved:
            error = max(error, float(min(abs(l - m) for m in exact) / radius) if radius else 0.0)
    cases.append(
        dict(
            name=name,
            n=len(a),
            matrix=a.reshape(-1).tolist(),
            re=[float(mpmath.re(l)) for l in exact],
            im=[float(mpmath.im(l)) for l in exact],
            error=error,
        )
    )
json.dump(dict(origin=f"mpmath {mpmath.__version__}, 50 digits", cases=cases), sys.stdout)
