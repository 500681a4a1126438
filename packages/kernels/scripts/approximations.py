#!/usr/bin/env python3
"""Coefficients of c/math/transcendental.h: minimax fits in relative error by Lawson's reweighting, printed as float32.

    python3 scripts/approximations.py

Each fit is f(x) ~ p(x) / q(x) with q(0) = 1, made in float64 on Chebyshev points; the printed error is that of
the fit itself, before float32 rounding (one float32 rounding is 6e-8)."""
import mpmath as mp
import numpy as np
from scipy.special import erfcx


def fit(f, lo, hi, np_, nq, rounds=400, points=4000):
    """Returns (p, q): f(x) ~ sum p_k x^k / (1 + sum q_k x^(k+1)), minimax in relative error."""
    t = np.cos(np.pi * (np.arange(points) + 0.5) / points)
    x = 0.5 * (lo + hi) + 0.5 * (hi - lo) * t
    y = f(x)
    w = np.ones_like(x)
    den = np.ones_like(x)
    for _ in range(rounds):
        # (p - y q) / (y den) small, den from the previous round (Sanathanan-Koerner)
        a = np.concatenate([np.vander(x, np_, increasing=True), -(y[:, None] * x[:, None] * np.vander(x, max(nq, 1), increasing=True))[:, :nq]], 1)
        s = np.sqrt(w) / (y * den)
        scale = np.linalg.norm(a * s[:, None], axis=0)
        c = np.linalg.lstsq(a * s[:, None] / scale, y * s, rcond=None)[0] / scale
        p, q = c[:np_], c[np_:]
        den = 1 + x * np.polyval(q[::-1], x) if nq else np.ones_like(x)
        e = np.abs(np.polyval(p[::-1], x) / den / y - 1)
        w = w * (e + 1e-18)
        w = w / w.max()
        w = np.maximum(w, 1e-14)
    return p, q, e.max()


def show(name, f, lo, hi, np_, nq=0):
    p, q, e = fit(f, lo, hi, np_, nq)
    print(f"{name}: relative error {e:.1e}")
    for label, c in (("p", p), ("q", q)):
        if len(c):
            print("  ", label, ", ".join(f"{float(np.float32(v)):.9g}f" for v in c))


def ratio(f):
    return lambda u: f(np.sqrt(u)) / np.sqrt(u)


ln2 = np.log(2)
show("tanh(x) / x in x^2, |x| <= 9", ratio(np.tanh), 1e-12, 81.0, 5, 4)
show("exp(r), |r| <= ln2 / 2", np.exp, -ln2 / 2, ln2 / 2, 7)
show("log1p(u) / u, 0 <= u <= 1", lambda u: np.log1p(u) / u, 1e-12, 1.0, 4, 4)
show("normal tail times exp(x^2 / 2), 0 <= x <= 14", lambda x: erfcx(x / np.sqrt(2)) / 2, 0, 14.0, 5, 5)
show("sin(r) / r in r^2, |r| <= pi / 4", ratio(np.sin), 1e-12, (np.pi / 4) ** 2, 4)
show("cos(r) in r^2, |r| <= pi / 4", lambda u: np.cos(np.sqrt(u)), 1e-12, (np.pi / 4) ** 2, 5)


def normal_tail64(degree=22, end=38):
    """Interpolates (1 + x) exp(x^2 / 2) (1 - Phi(x)) in t = (x - 4) / (x + 4), for float64."""
    mp.mp.dps = 60
    low, high = mp.mpf(-1), mp.mpf(end - 4) / (end + 4)
    t = [low + (high - low) * (mp.cos(mp.pi * (j + mp.mpf(1) / 2) / (degree + 1)) + 1) / 2 for j in range(degree + 1)]
    x = [4 * (1 + s) / (1 - s) for s in t]
    f = mp.matrix([(1 + s) * mp.erfc(s / mp.sqrt(2)) * mp.exp(s * s / 2) / 2 for s in x])
    powers = mp.matrix(degree + 1, degree + 1)
    for i in range(degree + 1):
        for j in range(degree + 1):
            powers[i, j] = t[i] ** j
    return [float(c) for c in mp.lu_solve(powers, f)]


print("normal tail in float64, highest power first:", ", ".join(repr(c) for c in reversed(normal_tail64())))
