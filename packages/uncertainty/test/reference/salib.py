#!/usr/bin/env python3
"""Ishigami's indices by SALib: writes salib.json beside this file. pip install SALib"""
import json
import pathlib
from importlib.metadata import version

from SALib.analyze import sobol as analyze
from SALib.sample import sobol as sample
from SALib.test_functions import Ishigami

samples = 8192
pi = 3.14159265359
problem = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[-pi, pi]] * 3}
points = sample.sample(problem, samples, calc_second_order=False, seed=1)
found = analyze.analyze(problem, Ishigami.evaluate(points), calc_second_order=False, seed=1)
document = {"SALib": version("SALib"), "samples": samples, "first": list(found["S1"]), "total": list(found["ST"])}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(document, indent=2) + "\n")
