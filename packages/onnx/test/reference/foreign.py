"""Networks as PyTorch and scikit-learn export them, and what onnxruntime answers. Writes foreign/*.onnx and
foreign.json.

Written with PyTorch 1.13 (TorchScript exporter) and 2.8 (dynamo exporter, onnxscript), scikit-learn 1.9 and
skl2onnx 1.20:
  python3 foreign.py torch     in a Python with torch
  python3 foreign.py dynamo    in a Python with torch and onnxscript
  python3 foreign.py sklearn   in a Python with scikit-learn and skl2onnx
  python3 foreign.py answers   in a Python with onnxruntime
"""
import glob
import json
import os
import sys

import numpy as np

here = os.path.splitext(os.path.abspath(__file__))[0]
os.makedirs(here, exist_ok=True)


def with_torch(dynamo=False):
    import torch
    from torch import nn

    torch.manual_seed(1)

    class Residual(nn.Module):
        def __init__(self, share, lifted):
            super().__init__()
            self.lift, self.read = nn.Linear(3, 6), nn.Linear(6, 2)
            self.blocks = nn.ModuleList(nn.Linear(6, 6) for _ in range(4))
            self.share, self.lifted = share, lifted

        def forward(self, x):
            h = self.lift(x)
            if self.lifted:
                h = torch.tanh(h)
            for block in self.blocks:
                h = h + self.share * torch.tanh(block(h))
            return self.read(h)

    class Standardised(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2))

        def forward(self, x):
            z = (x - torch.tensor([1e6, 0.0, -3.0])) / torch.tensor([2.0, 0.5, 4.0])
            return self.net(z) * torch.tensor([10.0, 0.1]) + torch.tensor([300.0, -1.0])

    def mlp(activation, *widths):
        layers = []
        for rows, columns in zip(widths[:-1], widths[1:]):
            layers += [nn.Linear(rows, columns), activation()]
        return nn.Sequential(*layers[:-1])

    networks = {
        "torch-tanh": mlp(nn.Tanh, 3, 8, 8, 8, 2),
        "torch-relu": mlp(nn.ReLU, 3, 8, 5, 2),
        "torch-gelu": mlp(nn.GELU, 3, 7, 7, 1),
        "torch-silu": mlp(nn.SiLU, 3, 6, 6, 2),
        "torch-softplus": mlp(nn.Softplus, 3, 6, 4, 2),
        "torch-sigmoid": mlp(nn.Sigmoid, 3, 6, 6, 2),
        "torch-wide-input": mlp(nn.Tanh, 3, 2, 2, 1),
        "torch-residual": Residual(0.25, True),
        "torch-residual-linear-lift": Residual(1.0, False),
        "torch-standardised": Standardised(),
        "unreadable-leaky": mlp(nn.LeakyReLU, 3, 5, 2),
        "unreadable-softmax": nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2), nn.Softmax(dim=1)),
    }
    for name, network in networks.items():
        network = network.eval()
        if dynamo:
            program = torch.onnx.export(network, (torch.zeros(2, 3),), dynamo=True, input_names=["x"],
                                        output_names=["y"], dynamic_shapes=({0: torch.export.Dim("batch")},))
            for node in program.model.graph:  # these name the folders of one machine
                node.metadata_props.pop("pkg.torch.onnx.stack_trace", None)
            program.save(f"{here}/{name.replace('torch-', 'dynamo-').replace('unreadable', 'unreadable-dynamo')}.onnx")
        else:
            torch.onnx.export(network, torch.zeros(1, 3), f"{here}/{name}.onnx", input_names=["x"],
                              output_names=["y"], dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}},
                              opset_version=16)


def with_sklearn():
    from skl2onnx import to_onnx
    from sklearn.ensemble import GradientBoostingRegressor
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rng = np.random.default_rng(2)
    x = rng.uniform(-1, 1, (200, 3)).astype(np.float32)
    y = np.stack([np.sin(3 * x[:, 0]) + x[:, 1], x[:, 2] ** 2], axis=1)
    for activation in ("relu", "tanh", "logistic"):
        model = MLPRegressor(hidden_layer_sizes=(10, 10), activation=activation, max_iter=60, random_state=3).fit(x, y)
        with open(f"{here}/sklearn-{activation}.onnx", "wb") as file:
            file.write(to_onnx(model, x[:1]).SerializeToString())
    scaled = make_pipeline(StandardScaler(), MLPRegressor(hidden_layer_sizes=(12,), max_iter=60, random_state=3)).fit(50 + 9 * x, y[:, 0])
    with open(f"{here}/sklearn-pipeline.onnx", "wb") as file:
        file.write(to_onnx(scaled, x[:1]).SerializeToString())
    trees = GradientBoostingRegressor(n_estimators=3, random_state=3).fit(x, y[:, 0])
    with open(f"{here}/unreadable-trees.onnx", "wb") as file:
        file.write(to_onnx(trees, x[:1]).SerializeToString())


def answers():
    import onnxruntime

    rng = np.random.default_rng(4)
    out = {}
    for path in sorted(glob.glob(f"{here}/*.onnx")):
        name = os.path.basename(path)[:-5]
        if name.startswith("unreadable"):
            continue
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        x = rng.uniform(-1, 1, (5, 3)).astype(np.float32)
        if name.endswith("-standardised"):
            x = x * np.float32([4, 1, 4]) + np.float32([1e6, 0, -3])
        if name == "sklearn-pipeline":
            x = 50 + 9 * x
        y = session.run(None, {session.get_inputs()[0].name: x})[0]
        out[name] = dict(x=x.ravel().tolist(), y=np.asarray(y).ravel().tolist())
    with open(f"{here}.json", "w") as file:
        json.dump(out, file)


{"torch": with_torch, "dynamo": lambda: with_torch(dynamo=True), "sklearn": with_sklearn, "answers": answers}[sys.argv[1]]()
