#!/usr/bin/env python3
"""SciPy's solvers on the standard problems, driven from `stiffnet ode` by JSON lines on standard input and output.

{"problem", "method", "rtol", "seconds", "limit"} -> {"ok", "reason", "seconds", "evaluations", "y"}: processor time, the best of at
least one run and of as many as begin within `seconds`. A run is ended after `limit` evaluations of the right-hand side. Methods: those of
solve_ivp, and odeint. Jacobians are analytic for the implicit methods, banded for the Brusselator, as for the other contestants.
"""
import json
import sys
import time
import warnings

import numpy as np
from scipy.integrate import odeint, solve_ivp

warnings.filterwarnings("ignore")


def rober(_t, y):
    r1, r2, r3 = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] * y[1]
    return np.array([r2 - r1, r1 - r2 - r3, r3])


def rober_jac(_t, y):
    a, b, c = 1e4 * y[2], 1e4 * y[1], 6e7 * y[1]
    return np.array([[-0.04, a, b], [0.04, -a - c, -b], [0, c, 0]])


def orego(_t, y):
    return np.array(
        [
            77.27 * (y[1] + y[0] * (1 - 8.375e-6 * y[0] - y[1])),
            (y[2] - (1 + y[0]) * y[1]) / 77.27,
            0.161 * (y[0] - y[2]),
        ]
    )


def orego_jac(_t, y):
    return np.array(
        [
            [77.27 * (1 - 2 * 8.375e-6 * y[0] - y[1]), 77.27 * (1 - y[0]), 0],
            [-y[1] / 77.27, -(1 + y[0]) / 77.27, 1 / 77.27],
            [0.161, 0, -0.161],
        ]
    )


def hires(_t, y):
    meet = 280 * y[5] * y[7]
    d6 = meet - 1.81 * y[6]
    return np.array(
        [
            -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007,
            1.71 * y[0] - 8.75 * y[1],
            -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4],
            8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3],
            -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6],
            -meet + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6],
            d6,
            -d6,
        ]
    )


HIRES_CONSTANT = np.zeros((8, 8))
for i, j, x in [
    (0, 0, -1.71), (1, 0, 1.71), (0, 1, 0.43), (1, 1, -8.75), (3, 1, 8.32), (0, 2, 8.32), (2, 2, -10.03),
    (3, 2, 1.71), (2, 3, 0.43), (3, 3, -1.12), (5, 3, 0.69), (2, 4, 0.035), (4, 4, -1.745), (5, 4, 1.71),
    (4, 5, 0.43), (5, 5, -0.43), (4, 6, 0.43), (5, 6, 0.69), (6, 6, -1.81), (7, 6, 1.81),
]:  # fmt: skip
    HIRES_CONSTANT[i, j] = x


def hires_jac(_t, y):
    jac = HIRES_CONSTANT.copy()
    a, b = 280 * y[7], 280 * y[5]
    jac[5, 5] -= a
    jac[6, 5] = a
    jac[7, 5] = -a
    jac[5, 7] = -b
    jac[6, 7] = b
    jac[7, 7] = -b
    return jac


def vdpol(_t, y):
    return np.array([y[1], ((1 - y[0] * y[0]) * y[1] - y[0]) / 1e-6])


def vdpol_jac(_t, y):
    return np.array([[0, 1], [(-2 * y[0] * y[1] - 1) / 1e-6, (1 - y[0] * y[0]) / 1e-6]])


def e5(_t, y):
    r1, r2, r3, r4 = 7.89e-10 * y[0], 1.1e7 * y[0] * y[2], 1.13e9 * y[1] * y[2], 1.13e3 * y[3]
    d1, d3 = r1 - r3, r2 - r4
    return np.array([-r1 - r2, d1, d1 - d3, d3])


def e5_jac(_t, y):
    a, b, c, d, k = 1.1e7 * y[2], 1.1e7 * y[0], 1.13e9 * y[2], 1.13e9 * y[1], 7.89e-10
    return np.array([[-k - a, 0, -b, 0], [k, -c, -d, 0], [k - a, -c, -d - b, 1.13e3], [a, 0, b, -1.13e3]])


POLLU_K = np.array(
    [0.35, 26.6, 1.23e4, 8.6e-4, 8.2e-4, 1.5e4, 1.3e-4, 2.4e4, 1.65e4, 9e3, 0.022, 1.2e4, 1.88, 1.63e4, 4.8e6,
     3.5e-4, 0.0175, 1e8, 4.44e11, 1240, 2.1, 5.78, 0.0474, 1780, 3.12]
)  # fmt: skip
POLLU_R = [[0], [1, 3], [4, 1], [6], [6], [6, 5], [8], [8, 5], [10, 1], [10, 0], [12], [9, 1], [13], [0, 5], [2], [3], [3],
           [15], [15], [16, 5], [18], [18], [0, 3], [18, 0], [19]]  # fmt: skip
POLLU_P = [[1, 2], [0], [5, 0], [4, 4, 7], [7], [4, 7], [9, 4, 7], [10], [0, 9, 11], [12], [10, 0], [13, 0], [6, 4], [14],
           [3], [15], [2], [5, 5], [2], [17, 4], [1], [0, 2], [18], [19], [0, 18]]  # fmt: skip
# One padding entry that is 1: every reaction becomes k y_a y_b, and the chemistry one matrix product.
FIRST = np.array([r[0] for r in POLLU_R])
SECOND = np.array([r[1] if len(r) > 1 else 20 for r in POLLU_R])
CHANGE = np.zeros((20, 25))
for column, (reactants, products) in enumerate(zip(POLLU_R, POLLU_P)):
    for i in reactants:
        CHANGE[i, column] -= 1
    for i in products:
        CHANGE[i, column] += 1


def pollu(_t, y):
    padded = np.append(y, 1.0)
    return CHANGE @ (POLLU_K * padded[FIRST] * padded[SECOND])


def pollu_jac(_t, y):
    padded = np.append(y, 1.0)
    by = np.zeros((25, 21))
    rows = np.arange(25)
    by[rows, FIRST] += POLLU_K * padded[SECOND]
    by[rows, SECOND] += POLLU_K * padded[FIRST]
    return CHANGE @ by[:, :20]


POINTS = 100
K = (POINTS + 1) ** 2 / 50


def bruss(_t, y):
    u = np.concatenate(([1.0], y[0::2], [1.0]))
    v = np.concatenate(([3.0], y[1::2], [3.0]))
    a, b = u[1:-1], v[1:-1]
    dy = np.empty_like(y)
    dy[0::2] = 1 + a * a * b - 4 * a + K * (u[:-2] - 2 * a + u[2:])
    dy[1::2] = 3 * a - a * a * b + K * (v[:-2] - 2 * b + v[2:])
    return dy


bruss0 = np.full(2 * POINTS, 3.0)
bruss0[0::2] = 1 + np.sin(2 * np.pi * np.arange(1, POINTS + 1) / (POINTS + 1))
BAND = sum(np.eye(2 * POINTS, k=k) for k in (-2, -1, 0, 1, 2))


def lorenz(_t, y):
    return np.array([10 * (y[1] - y[0]), y[0] * (28 - y[2]) - y[1], y[0] * y[1] - 8 / 3 * y[2]])


def fill(x, n):
    return lambda rtol: np.full(n, x * rtol)


pollu0 = np.zeros(20)
pollu0[[1, 3, 6, 7, 8, 16]] = [0.2, 0.04, 0.1, 0.3, 0.01, 0.007]
PROBLEMS = {
    "ROBER": (rober, rober_jac, 1e11, [1, 0, 0], lambda rtol: rtol * np.array([1e-8, 1e-14, 1e-4])),
    "OREGO": (orego, orego_jac, 360, [1, 2, 3], fill(1e-2, 3)),
    "HIRES": (hires, hires_jac, 321.8122, [1, 0, 0, 0, 0, 0, 0, 0.0057], fill(1e-4, 8)),
    "VDPOL": (vdpol, vdpol_jac, 2, [2, 0], fill(1, 2)),
    "E5": (e5, e5_jac, 1e13, [1.76e-3, 0, 0, 0], lambda rtol: np.full(4, 1.7e-24)),
    "POLLU": (pollu, pollu_jac, 60, pollu0, fill(1e-7, 20)),
    "LORENZ": (lorenz, None, 2, [1, 2, 3], fill(1e-1, 3)),
    "BRUSS": (bruss, None, 10, bruss0, fill(1, 2 * POINTS)),
}



class Limit(Exception):
    """More evaluations than were allowed."""


def counted(f, limit):
    """f, and how often it was called; it ends the run beyond the limit."""
    calls = [0]

    def field(t, y):
        calls[0] += 1
        if calls[0] > limit:
            raise Limit
        return f(t, y)

    return field, calls


def solve_once(task):
    f, jac, end, y0, atol = PROBLEMS[task["problem"]]
    method, rtol, tolerance = task["method"], task["rtol"], atol(task["rtol"])
    field, calls = counted(f, task["limit"])
    banded = task["problem"] == "BRUSS"
    if method == "odeint":
        options = {"Dfun": jac} if jac is not None else {"ml": 2, "mu": 2} if banded else {}
        y, info = odeint(
            field, y0, [0, end], rtol=rtol, atol=tolerance, tfirst=True, mxstep=10**6, full_output=True, **options
        )
        return info["message"] == "Integration successful.", calls[0], y[-1]
    options = {}
    if method in ("Radau", "BDF"):
        options = {"jac": jac} if jac is not None else {"jac_sparsity": BAND} if banded else {}
    elif method == "LSODA":
        options = {"jac": jac} if jac is not None else {"lband": 2, "uband": 2} if banded else {}
    run = solve_ivp(field, (0, end), y0, method=method, rtol=rtol, atol=tolerance, **options)
    return bool(run.success), calls[0], run.y[:, -1]


def answer_to(task):
    best, began = 1e300, time.process_time()
    while best == 1e300 or time.process_time() - began < task["seconds"]:
        start = time.process_time()
        try:
            ok, evaluations, y = solve_once(task)
        except Limit:
            return {"ok": False, "reason": f"more than {task['limit']} evaluations"}
        best = min(best, time.process_time() - start)
    reason = "" if ok else "gave up"
    return {"ok": ok, "reason": reason, "seconds": best, "evaluations": evaluations, "y": y.tolist()}


for line in sys.stdin:
    try:
        answer = answer_to(json.loads(line))
    except Exception as error:  # one line to the caller, whatever went wrong
        answer = {"error": f"{type(error).__name__}: {error}".strip().splitlines()[0][:300]}
    print(json.dumps(answer), flush=True)
