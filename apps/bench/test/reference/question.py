"""Reference values of the question's statistics and of float16: writes question.json beside this file.

A cell's comparison by NumPy and SciPy: the median of the ratios of test risks, Wilcoxon's signed-rank test of their logarithms,
Holm's correction as statsmodels has it; and NumPy's rounding to float16.
"""
import json
from pathlib import Path

import numpy as np
import scipy
from scipy import stats
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(2023)
cells = []
for shift in (-0.4, -0.1, 0.0, 0.5):
    against = rng.lognormal(-3, 0.3, 10)
    model = against * np.exp(rng.normal(shift, 0.2, 10))
    logs = np.log(model) - np.log(against)
    cells.append(
        {
            "model": model.tolist(),
            "against": against.tolist(),
            "ratio": float(np.exp(np.median(logs))),
            "p": float(stats.wilcoxon(logs, method="exact").pvalue),
        }
    )
adjusted = multipletests([cell["p"] for cell in cells], method="holm")[1]
for cell, value in zip(cells, adjusted):
    cell["adjusted"] = float(value)
medians = np.log([cell["ratio"] for cell in cells])
overall = {
    "ratio": float(np.exp(np.median(medians))),
    "p": float(stats.wilcoxon(medians, method="exact").pvalue),
}
singles = np.concatenate(
    [
        rng.normal(0, 1, 40).astype(np.float32),
        (rng.normal(0, 1, 20) * 1e-6).astype(np.float32),
        np.array([0, 1, -1, 2048.5, 2049, 2051, 65504, 65519, 5.9604645e-8, 2.9802322e-8, 6.1e-5], np.float32),
    ]
)
halves = [[float(x), float(np.float16(x))] for x in singles]
Path(__file__).with_suffix(".json").write_text(
    json.dumps({"scipy": scipy.__version__, "cells": cells, "overall": overall, "halves": halves}, indent=1) + "\n"
)
