#!/usr/bin/env python3
"""Reference losses and gradients of the residual network, by PyTorch's automatic differentiation in float64.

    python3 test/reference/network.py > test/reference/network.json

Parameters and data are rounded to float32 first, so that both sides start from the same numbers."""
import json
import sys

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
ACTIVATIONS = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "softplus": torch.nn.functional.softplus,
    "sin": torch.sin,
    "identity": lambda z: z,
}


def tensors(rng, inputs, outputs, width, depth):
    def uniform(shape, fan_in):
        return rng.uniform(-1, 1, size=shape).astype(np.float32).astype(np.float64) / np.sqrt(fan_in)

    made = [uniform((width, inputs), inputs), uniform((width,), inputs)]
    made += [uniform((width, width), width) for _ in range(depth)]
    made += [uniform((width,), width) for _ in range(depth)]
    made += [uniform((outputs, width), width), uniform((outputs,), width)]
    return [np.float32(t).astype(np.float64) for t in made]


def loss_of(params, x, y, activation, lift, horizon, depth, l2):
    p = params
    h = x @ p[0].T + p[1]
    if lift == "tanh":
        h = torch.tanh(h)
    for n in range(depth):
        h = h + horizon / depth * ACTIVATIONS[activation](h @ p[2 + n].T + p[2 + depth + n])
    f = h @ p[-2].T + p[-1]
    squares = ((f - y) ** 2).sum(1)
    penalty = torch.stack([t.norm() for t in p]).mean()
    return (squares + l2 * penalty**2).mean().sqrt(), f


def main():
    rng = np.random.default_rng(20)
    cases = []
    shapes = [(3, 2, 5, 4, 7), (2, 1, 20, 3, 45), (1, 1, 1, 1, 1), (5, 3, 9, 2, 70)]
    for activation in ACTIVATIONS:
        for k, (inputs, outputs, width, depth, batch) in enumerate(shapes):
            lift = "identity" if k == 3 else "tanh"
            horizon = 1.0 if k != 1 else 2.5
            l2 = 0.0 if k % 2 == 0 else 0.01
            start = tensors(rng, inputs, outputs, width, depth)
            x = np.float32(rng.normal(size=(batch, inputs))).astype(np.float64)
            y = np.float32(rng.normal(size=(batch, outputs))).astype(np.float64)
            params = [torch.tensor(t, requires_grad=True) for t in start]
            loss, f = loss_of(params, torch.tensor(x), torch.tensor(y), activation, lift, horizon, depth, l2)
            loss.backward()
            config = dict(inputs=inputs, outputs=outputs, width=width, depth=depth, activation=activation, lift=lift, horizon=horizon)
            cases.append(
                dict(
                    config=config,
                    l2=l2,
                    parameters=[float(np.float32(v)) for t in start for v in t.reshape(-1)],
                    x=x.reshape(-1).tolist(),
                    y=y.reshape(-1).tolist(),
                    predictions=f.detach().reshape(-1).tolist(),
                    loss=loss.item(),
                    gradient=[v for t in params for v in t.grad.reshape(-1).tolist()],
                )
            )
    # ten steps of Adam on the first case, and the learning rates of ReduceLROnPlateau on a noisy loss
    first = cases[0]
    rngs = np.random.default_rng(20)
    params = [torch.tensor(t, requires_grad=True) for t in tensors(rngs, 3, 2, 5, 4)]
    x, y = torch.tensor(first["x"]).reshape(-1, 3), torch.tensor(first["y"]).reshape(-1, 2)
    optimiser = torch.optim.Adam(params, lr=1e-2)
    for _ in range(10):
        optimiser.zero_grad()
        loss, _ = loss_of(params, x, y, "tanh", "tanh", 1.0, 4, 0.0)
        loss.backward()
        optimiser.step()
    adam = [v for t in params for v in t.detach().reshape(-1).tolist()]
    losses = np.maximum(1 / np.arange(1, 121), 0.05) + 0.001 * rng.uniform(size=120)
    dummy = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1e-3)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(dummy, factor=0.5, patience=3, cooldown=5, threshold=1e-4)
    rates = []
    for value in losses:
        dummy.step()
        schedule.step(float(value))
        rates.append(dummy.param_groups[0]["lr"])
    plateau = dict(losses=losses.tolist(), rates=rates)
    origin = f"PyTorch {torch.__version__}, NumPy {np.__version__}, float64"
    json.dump(dict(origin=origin, cases=cases, adam=dict(steps=10, rate=1e-2, parameters=adam), plateau=plateau), sys.stdout)


main()
