#!/usr/bin/env python3
"""SciPy's solvers on the problems of ode-problems.c, driven from `stiffnet-bench ode` by JSON lines on standard input and output.

{"problem", "method", "rtol", "seconds", "limit"} -> {"ok", "reason", "seconds", "evaluations", "y"}: processor time, the best of at
least one run and of as many as begin within `seconds`. A run is ended after `limit` evaluations of the right-hand side. Methods: those of
solve_ivp, and odeint. Right-hand sides are in C, and Jacobians where they are given; bands and patterns are declared, as for the other
contestants.
"""
import warnings

from scipy.integrate import odeint, solve_ivp

from json_lines import answer_lines, best_of
from ode_compiled import Compiled, Limit

warnings.filterwarnings("ignore")
PROBLEMS = {}


def solve_once(task):
    name = task["problem"]
    problem = PROBLEMS.setdefault(name, None) or Compiled(name)
    PROBLEMS[name] = problem
    problem.calls, problem.limit = 0, task["limit"]
    method, rtol = task["method"], task["rtol"]
    atol = problem.atol(rtol)
    state = problem.y0
    ok = True
    for start, end in problem.pieces():
        if method == "odeint":
            options = {"Dfun": problem.jac} if problem.jac else {"ml": problem.band, "mu": problem.band} if problem.band else {}
            y, info = odeint(
                problem.f, state, [start, end], rtol=rtol, atol=atol, tfirst=True, mxstep=10**6, full_output=True, **options
            )
            ok = ok and info["message"] == "Integration successful."
            state = y[-1]
        else:
            run = solve_ivp(problem.f, (start, end), state, method=method, rtol=rtol, atol=atol, **problem.pattern(method))
            ok = ok and bool(run.success)
            state = run.y[:, -1]
    return ok, problem.calls, state


def answer_to(task):
    try:
        seconds, (ok, evaluations, y) = best_of(task["seconds"], lambda: solve_once(task))
    except Limit:
        return {"ok": False, "reason": f"more than {task['limit']} evaluations"}
    return {"ok": ok, "reason": "" if ok else "gave up", "seconds": seconds, "evaluations": evaluations, "y": y.tolist()}


answer_lines(answer_to)
