"""Reference principal components from numpy.linalg.svd (LAPACK gesdd). Writes components.json."""
import json
import os

import numpy as np

rng = np.random.default_rng(11)
cases = []


def case(name, rows, keep):
    mean = rows.mean(0)
    _, s, vt = np.linalg.svd(rows - mean, full_matrices=False)
    vt = vt[:keep]
    vt = vt * np.sign(vt[np.arange(keep), np.abs(vt).argmax(1)])[:, None]
    explained = (s ** 2).cumsum() / (s ** 2).sum()
    cases.append(dict(name=name, count=rows.shape[0], columns=rows.shape[1], keep=keep, rows=rows.ravel().tolist(),
                      directions=vt.tolist(), mean=mean.tolist(), for99=int(np.argmax(explained >= 0.99)) + 1,
                      for999=int(np.argmax(explained >= 0.999)) + 1))


case("more rows than columns", rng.normal(size=(40, 6)) * np.array([5, 4, 3, 2, 1, 0.5]) + 7, 6)
grid = np.linspace(0, 1, 60)
field = np.array([a * np.sin(3 * grid) + b * np.exp(-grid) + 0.01 * c * np.cos(9 * grid) for a, b, c in rng.normal(size=(30, 3))])
case("a field of 60 outputs, three modes and noise", field + 1e-4 * rng.normal(size=field.shape), 3)
case("fewer rows than columns", rng.normal(size=(12, 40)) * np.linspace(3, 0.2, 40), 5)

with open(os.path.splitext(__file__)[0] + ".json", "w") as out:
    json.dump(cases, out)
