#!/usr/bin/env python3
"""The training step in PyTorch, driven from `stiffnet step` by JSON lines on standard input and output.

{"op": "prepare", "file", "engine", "model", "inputs", "outputs", "width", "depth", "horizon", "batch", "batches",
 "parameters", "weight", "threads"}  -> {"version", "blas", "detail"}
{"op": "gradient", "file"}           -> {"loss"}; the gradient as float32, in the order of the parameters, to the file
{"op": "train", "steps"}             -> {"losses"}: from the initial parameters, batches in order
{"op": "round", "seconds"}           -> {"ms"}: one duration a step

Engines: torch-eager (nn.Module, autograd, fused Adam) and torch-compile (forward, backward and Adam traced into
one graph and compiled by inductor).
"""
import json
import math
import os
import sys
import time
import warnings

warnings.filterwarnings("ignore")

RATE, BETA1, BETA2, EPSILON = 1e-3, 0.9, 0.999, 1e-8


def main():
    stepper = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["op"] == "prepare":
                stepper = Stepper(request)
                answer = stepper.describe()
            else:
                answer = getattr(stepper, request["op"])(request)
        except Exception as error:  # one line to the caller, whatever went wrong
            text = f"{type(error).__name__}: {error}".strip().splitlines()
            answer = {"error": text[0][:300]}
        print(json.dumps(answer), flush=True)


class Stepper:
    def __init__(self, request):
        threads = str(request["threads"])
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ[name] = threads
        import numpy
        import torch

        self.torch, self.numpy, self.request = torch, numpy, request
        torch.set_num_threads(request["threads"])
        torch.manual_seed(0)
        values = torch.from_numpy(numpy.fromfile(request["file"], dtype="<f4"))
        size, rows = request["parameters"], request["batch"] * request["batches"]
        x = values[size : size + rows * request["inputs"]].view(rows, request["inputs"])
        y = values[size + rows * request["inputs"] :].view(rows, request["outputs"])
        self.data = list(zip(x.split(request["batch"]), y.split(request["batch"])))
        self.initial = self.tensors(values[:size])
        self.next = 0
        self.take = None

    def tensors(self, flat):
        """The flat parameters as lift, blocks (stacked) and readout."""
        q = self.request
        shapes = [(q["width"], q["inputs"]), (q["width"],), (q["depth"], q["width"], q["width"]),
                  (q["depth"], q["width"]), (q["outputs"], q["width"]), (q["outputs"],)]
        parts = flat.split([math.prod(shape) for shape in shapes])
        return [part.reshape(shape).clone() for part, shape in zip(parts, shapes)]

    def describe(self):
        torch = self.torch
        detail = {"torch-eager": "autograd, fused Adam", "torch-compile": "whole step in one compiled graph"}
        return {"version": torch.__version__, "blas": blas(), "detail": detail[self.request["engine"]]}

    # ---- the mathematics: the same loss for both engines
    def loss(self, parameters, x, y):
        torch, q = self.torch, self.request
        A, a, W, b, C, c = parameters
        alpha = q["horizon"] / q["depth"]
        h = torch.tanh(torch.addmm(a, x, A.t()))
        activations = []
        for weight, bias in zip(W, b):
            t = torch.tanh(torch.addmm(bias, h, weight.t()))
            activations.append(t)
            h = torch.add(h, t, alpha=alpha)
        squares = (torch.addmm(c, h, C.t()) - y).square().sum(1)
        return (squares + q["weight"] * self.penalty(parameters, activations)).mean().sqrt()

    def penalty(self, parameters, activations):
        """p_i^2, a number or one a sample."""
        torch = self.torch
        if self.request["model"] == "RES":
            return 0.0
        if self.request["model"] == "RES L2":
            A, a, W, b, C, c = parameters
            norms = [A.norm(), a.norm(), C.norm(), c.norm()]
            norms += [w.norm() for w in W] + [v.norm() for v in b]
            return torch.stack(norms).mean().square()
        W = torch.stack(list(parameters[2])) if not torch.is_tensor(parameters[2]) else parameters[2]
        slopes = 1 - torch.stack(activations).square()
        jacobians = slopes.unsqueeze(-1) * W.unsqueeze(1)
        radii = self.gelfand(jacobians.flatten(0, 1)).view(slopes.shape[:2])
        return radii.mean(0).square()

    def gelfand(self, powers, squarings=10):
        torch = self.torch
        logs = 0.0
        for j in range(squarings + 1):
            if j:
                powers = torch.bmm(powers, powers)
            norms = torch.linalg.matrix_norm(powers)
            powers = powers / norms[:, None, None]
            logs = 2 * logs + norms.log()
        return (logs / 2**squarings).exp()

    # ---- the engines: a function of (x, y) that makes one step and returns the loss before it
    def build(self):
        return self.eager() if self.request["engine"] == "torch-eager" else self.compiled()

    def eager(self):
        torch = self.torch
        A, a, W, b, C, c = [p.clone() for p in self.initial]
        # One leaf tensor a layer, as torch.nn.Linear would hold them.
        leaves = [A, a, *W.unbind(0), *b.unbind(0), C, c]
        leaves = [leaf.clone().requires_grad_() for leaf in leaves]
        n = self.request["depth"]
        structured = [leaves[0], leaves[1], leaves[2 : 2 + n], leaves[2 + n : 2 + 2 * n], leaves[-2], leaves[-1]]
        optimiser = torch.optim.Adam(leaves, lr=RATE, betas=(BETA1, BETA2), eps=EPSILON, fused=True)

        def step(x, y):
            optimiser.zero_grad(set_to_none=True)
            loss = self.loss(structured, x, y)
            loss.backward()
            optimiser.step()
            return loss.detach()

        return step

    def compiled(self):
        torch = self.torch
        parameters = [p.clone() for p in self.initial]
        first = [torch.zeros_like(p) for p in parameters]
        second = [torch.zeros_like(p) for p in parameters]
        count = torch.zeros(())
        gradient = torch.func.grad_and_value(self.loss)

        def step(parameters, first, second, count, x, y):
            gradients, loss = gradient(parameters, x, y)
            count.add_(1)
            rate = RATE / (1 - BETA1**count)
            root = (1 - BETA2**count).sqrt()
            for p, m, v, g in zip(parameters, first, second, gradients):
                m.mul_(BETA1).add_(g, alpha=1 - BETA1)
                v.mul_(BETA2).addcmul_(g, g, value=1 - BETA2)
                p.sub_(rate * m / (v.sqrt() / root + EPSILON))
            return loss

        graph = torch.compile(step, dynamic=False)

        def call(x, y):
            with torch.no_grad():
                return graph(parameters, first, second, count, x, y)

        return call

    # ---- the requests
    def gradient(self, request):
        leaves = [p.clone().requires_grad_() for p in self.initial]
        loss = self.loss(leaves, *self.data[0])
        loss.backward()
        flat = self.torch.cat([leaf.grad.reshape(-1) for leaf in leaves])
        flat.numpy().astype("<f4").tofile(request["file"])
        return {"loss": float(loss)}

    def train(self, request):
        self.take = self.build()
        self.next = request["steps"]
        return {"losses": [float(self.take(*self.data[i % len(self.data)])) for i in range(request["steps"])]}

    def round(self, request):
        take, clock, data = self.take, time.perf_counter, self.data
        durations = []
        end = clock() + request["seconds"]
        while True:
            x, y = data[self.next % len(data)]
            self.next += 1
            begin = clock()
            take(x, y)
            now = clock()
            durations.append(round(1e3 * (now - begin), 6))
            if now >= end:
                return {"ms": durations}


def blas():
    try:
        with open("/proc/self/maps") as maps:
            names = {line.split("/")[-1].strip() for line in maps if "blas" in line or "mkl" in line}
    except OSError:
        return "unknown"
    return ", ".join(sorted(names)) or "built in"


if __name__ == "__main__":
    main()
