#!/usr/bin/env python3
"""The training step in JAX, driven from `stiffnet-bench step`: forward (`lax.scan` over the layers), backward and Adam in one
function that XLA compiles for the processor."""
import os

import jax_adam
from step_engine import RATE, SQUARINGS, Engine, serve


class Jax(Engine):
    def __init__(self, request, initial):
        # XLA's client reads the number of processors here.
        os.environ["NPROC"] = os.environ["PJRT_NPROC"] = str(request["threads"])
        os.environ["JAX_PLATFORMS"] = "cpu"
        if request["threads"] == 1:
            os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
        import jax

        self.jax, self.numpy, self.request = jax, jax.numpy, request
        self.initial = tuple(self.tensor(part) for part in initial)

    def tensor(self, values):
        return self.numpy.array(values)

    def describe(self):
        return {"version": self.jax.__version__, "detail": "lax.scan, the whole step compiled by XLA"}

    def loss(self, parameters, x, y):
        numpy, q = self.numpy, self.request
        A, a, W, b, C, c = parameters
        alpha = q["horizon"] / q["depth"]

        def layer(h, weights):
            weight, bias = weights
            t = numpy.tanh(h @ weight.T + bias)
            return h + alpha * t, t

        h, activations = self.jax.lax.scan(layer, numpy.tanh(x @ A.T + a), (W, b))
        squares = numpy.square(h @ C.T + c - y).sum(1)
        return numpy.sqrt(numpy.mean(squares + q["weight"] * self.penalty(parameters, activations)))

    def penalty(self, parameters, activations):
        """p_i^2, a number or one a sample."""
        numpy = self.numpy
        if self.request["model"] == "RES":
            return 0.0
        A, a, W, b, C, c = parameters
        if self.request["model"] == "RES L2":
            norms = [numpy.sqrt(numpy.square(p).sum()) for p in (A, a, C, c)]
            stacked = [numpy.sqrt(numpy.square(W).sum((1, 2))), numpy.sqrt(numpy.square(b).sum(1))]
            return numpy.square(numpy.concatenate([numpy.stack(norms), *stacked]).mean())
        powers = (1 - numpy.square(activations))[..., None] * W[:, None]
        logs = 0.0
        for j in range(SQUARINGS + 1):
            if j:
                powers = powers @ powers
            norms = numpy.sqrt(numpy.square(powers).sum((-2, -1)))
            powers = powers / norms[..., None, None]
            logs = 2 * logs + numpy.log(norms)
        return numpy.square(numpy.exp(logs / 2**SQUARINGS).mean(0))

    def build(self):
        jax = self.jax

        def step(state, x, y):
            loss, gradient = jax.value_and_grad(self.loss)(state[0], x, y)
            return jax_adam.step(jax, state, gradient, RATE), loss

        compiled = jax.jit(step, donate_argnums=0)
        state = jax_adam.start(jax, jax.tree.map(self.numpy.copy, self.initial))

        def take(x, y):
            nonlocal state
            state, loss = compiled(state, x, y)
            jax.block_until_ready(state)
            return loss

        return take


if __name__ == "__main__":
    serve(Jax)
