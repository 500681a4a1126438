#!/usr/bin/env python3
"""End states of problems of `stiffnet-bench ode`, by SciPy with right-hand sides in C: ode_references.json. Radau (DOP853 for what is not stiff) at rtol 1e-12; a second run at 1e-11 says how far the digits go.

Run: python3 ode_references.py NAME ...
"""
import json
import pathlib
import sys

import numpy as np
import scipy
from scipy.integrate import solve_ivp

from ode_compiled import Compiled

path = pathlib.Path(__file__).with_name("ode_references.json")
found = {}
for name in sys.argv[1:]:
    # Robertson's reaction with an algebraic equation is the one without it.
    problem = Compiled("ROBER" if name == "ROBDAE" else name)
    if name == "ROBDAE":
        problem.times = [0, 1e5]
    # Oscillations are followed by an explicit method of order 8 at less cost, stiff or not.
    method = "DOP853" if name in ("PLEIADES", "BEAM", "RING") else "Radau"
    ends = []
    # Thousands of unknowns: what can be waited for.
    for rtol in (1e-6, 1e-7) if problem.n > 1000 else (1e-11, 1e-12):
        state = problem.y0
        for span in problem.pieces():
            run = solve_ivp(problem.f, span, state, method=method, rtol=rtol, atol=rtol * (1e-2 if name != "ROBDAE" else 1e-8), **problem.pattern(method))
            assert run.success, run.message
            state = run.y[:, -1]
        ends.append(state)
    size = np.abs(ends[1]).max()
    print(name, "digits:", -np.log10(np.max(np.abs(ends[0] - ends[1]) / np.maximum(np.abs(ends[1]), 1e-3 * size))))
    found[name] = {"source": f"scipy {scipy.__version__} solve_ivp {method}, rtol {rtol}, atol {rtol * 1e-2}", "y": ends[1].tolist()}
path.write_text(json.dumps(json.loads(path.read_text()) | found, indent=1) + "\n")
