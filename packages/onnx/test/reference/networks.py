"""Outputs, derivatives and layer norms of small networks in float64, by PyTorch: writes networks.json beside this file.

    python3 networks.py        (PyTorch 2.6)

Parameters are rounded to float32, as a model holds them, and stand in the order of the model's flat array."""
import json
import pathlib

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(7)
activations = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "softplus": torch.nn.functional.softplus,
    "sin": torch.sin,
    "identity": lambda z: z,
}
inputs, outputs, width, depth, horizon = 3, 2, 6, 4, 1.5


def draw(*shape):
    return (torch.rand(*shape, generator=generator) * 2 - 1).float().double()


cases = []
for name, s in activations.items():
    for lift in ("tanh", "identity"):
        A, a = draw(width, inputs), draw(width)
        W, b = draw(depth, width, width), draw(depth, width)
        C, c = draw(outputs, width), draw(outputs)
        zs = []

        def forward(x):
            zs.clear()
            h = A @ x + a
            h = torch.tanh(h) if lift == "tanh" else h
            for n in range(depth):
                zs.append(W[n] @ h + b[n])
                h = h + horizon / depth * s(zs[-1])
            return C @ h + c

        rows = []
        for _ in range(3):
            x = draw(inputs)
            jacobian = torch.autograd.functional.jacobian(forward, x)
            y = forward(x)
            slopes = [torch.autograd.functional.jacobian(lambda z: s(z), z.detach()).diag() for z in zs]
            norms = [np.linalg.svd((slope[:, None] * W[n]).numpy(), compute_uv=False)[0] for n, slope in enumerate(slopes)]
            rows.append({"x": x.tolist(), "y": y.tolist(), "jacobian": jacobian.flatten().tolist(), "norms": norms})
        parameters = torch.cat([t.flatten() for t in (A, a, W, b, C, c)]).tolist()
        options = dict(inputs=inputs, outputs=outputs, width=width, depth=depth, activation=name, lift=lift, horizon=horizon)
        cases.append({"options": options, "parameters": parameters, "rows": rows})
pathlib.Path(__file__).with_name("networks.json").write_text(json.dumps(cases) + "\n")
