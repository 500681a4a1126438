#!/usr/bin/env python3
"""Values and gradients of the proxies on batches of Jacobians diag(slopes[n, i]) weights[n], by PyTorch's automatic
differentiation in float64 (torch.linalg.eigvals, svdvals and matrix_norm); the trained ones are those of a residual
network that PyTorch has trained on x1 sin(x2).

    python3 test/reference/proxies.py > test/reference/proxies.json

All entries are float32 numbers. The gradients are of sum_{n,i} cotangent[n, i] value[n, i]."""
import json
import sys

import numpy as np
import torch

rng = np.random.default_rng(12)
torch.manual_seed(3)
torch.set_default_dtype(torch.float64)


def gelfand(j):
    n = torch.linalg.matrix_norm(j)
    m = j / n[..., None, None]
    log = n.log()
    for _ in range(10):
        m = m @ m
        n = torch.linalg.matrix_norm(m)
        m = m / n[..., None, None]
        log = 2 * log + n.log()
    return (log / 2**10).exp()


PROXIES = {
    "frobenius": torch.linalg.matrix_norm,
    "largestSingularValue": lambda j: torch.linalg.svdvals(j)[..., 0],
    "spectralRadius": lambda j: torch.linalg.eigvals(j).abs().amax(-1),
    "gelfand": gelfand,
}


def random(depth, width, batch):
    weights = rng.normal(size=(depth, width, width)) / np.sqrt(width)
    return weights, rng.uniform(0.2, 1, size=(depth, batch, width))


def single(matrix):
    return np.asarray(matrix)[None], np.ones((1, 1, len(matrix)))


def similar(*parts):
    n = sum(np.atleast_2d(p).shape[0] for p in parts)
    blocks = np.zeros((n, n))
    at = 0
    for p in map(np.atleast_2d, parts):
        blocks[at : at + len(p), at : at + len(p)] = p
        at += len(p)
    s = np.linalg.qr(rng.normal(size=(n, n)))[0] + 0.3 * rng.normal(size=(n, n))
    return s @ blocks @ np.linalg.inv(s)


def rotation(r, angle):
    return r * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def trained(depth=4, width=10, steps=1500):
    x = torch.rand(200, 2) * 4 - 2
    y = (x[:, :1] * torch.sin(x[:, 1:])).detach()
    init = lambda *shape: ((2 * torch.rand(*shape) - 1) / shape[-1] ** 0.5).requires_grad_()
    lift, lift_bias, w, b, out = init(width, 2), init(width), init(depth, width, width), init(depth, width), init(1, width)
    adam = torch.optim.Adam([lift, lift_bias, w, b, out], 1e-2)

    def run(x):
        h, slopes = torch.tanh(x @ lift.T + lift_bias), []
        for n in range(depth):
            s = torch.tanh(h @ w[n].T + b[n])
            slopes.append(1 - s * s)
            h = h + s / depth
        return h @ out.T, torch.stack(slopes)

    for _ in range(steps):
        adam.zero_grad()
        loss = ((run(x)[0] - y) ** 2).mean()
        loss.backward()
        adam.step()
    return w.detach().numpy(), run(x[:5])[1].detach().numpy()


BATCHES = {
    "random 1": random(2, 1, 3),
    "random 2": random(2, 2, 3),
    "random 3": random(2, 3, 1),
    "random 5": random(3, 5, 4),
    "random 8": random(2, 8, 5),
    "random 13": random(2, 13, 7),
    "trained": trained(),
    "symmetric": single((lambda a: a + a.T)(rng.normal(size=(7, 7)))),
    "skew": single((lambda a: a - a.T)(rng.normal(size=(6, 6)))),
    "low rank": single(rng.normal(size=(9, 2)) @ rng.normal(size=(2, 9)) / 5),
    "complex pair": single(similar(rotation(1.5, 1.1), 0.7, rotation(0.4, 0.3), -0.2)),
    "plus-minus pair": single(similar(1.25, -1.25, 0.6, 0.3, 0.1)),
    "non-normal": single(np.diag([1, 0.6, 0.5, -0.4, 0.3, 0.2]) + np.triu(0.9 * rng.normal(size=(6, 6)), 1)),
    "saturated rows": (rng.normal(size=(1, 6, 6)), np.array([[[0, 0, 1e-8, 1, 0.5, 0.3]]])),
}
# If the maximum is attained twice, automatic differentiation picks or mixes, so there is no reference.
UNDEFINED = {"spectralRadius": {"plus-minus pair"}, "largestSingularValue": {"skew"}, "gelfand": set(), "frobenius": set()}

cases = []
for name, (weights, slopes) in BATCHES.items():
    weights, slopes = (np.float32(a).astype(np.float64) for a in (weights, slopes))
    cotangent = np.float32(rng.uniform(0.5, 1.5, size=slopes.shape[:2])).astype(np.float64)
    case = dict(
        name=name,
        depth=weights.shape[0],
        width=weights.shape[1],
        batch=slopes.shape[1],
        weights=weights.reshape(-1).tolist(),
        slopes=slopes.reshape(-1).tolist(),
        cotangent=cotangent.reshape(-1).tolist(),
        proxies={},
    )
    for proxy, value_of in PROXIES.items():
        w, s = torch.tensor(weights, requires_grad=True), torch.tensor(slopes, requires_grad=True)
        values = value_of(s[..., None] * w[:, None])
        (values * torch.tensor(cotangent)).sum().backward()
        case["proxies"][proxy] = dict(values=values.reshape(-1).tolist())
        if name not in UNDEFINED[proxy]:
            case["proxies"][proxy]["gradWeights"] = w.grad.reshape(-1).tolist()
            case["proxies"][proxy]["gradSlopes"] = s.grad.reshape(-1).tolist()
    cases.append(case)
json.dump(dict(origin=f"PyTorch {torch.__version__}, float64", cases=cases), sys.stdout)
