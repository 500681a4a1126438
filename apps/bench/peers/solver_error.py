#!/usr/bin/env python3
"""Trains neural ODEs with a penalty on the solver's own error estimate, as RegNeuralDE.jl does (Pal et al. 2021), in JAX and float64.

One JSON object on standard input: the shape and the start of the network, the prepared rows, how to train, and weights. One line of
JSON on standard output for each weight: the trained parameters, in the order of the start.

    h' = tanh(W(t) h + b(t)), W and b linear in t, h(0) = tanh(A x + a), y = C h(1) + c
    loss = sqrt(mean |y - target|^2) + weight * mean over rows of sum over steps of |h| * |error estimate of the step|

Steps of Tsitouras' 5(4) pair, all of one length. JAX differentiates through them, the estimate included.
"""
import json
import math
import sys

import jax
import jax.numpy as jnp
import jax_adam
import numpy as np

jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_enable_x64", True)

# Tsitouras 2011; the last row is also the solution of fifth order.
C = (0.0, 0.161, 0.327, 0.9, 0.9800255409045097, 1.0, 1.0)
A = (
    (),
    (0.161,),
    (-0.008480655492356989, 0.335480655492357),
    (2.8971530571054935, -6.359448489975075, 4.3622954328695815),
    (5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525),
    (5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401, -0.028269050394068383),
    (0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081, 2.324710524099774),
)
ERROR = (
    -0.00178001105222577714, -0.0008164344596567469, 0.007880878010261995, -0.1447110071732629,
    0.5823571654525552, -0.45808210592918697, 1 / 66,
)


def tensors(shape, flat):
    inputs, outputs, width = shape["inputs"], shape["outputs"], shape["width"]
    shapes = [(width, inputs), (width,), (2, width, width), (2, width), (outputs, width), (outputs,)]
    ends = np.cumsum([math.prod(s) for s in shapes])
    return tuple(jnp.array(part).reshape(s) for part, s in zip(np.split(np.array(flat), ends[:-1]), shapes))


def solve(parameters, x, steps, horizon):
    """The outputs, and for each row the sum of |h| * |error estimate|."""
    lift, bias, theta, theta_bias, readout, readout_bias = parameters
    alpha = horizon / steps

    def field(t, h):
        tau = 2 * t / horizon - 1
        return jnp.tanh(h @ (theta[0] + tau * theta[1]).T + theta_bias[0] + tau * theta_bias[1])

    def step(state, n):
        h, total = state
        slopes = []
        for c, row in zip(C, A):
            at = h + alpha * sum((a * k for a, k in zip(row, slopes)), jnp.zeros_like(h))
            slopes.append(field((n + c) * alpha, at))
        error = alpha * sum(e * k for e, k in zip(ERROR, slopes))
        # The tiny number keeps the root's derivative finite where the estimate is 0.
        return (at, total + alpha * jnp.sqrt(jnp.square(error).sum(1) + 1e-30)), None

    begin = (jnp.tanh(x @ lift.T + bias), jnp.zeros(len(x)))
    (h, total), _ = jax.lax.scan(step, begin, jnp.arange(steps))
    return h @ readout.T + readout_bias, total


def train(request, weight):
    x, y = (jnp.array(request[key]) for key in ("inputs", "outputs"))
    parameters = tensors(request["shape"], request["start"])
    steps, horizon, rate, batch = (request[key] for key in ("steps", "horizon", "rate", "batchSize"))

    def loss(parameters, x, y):
        found, total = solve(parameters, x, steps, horizon)
        return jnp.sqrt(jnp.mean(jnp.square(found - y).sum(1))) + weight * jnp.mean(total)

    @jax.jit
    def update(state, rows, rate):
        return jax_adam.step(jax, state, jax.grad(loss)(state[0], x[rows], y[rows]), rate)

    state = jax_adam.start(jax, parameters)
    random = np.random.default_rng(request["seed"])
    batches = len(x) // batch
    for epoch in range(request["epochs"]):
        order = random.permutation(len(x))
        for part in range(batches):
            state = update(state, order[part * batch : (part + 1) * batch], rate * (1 - epoch / request["epochs"]))
    return [float(value) for part in state[0] for value in np.asarray(part).reshape(-1)]


def main():
    request = json.load(sys.stdin)
    for weight in request["weights"]:
        print(json.dumps({"weight": weight, "parameters": train(request, weight)}), flush=True)


main()
