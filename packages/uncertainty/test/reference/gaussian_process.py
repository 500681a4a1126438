#!/usr/bin/env python3
"""Gaussian processes by scikit-learn: writes gaussian_process.json beside this file. pip install scikit-learn"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

rng = np.random.default_rng(1)


def case(name, count, function, noise):
    x = np.round(rng.uniform(-2, 3, (count, 3)) * [1, 10, 1], 6)
    new = np.round(rng.uniform(-2, 3, (12, 3)) * [1, 10, 1], 6)
    y = np.round(function(x) + noise * rng.standard_normal(count), 6)
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    kernel = ConstantKernel(1.0, (1e-5, 1e7)) * Matern(np.full(3, np.sqrt(3)), (1e-2, 1e4), nu=2.5) + WhiteKernel(1e-2, (1e-9, 10))
    fit = GaussianProcessRegressor(kernel, n_restarts_optimizer=4, random_state=1)
    fit.fit((x - mean) / deviation, (y - y.mean()) / y.std())
    found = fit.kernel_
    return {
        "name": name,
        "x": x.ravel().tolist(),
        "y": y.tolist(),
        "xNew": new.ravel().tolist(),
        "predicted": (y.mean() + y.std() * fit.predict((new - mean) / deviation)).tolist(),
        "lengths": (found.k1.k2.length_scale * deviation).tolist(),
        "noise": found.k2.noise_level / found.k1.k1.constant_value,
        "logLikelihood": fit.log_marginal_likelihood_value_,
    }


document = {
    "scikit-learn": sklearn.__version__,
    "cases": [
        case("noisy", 60, lambda x: np.sin(2 * x[:, 0]) + 0.05 * x[:, 1], 0.1),
        case("smooth", 50, lambda x: np.sin(x[:, 0]) * np.cos(0.1 * x[:, 1]) + 0.2 * x[:, 2] ** 2, 0.02),
    ],
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(document) + "\n")
