"""Reference values of the test functions at 100 points each. Writes functions.json.

Independent implementations where one is packaged: OpenTURNS (ackley, ishigami, wing-weight), SciPy (rosenbrock),
scikit-learn (friedman). The others are written here in NumPy from the publications, in complex or factored forms that
differ from the package's: products as sums of logarithms, and so on.
Distributions are checked against scipy.stats (truncnorm)."""
import cmath
import json
import math
import os
import random
import warnings

import numpy as np
import scipy.optimize
import scipy.stats

warnings.filterwarnings("ignore")
from openturns.usecases import ackley_function, ishigami_function, wingweight_function  # noqa: E402
from sklearn.datasets import make_friedman1  # noqa: E402

rng = np.random.default_rng(20)
out = {}


def record(name, origin, low, high, f, x=None):
    low, high = np.asarray(low, float), np.asarray(high, float)
    x = low + (high - low) * rng.random((100, len(low))) if x is None else x
    y = np.asarray(f(x), float).ravel()
    out[name] = dict(origin=origin, dimension=x.shape[1], x=x.ravel().tolist(), y=y.tolist())


def signed_product(factors):
    return np.prod(np.sign(factors), 1) * np.exp(np.log(np.abs(factors)).sum(1))


record("alpine01", "NumPy", [-10] * 4, [10] * 4, lambda x: np.abs(x * (np.sin(x) + 0.1)).sum(1))
record("alpine02", "NumPy", [-5] * 3, [5] * 3, lambda x: signed_product(np.abs(x) ** 0.5 * np.sin(x)))
ackley = ackley_function.AckleyModel()
record("ackley", "OpenTURNS", [-32.768] * 2, [32.768] * 2, lambda x: np.array(ackley.model(x)))
record("rosenbrock", "SciPy optimize.rosen", [-5] * 5, [10] * 5, lambda x: scipy.optimize.rosen(x.T))
ishigami = ishigami_function.IshigamiModel()
record("ishigami", "OpenTURNS", [-np.pi] * 3, [np.pi] * 3, lambda x: np.array(ishigami.model(x)))
a = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])
record("sobol-g", "NumPy", [0] * 8, [1] * 8, lambda x: np.prod(1 + (np.abs(4 * x - 2) - 1) / (1 + a), axis=1))
x, y = make_friedman1(100, 7, noise=0.0, random_state=3)
record("friedman", "scikit-learn make_friedman1", [0] * 7, [1] * 7, lambda _: y, x)


def welch(x):
    linear = np.array([0, 0.05, 0.08, 0, 1, -0.03, 0.03, 0, -0.09, -0.01, -0.07, 0, 0, -0.04, 0.06, 0, -0.01, -0.03, -5, 0])
    return x @ linear + 5 * x[:, 11] / (1 + x[:, 0]) + 5 * (x[:, 3] - x[:, 19]) ** 2 + 40 * x[:, 18] ** 3 + x[:, 12] ** 2 / 4


record("welch", "NumPy", [-0.5] * 20, [0.5] * 20, welch)


def franke(x):
    u, v = 9 * x.T
    peaks = [(0.75, ((u - 2) / 2) ** 2 + ((v - 2) / 2) ** 2), (0.75, ((u + 1) / 7) ** 2 + (v + 1) / 10),
             (0.5, ((u - 7) / 2) ** 2 + ((v - 3) / 2) ** 2), (-0.2, (u - 4) ** 2 + (v - 7) ** 2)]
    return sum(weight * np.exp(-square) for weight, square in peaks)


record("franke", "NumPy", [0] * 2, [1] * 2, franke)


def borehole(x):
    rw, r, tu, hu, tl, hl, length, kw = x.T
    log = np.log(r) - np.log(rw)
    return 2 * np.pi * (hu - hl) / (log / tu + 2 * length / (rw ** 2 * kw) + log / tl)


record("borehole", "NumPy", [0.05, 100, 63070, 990, 63.1, 700, 1120, 9855], [0.15, 50000, 115600, 1110, 116, 820, 1680, 12045], borehole)

wing = wingweight_function.WingWeightModel()
low, high = [150, 220, 6, -10, 16, 0.5, 0.08, 2.5, 1700, 0.025], [200, 300, 10, 10, 45, 1, 0.18, 6, 2500, 0.08]
record("wing-weight", "OpenTURNS", low, high, lambda x: np.array(wing.model(x)))

# Published minima of Branin's function (Dixon and Szego 1978), then points of plain Python's own generator; the cosine is
# a complex exponential.
own = random.Random(21)
x = [(-math.pi, 12.275), (math.pi, 2.275), (9.42478, 2.475)] + [(own.uniform(-5, 10), own.uniform(0, 15)) for _ in range(97)]
y = [((b - 6) + a / math.pi * (5 - 5.1 / 4 * a / math.pi)) ** 2 + 10 + (10 - 1.25 / math.pi) * cmath.exp(1j * a).real for a, b in x]
out["branin"] = dict(origin="Python, complex", dimension=2, x=[t for point in x for t in point], y=y)

u = np.concatenate([[1e-6, 1 - 1e-6], rng.random(98)])
a, b = (0.05 - 0.1) / 0.0161812, (0.15 - 0.1) / 0.0161812
la, lb = (np.log(100) - 7.71) / 1.0056, (np.log(50000) - 7.71) / 1.0056
out["distributions"] = dict(
    u=u.tolist(),
    normal=scipy.stats.truncnorm(a, b, loc=0.1, scale=0.0161812).ppf(u).tolist(),
    logNormal=np.exp(scipy.stats.truncnorm(la, lb, loc=7.71, scale=1.0056).ppf(u)).tolist(),
    logUniform=scipy.stats.loguniform(1e-5, 1e-2).ppf(u).tolist(),
)
with open(os.path.splitext(__file__)[0] + ".json", "w") as file:
    json.dump(out, file)
