"""A pendulum of length 1 under gravity 9.81, from rest at the horizontal, by its angle: states and the rod's force at four times:
pendulum.json.

Run: python3 pendulum.py
"""

import json
import pathlib

import numpy as np
import scipy
from scipy.integrate import solve_ivp

g = 9.81
times = [0.5, 1.0, 1.5, 2.0]
run = solve_ivp(lambda t, s: [s[1], -g * np.sin(s[0])], (0, 2), [np.pi / 2, 0], method="DOP853", rtol=1e-13, atol=1e-14, t_eval=times)
assert run.success
angle, rate = run.y
# (x, y) = (sin, -cos); x'' = -2 l x, y'' = -2 l y - g, x^2 + y^2 = 1: 2 l = x'^2 + y'^2 - g y.
x, y = np.sin(angle), -np.cos(angle)
out = {
    "source": f"scipy {scipy.__version__}",
    "t": times,
    "states": np.array([x, y, np.cos(angle) * rate, np.sin(angle) * rate, (rate**2 - g * y) / 2]).T.tolist(),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out, indent=1) + "\n")
