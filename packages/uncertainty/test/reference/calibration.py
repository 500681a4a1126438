#!/usr/bin/env python3
"""Posteriors by NumPyro and diagnostics by ArviZ: writes calibration.json beside this file.

pip install numpyro "arviz<1"
"""
import json
import pathlib

import arviz
import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from numpyro.infer import MCMC, NUTS

numpyro.set_host_device_count(1)
jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(1)


def curved():
    """Two outputs of two inputs; the first output's own error is a share of it."""
    a = numpyro.sample("a", dist.TruncatedNormal(0.3, 0.4, low=-1.0, high=2.0))
    b = numpyro.sample("b", dist.Uniform(0.1, 3.0))
    first = jnp.exp(a + 0.5 * b)
    numpyro.sample("y1", dist.Normal(first, jnp.sqrt(0.3**2 + (0.1 * first) ** 2)), obs=2.0)
    numpyro.sample("y2", dist.Normal(a * b**2, jnp.sqrt(0.1**2 + 0.2**2)), obs=1.5)


def borehole():
    """Flow through a borehole, of which the flow alone was measured: three inputs, a log-normal among them."""
    radius = numpyro.sample("radius", dist.TruncatedNormal(0.1, 0.0161812, low=0.05, high=0.15))
    log_influence = numpyro.sample(
        "log_influence", dist.TruncatedNormal(7.71, 1.0056, low=np.log(100.0), high=np.log(50000.0))
    )
    length = numpyro.sample("length", dist.Uniform(1120.0, 1680.0))
    log_ratio = log_influence - jnp.log(radius)
    flow = 2 * np.pi * 89335.0 * 240.0 / (
        log_ratio * (1 + 2 * length * 89335.0 / (log_ratio * radius**2 * 10950.0) + 89335.0 / 89.55)
    )
    numpyro.sample("flow", dist.Normal(flow, jnp.sqrt(4.0**2 + 3.0**2)), obs=100.0)


def posterior(model, names, transforms):
    sampler = MCMC(
        NUTS(model, target_accept_prob=0.95),
        num_warmup=2000, num_samples=20000, num_chains=4, chain_method="sequential", progress_bar=False,
    )
    sampler.run(jax.random.PRNGKey(1))
    chains = sampler.get_samples(group_by_chain=True)
    values = {name: transform(np.asarray(chains[name])) for name, transform in zip(names, transforms)}
    return {
        "divergences": int(np.sum(sampler.get_extra_fields()["diverging"])),
        "inputs": [
            {
                "mean": float(x.mean()),
                "deviation": float(x.std()),
                "meanError": float(arviz.mcse(x, method="mean")),
                "deviationError": float(arviz.mcse(x, method="sd")),
            }
            for x in values.values()
        ],
        "correlation": float(np.corrcoef(*[x.ravel() for x in list(values.values())[:2]])[0, 1]),
    }


def chains(kind):
    """Four autoregressive chains of 61 (an odd length: the split leaves one out)."""
    x = np.zeros((4, 61))
    for t in range(1, 61):
        x[:, t] = {"slow": 0.8, "negative": -0.5}.get(kind, 0.3) * x[:, t - 1] + rng.standard_normal(4)
    if kind == "apart":
        x[0] += 1.5
    if kind == "ties":
        x = np.round(x)
    if kind == "heavy":
        x = np.tan(x / 2)
    x = np.round(x, 6)
    return {
        "kind": kind,
        "chains": x.tolist(),
        "rHat": float(arviz.rhat(x, method="rank")),
        "bulk": float(arviz.ess(x, method="bulk")),
        "tail": float(arviz.ess(x, method="tail")),
    }


same = lambda x: x
document = {
    "numpyro": numpyro.__version__,
    "arviz": arviz.__version__,
    "posteriors": {
        "curved": posterior(curved, ["a", "b"], [same, same]),
        "borehole": posterior(borehole, ["radius", "log_influence", "length"], [same, np.exp, same]),
    },
    "diagnostics": [chains(kind) for kind in ["quick", "slow", "negative", "apart", "ties", "heavy"]],
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(document) + "\n")
