"""Reference values for linearFit from numpy.linalg.lstsq (LAPACK gelsd). Writes linear.json."""
import json
import os

import numpy as np

rng = np.random.default_rng(7)
cases = []


def case(name, x, y, x_new, y_new):
    # Centred and scaled first: with columns of 1e-6 and 1e4 side by side LAPACK itself would lose eight digits.
    mean, scale = x.mean(0), x.std(0)
    slopes, _, rank, _ = np.linalg.lstsq((x - mean) / scale, y - y.mean(0), rcond=1e-10)
    slopes = slopes / scale[:, None]
    solution = np.vstack([y.mean(0) - mean @ slopes, slopes])
    predicted = np.column_stack([np.ones(len(x_new)), x_new]) @ solution
    r2 = 1 - ((y_new - predicted) ** 2).sum(0) / ((y_new - y_new.mean(0)) ** 2).sum(0)
    cases.append(dict(name=name, inputs=x.shape[1], outputs=y.shape[1], x=x.ravel().tolist(), y=y.ravel().tolist(),
                      xNew=x_new.ravel().tolist(), yNew=y_new.ravel().tolist(), rank=int(rank),
                      predicted=predicted.ravel().tolist(), r2=r2.tolist(),
                      intercept=solution[0].tolist(), coefficients=solution[1:].ravel().tolist()))


def draw(rows, inputs, scale, shift):
    x = rng.normal(size=(rows, inputs)) * scale + shift
    y = np.column_stack([x @ rng.normal(size=inputs) + 0.3 * rng.normal(size=rows) * np.mean(scale), np.sin(x[:, 0]) * 1e-9])
    return x, y


x, y = draw(60, 5, 1.0, 0.0)
case("plain", x[:40], y[:40], x[40:], y[40:])
x, y = draw(60, 4, np.array([1e-6, 1.0, 1e4, 10.0]), np.array([1.0, 1e3, 0.0, -1e2]))
case("scales from 1e-6 to 1e4, outputs of 1e-9", x[:40], y[:40], x[40:], y[40:])
x, y = draw(60, 3, 1.0, 0.0)
x = np.column_stack([x, x[:, 0] - 2 * x[:, 1]])
case("a dependent input", x[:40], y[:40], x[40:], y[40:])
x, y = draw(30, 6, 1.0, 2.0)
case("hardly more rows than unknowns", x[:8], y[:8], x[8:], y[8:])

with open(os.path.splitext(__file__)[0] + ".json", "w") as out:
    json.dump(cases, out)
