#!/usr/bin/env python3
"""The training step in PyTorch, driven from `stiffnet-bench step`.

Engines: torch-eager (nn.Module, autograd, fused Adam) and torch-compile (forward, backward and Adam traced into
one graph and compiled by inductor).
"""
from step_engine import BETA1, BETA2, EPSILON, RATE, SQUARINGS, Engine, serve


class Torch(Engine):
    def __init__(self, request, initial):
        import torch

        self.torch, self.request = torch, request
        torch.set_num_threads(request["threads"])
        torch.manual_seed(0)
        self.initial = [self.tensor(part) for part in initial]

    def tensor(self, values):
        return self.torch.from_numpy(values.copy())

    def describe(self):
        detail = {"torch-eager": "autograd, fused Adam", "torch-compile": "whole step in one compiled graph"}
        return {"version": self.torch.__version__, "detail": detail[self.request["engine"]]}

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

    def gelfand(self, powers, squarings=SQUARINGS):
        torch = self.torch
        logs = 0.0
        for j in range(squarings + 1):
            if j:
                powers = torch.bmm(powers, powers)
            norms = torch.linalg.matrix_norm(powers)
            powers = powers / norms[:, None, None]
            logs = 2 * logs + norms.log()
        return (logs / 2**squarings).exp()

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


if __name__ == "__main__":
    serve(Torch)
