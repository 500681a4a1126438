#!/usr/bin/env python3
"""The training step in TensorFlow, driven from `stiffnet-bench step`: forward, backward and Adam in one `tf.function`.

Engines: tensorflow (its graph) and tensorflow-xla (the graph compiled by XLA).
"""
from step_engine import BETA1, BETA2, EPSILON, RATE, SQUARINGS, Engine, serve


class TensorFlow(Engine):
    def __init__(self, request, initial):
        import tensorflow as tf

        self.tf, self.request = tf, request
        tf.config.threading.set_intra_op_parallelism_threads(request["threads"])
        tf.config.threading.set_inter_op_parallelism_threads(1)
        self.initial = [self.tensor(part) for part in initial]

    def tensor(self, values):
        return self.tf.constant(values)

    def describe(self):
        detail = {"tensorflow": "whole step in one tf.function", "tensorflow-xla": "whole step compiled by XLA"}
        return {"version": self.tf.__version__, "detail": detail[self.request["engine"]]}

    def loss(self, parameters, x, y):
        tf, q = self.tf, self.request
        A, a, W, b, C, c = parameters
        alpha = q["horizon"] / q["depth"]
        h = tf.tanh(tf.matmul(x, A, transpose_b=True) + a)
        activations = []
        for weight, bias in zip(tf.unstack(W), tf.unstack(b)):
            t = tf.tanh(tf.matmul(h, weight, transpose_b=True) + bias)
            activations.append(t)
            h = h + alpha * t
        squares = tf.reduce_sum(tf.square(tf.matmul(h, C, transpose_b=True) + c - y), 1)
        return tf.sqrt(tf.reduce_mean(squares + q["weight"] * self.penalty(parameters, activations)))

    def penalty(self, parameters, activations):
        """p_i^2, a number or one a sample."""
        tf = self.tf
        if self.request["model"] == "RES":
            return 0.0
        A, a, W, b, C, c = parameters
        if self.request["model"] == "RES L2":
            norms = [tf.norm(p) for p in (A, a, C, c)]
            stacked = [tf.norm(W, axis=(1, 2)), tf.norm(b, axis=1)]
            return tf.square(tf.reduce_mean(tf.concat([tf.stack(norms), *stacked], 0)))
        powers = (1 - tf.square(tf.stack(activations)))[..., None] * W[:, None]
        logs = 0.0
        for j in range(SQUARINGS + 1):
            if j:
                powers = powers @ powers
            norms = tf.sqrt(tf.reduce_sum(tf.square(powers), (-2, -1)))
            powers = powers / norms[..., None, None]
            logs = 2 * logs + tf.math.log(norms)
        return tf.square(tf.reduce_mean(tf.exp(logs / 2**SQUARINGS), 0))

    def loss_and_gradient(self, parameters, x, y):
        with self.tf.GradientTape() as tape:
            for p in parameters:
                tape.watch(p)
            loss = self.loss(parameters, x, y)
        return loss, tape.gradient(loss, parameters)

    def build(self):
        tf = self.tf
        parameters = [tf.Variable(p) for p in self.initial]
        first = [tf.Variable(tf.zeros_like(p)) for p in self.initial]
        second = [tf.Variable(tf.zeros_like(p)) for p in self.initial]
        count = tf.Variable(0.0)

        def step(x, y):
            loss, gradients = self.loss_and_gradient([tf.convert_to_tensor(p) for p in parameters], x, y)
            time = count.assign_add(1.0)
            rate, root = RATE / (1 - BETA1**time), tf.sqrt(1 - BETA2**time)
            for p, m, v, g in zip(parameters, first, second, gradients):
                m.assign(BETA1 * m + (1 - BETA1) * g)
                v.assign(BETA2 * v + (1 - BETA2) * tf.square(g))
                p.assign_sub(rate * m / (tf.sqrt(v) / root + EPSILON))
            return loss

        compiled = tf.function(step, jit_compile=self.request["engine"] == "tensorflow-xla")
        return lambda x, y: compiled(x, y).numpy()


if __name__ == "__main__":
    serve(TensorFlow)
