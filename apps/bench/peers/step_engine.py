"""What the engines of `stiffnet-bench step` in Python share: JSON lines on standard input and output, the files, the clock.

{"op": "prepare", "file", "engine", "model", "inputs", "outputs", "width", "depth", "horizon", "batch", "batches",
 "parameters", "weight", "threads"}  -> {"version", "blas", "detail"}
{"op": "train", "steps"}             -> {"losses"}: from the initial parameters, batches in order
{"op": "round", "seconds"}           -> {"ms"}: one duration a step
"""
import math
import os
import time
import warnings

from json_lines import answer_lines

warnings.filterwarnings("ignore")

RATE, BETA1, BETA2, EPSILON = 1e-3, 0.9, 0.999, 1e-8
SQUARINGS = 10


def serve(engine):
    """Answers requests by an `Engine` until standard input closes."""
    stepper = None

    def answer_to(request):
        nonlocal stepper
        if request["op"] != "prepare":
            return getattr(stepper, request["op"])(request)
        stepper = Stepper(request, engine)
        return {**stepper.engine.describe(), "blas": blas()}

    answer_lines(answer_to)


class Engine:
    """One library. request: the problem; initial: lift, blocks (stacked) and readout, A, a, W, b, C, c."""

    def __init__(self, request, initial):
        """Imports the library, whose threads the environment already says."""

    def describe(self):
        """{"version", "detail"}"""

    def tensor(self, values):
        """A batch's rows as the library holds them."""

    def build(self):
        """A function of (x, y) that takes one step from the initial parameters on; it returns the loss before it
        when the step is done."""


class Stepper:
    def __init__(self, request, engine):
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ[name] = str(request["threads"])
        import numpy

        values = numpy.fromfile(request["file"], dtype="<f4")
        size, rows = request["parameters"], request["batch"] * request["batches"]
        x = values[size : size + rows * request["inputs"]].reshape(rows, request["inputs"])
        y = values[size + rows * request["inputs"] :].reshape(rows, request["outputs"])
        self.engine = engine(request, tensors(request, values[:size]))
        batches = [slice(at, at + request["batch"]) for at in range(0, rows, request["batch"])]
        self.data = [(self.engine.tensor(x[part]), self.engine.tensor(y[part])) for part in batches]
        self.next = 0
        self.take = None

    def train(self, request):
        self.take = self.engine.build()
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


def tensors(q, flat):
    shapes = [(q["width"], q["inputs"]), (q["width"],), (q["depth"], q["width"], q["width"]),
              (q["depth"], q["width"]), (q["outputs"], q["width"]), (q["outputs"],)]
    parts, at = [], 0
    for shape in shapes:
        size = math.prod(shape)
        parts.append(flat[at : at + size].reshape(shape).copy())
        at += size
    return parts


def blas():
    try:
        with open("/proc/self/maps") as maps:
            names = {line.split("/")[-1].strip() for line in maps if "blas" in line or "mkl" in line}
    except OSError:
        return "unknown"
    return ", ".join(sorted(names)) or "built in"
