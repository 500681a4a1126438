#!/usr/bin/env python3
"""scikit-learn's regressors on the rows of one split, driven by JSON lines on standard input and output.

{"train": {"inputs", "outputs"}, "test": {"inputs", "outputs"}} (lists of rows) ->
{"METHOD": {"rmse": [one an output], "seconds"}, ...}: processor time. One model an output, inputs and outputs standardised.
"""
import json
import sys
import time
import warnings

import numpy as np
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

warnings.filterwarnings("ignore")
# A Gaussian process takes the cube of its rows in time.
most_gaussian_rows = 1000


def gaussian(x, y):
    if len(x) > most_gaussian_rows:
        x, y = x[:most_gaussian_rows], y[:most_gaussian_rows]
    kernel = ConstantKernel(1.0, (1e-3, 1e4)) * Matern(np.ones(x.shape[1]), (1e-2, 1e4), nu=2.5)
    kernel += WhiteKernel(1e-2, (1e-9, 1e1))
    return GaussianProcessRegressor(kernel, n_restarts_optimizer=0, random_state=1).fit(x, y)


def boosted(x, y):
    return GradientBoostingRegressor(
        n_estimators=500, learning_rate=0.05, max_depth=4, subsample=0.8, random_state=1
    ).fit(x, y)


def forest(x, y):
    return RandomForestRegressor(n_estimators=300, random_state=1).fit(x, y)


methods = {"gaussian process": gaussian, "boosted trees": boosted, "forest": forest}


def compare(request):
    sets = {name: {side: np.array(rows, dtype=float) for side, rows in of.items()} for name, of in request.items()}
    train, test = sets["train"], sets["test"]
    scale = {}
    for side in ("inputs", "outputs"):
        deviation = train[side].std(axis=0)
        scale[side] = (train[side].mean(axis=0), np.where(deviation > 0, deviation, 1))

    def scaled(side, values):
        mean, deviation = scale[side]
        return (values - mean) / deviation

    x, y = scaled("inputs", train["inputs"]), scaled("outputs", train["outputs"])
    at = scaled("inputs", test["inputs"])
    answer = {}
    for name, fit in methods.items():
        began = time.process_time()
        rmse = []
        for column in range(y.shape[1]):
            mean, deviation = scale["outputs"][0][column], scale["outputs"][1][column]
            predicted = mean + deviation * fit(x, y[:, column]).predict(at)
            rmse.append(float(np.sqrt(np.mean((predicted - test["outputs"][:, column]) ** 2))))
        answer[name] = {"rmse": rmse, "seconds": time.process_time() - began}
    return answer


for line in sys.stdin:
    print(json.dumps(compare(json.loads(line))), flush=True)
