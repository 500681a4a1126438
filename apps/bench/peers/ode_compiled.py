"""The problems of ode-problems.c through ctypes: right-hand sides and Jacobians in C. $STIFFNET_ODE_LIBRARY names a compiled library;
without it, one is made with $CC or cc."""
import ctypes
import itertools
import os
import pathlib
import subprocess
import tempfile

import numpy as np


def library():
    given = os.environ.get("STIFFNET_ODE_LIBRARY")
    if given:
        return ctypes.CDLL(given)
    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / "problems.so")
        source = str(pathlib.Path(__file__).with_name("ode-problems.c"))
        subprocess.run([os.environ.get("CC", "cc"), "-O3", "-shared", "-fPIC", "-o", path, source, "-lm"], check=True, capture_output=True)
        return ctypes.CDLL(path)


LIBRARY = library()
DOUBLE = ctypes.c_double
POINTER = ctypes.POINTER(DOUBLE)
LIBRARY.ode_end.restype = DOUBLE
LIBRARY.ode_field.argtypes = LIBRARY.ode_jacobian.argtypes = [ctypes.c_int, DOUBLE, ctypes.c_void_p, ctypes.c_void_p]
LIBRARY.ode_tolerances.argtypes = [ctypes.c_int, DOUBLE, ctypes.c_void_p]
LIBRARY.ode_start.argtypes = [ctypes.c_int, ctypes.c_void_p]


class Compiled:
    """A problem by its name."""

    def __init__(self, name):
        self.id = LIBRARY.ode_find(name.encode())
        if self.id < 0:
            raise ValueError(f"no problem {name}")
        self.n = LIBRARY.ode_unknowns(self.id)
        self.band = LIBRARY.ode_band(self.id)
        self.times = [0, *itertools.takewhile(bool, (LIBRARY.ode_end(self.id, k) for k in itertools.count()))]
        self.y0 = np.zeros(self.n)
        LIBRARY.ode_pass_stop(0)
        LIBRARY.ode_start(self.id, self.y0.ctypes.data)
        self.jac = self.jacobian if LIBRARY.ode_has_jacobian(self.id) and not self.band else None
        self.calls = 0
        self.limit = None

    def f(self, t, y):
        self.calls += 1
        if self.limit is not None and self.calls > self.limit:
            raise Limit
        y = np.ascontiguousarray(y, dtype=float)
        dy = np.empty(self.n)
        LIBRARY.ode_field(self.id, t, y.ctypes.data, dy.ctypes.data)
        return dy

    def jacobian(self, t, y):
        y = np.ascontiguousarray(y, dtype=float)
        columns = np.zeros((self.n, self.n))
        LIBRARY.ode_jacobian(self.id, t, y.ctypes.data, columns.ctypes.data)
        return columns.T

    def atol(self, rtol):
        out = np.empty(self.n)
        LIBRARY.ode_tolerances(self.id, rtol, out.ctypes.data)
        return out

    def pieces(self):
        """Time from one jump of f to the next."""
        for k, piece in enumerate(zip(self.times, self.times[1:])):
            LIBRARY.ode_pass_stop(k)
            yield piece

    def pattern(self, method):
        """What solve_ivp takes of a Jacobian."""
        if method not in ("Radau", "BDF", "LSODA"):
            return {}
        if self.jac is not None:
            return {"jac": self.jac}
        if not self.band:
            return {}
        if method == "LSODA":
            return {"lband": self.band, "uband": self.band}
        from scipy.sparse import diags

        near = range(-self.band, self.band + 1)
        # The point of the plane and its four neighbours.
        offsets = near if self.band < 3 else [-self.band, -2, -1, 0, 1, 2, self.band]
        return {"jac_sparsity": diags([np.ones(self.n - abs(k)) for k in offsets], list(offsets), format="csc")}


class Limit(Exception):
    """More evaluations than were allowed."""
