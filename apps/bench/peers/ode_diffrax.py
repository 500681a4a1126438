#!/usr/bin/env python3
"""diffrax on problems of `stiffnet-bench ode`, driven by JSON lines on standard input and output, in float64 and compiled.

{"problem", "method", "rtol", "atol", "y0", "times", "seconds"} -> {"ok", "reason", "seconds", "compileSeconds", "evaluations", "steps",
"y"}: processor time, the best of at least one run and of as many as begin within `seconds`; what compiling takes is told apart. `times`
are where pieces begin and end: f jumps between them. Methods: Tsit5 and Kvaerno5, with a PID controller's usual settings.
"""
import os
import time
import warnings

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import diffrax
import jax
import jax.numpy as jnp
import numpy as np

from json_lines import answer_lines, best_of

jax.config.update("jax_enable_x64", True)
warnings.filterwarnings("ignore")
MAX_STEPS = 100_000


def rober(t, y, late):
    r1, r2, r3 = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] ** 2
    return jnp.stack([r2 - r1, r1 - r2 - r3, r3])


def orego(t, y, late):
    return jnp.stack(
        [
            77.27 * (y[1] + y[0] * (1 - 8.375e-6 * y[0] - y[1])),
            (y[2] - (1 + y[0]) * y[1]) / 77.27,
            0.161 * (y[0] - y[2]),
        ]
    )


def hires(t, y, late):
    meet = 280 * y[5] * y[7]
    last = meet - 1.81 * y[6]
    return jnp.stack(
        [
            -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007,
            1.71 * y[0] - 8.75 * y[1],
            -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4],
            8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3],
            -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6],
            -meet + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6],
            last,
            -last,
        ]
    )


def vdpol(t, y, late):
    return jnp.stack([y[1], ((1 - y[0] ** 2) * y[1] - y[0]) / 1e-6])


def bruss(t, y, late):
    a, b = y[0::2], y[1::2]
    k = (a.size + 1.0) ** 2 / 50
    around = lambda u, edge: jnp.concatenate([jnp.full(1, edge), u[:-1]]) + jnp.concatenate([u[1:], jnp.full(1, edge)])
    da = 1 + a * a * b - 4 * a + k * (around(a, 1.0) - 2 * a)
    db = 3 * a - a * a * b + k * (around(b, 3.0) - 2 * b)
    return jnp.stack([da, db], axis=1).ravel()


def lorenz(t, y, late):
    return jnp.stack([10 * (y[1] - y[0]), y[0] * (28 - y[2]) - y[1], y[0] * y[1] - 8 / 3 * y[2]])


def arenstorf(t, y, late):
    mu, other = 0.012277471, 1 - 0.012277471
    a, b = y[0] + mu, y[0] - other
    d1, d2 = (a * a + y[1] ** 2) ** 1.5, (b * b + y[1] ** 2) ** 1.5
    return jnp.stack(
        [
            y[2],
            y[3],
            y[0] + 2 * y[3] - other * a / d1 - mu * b / d2,
            y[1] - 2 * y[2] - other * y[1] / d1 - mu * y[1] / d2,
        ]
    )


def pleiades(t, y, late):
    x, z = y[:7], y[7:14]
    dx, dz = x[None, :] - x[:, None], z[None, :] - z[:, None]
    pull = jnp.arange(1.0, 8.0)[None, :] / (dx**2 + dz**2 + jnp.eye(7)) ** 1.5
    return jnp.concatenate([y[14:], (pull * dx).sum(axis=1), (pull * dz).sum(axis=1)])


def medakzo(t, y, late):
    h = 1 / 200
    u, v = y[0::2], y[1::2]
    z = jnp.arange(1, 201) * h - 1
    left = jnp.concatenate([jnp.where(late, 0.0, 2.0)[None], u[:-1]])
    right = jnp.concatenate([u[1:], u[-1:]])
    r = 100 * u * v
    du = z**3 / 8 * (right - left) / (2 * h) + z**4 / 16 * (left - 2 * u + right) / h**2 - r
    return jnp.stack([du, -r], axis=1).ravel()


def heat(t, y, late):
    return 401.0**2 * (jnp.concatenate([jnp.zeros(1), y[:-1]]) - 2 * y + jnp.concatenate([y[1:], jnp.zeros(1)]))


def allen(t, y, late):
    left, right = jnp.concatenate([y[1:2], y[:-1]]), jnp.concatenate([y[1:], y[-2:-1]])
    return 10 * (left - 2 * y + right) + y - y**3


FIELDS = {f.__name__.upper(): f for f in (rober, orego, hires, vdpol, bruss, lorenz, arenstorf, pleiades, medakzo, heat, allen)}
COMPILED = {}


def compiled(name, method):
    """Solves one piece; the tolerances are arguments, so that one compilation serves all."""
    field = FIELDS[name]
    term = diffrax.ODETerm(lambda t, y, late: field(t, y, late))
    solver = getattr(diffrax, method)()

    def piece(y, start, end, late, rtol, atol):
        run = diffrax.diffeqsolve(
            term, solver, start, end, None, y, args=late, max_steps=MAX_STEPS, throw=False,
            stepsize_controller=diffrax.PIDController(rtol=rtol, atol=atol), saveat=diffrax.SaveAt(t1=True),
        )
        return run.ys[0], run.result == diffrax.RESULTS.successful, run.stats["num_steps"], run.stats["num_accepted_steps"]

    return jax.jit(piece)


def solve_once(piece, task):
    y = jnp.asarray(task["y0"], dtype=float)
    atol = jnp.asarray(task["atol"], dtype=float)
    ok, tried, kept = True, 0, 0
    times = task["times"]
    for k, (start, end) in enumerate(zip(times, times[1:])):
        y, fine, n, accepted = piece(y, float(start), float(end), jnp.asarray(k > 0), float(task["rtol"]), atol)
        ok, tried, kept = ok and bool(fine), tried + int(n), kept + int(accepted)
    return ok, tried, kept, np.asarray(y)


def answer_to(task):
    key = (task["problem"], task["method"])
    compile_seconds = 0.0
    if key not in COMPILED:
        COMPILED[key] = compiled(*key)
        start = time.process_time()
        solve_once(COMPILED[key], task | {"rtol": 0.1, "times": [t * 1e-9 for t in task["times"]]})
        compile_seconds = time.process_time() - start
    seconds, (ok, tried, kept, y) = best_of(task["seconds"], lambda: solve_once(COMPILED[key], task))
    stages = 6 if task["method"] == "Tsit5" else 7
    return {
        "ok": ok, "reason": "" if ok else "gave up", "seconds": seconds, "compileSeconds": compile_seconds,
        "evaluations": stages * tried, "steps": kept, "y": y.tolist(),
    }


answer_lines(answer_to)
