"""Reference values of the statistics of a study: writes study_statistics.json beside this file.

SciPy's Wilcoxon signed-rank test (exact without ties, all assignments of signs with ties, the normal approximation beyond
50 pairs) and its percentile bootstrap of the median with many resamples.
"""
import json
from pathlib import Path

import numpy as np
import scipy
from scipy import stats

rng = np.random.default_rng(21_0528)


def wilcoxon(name, differences, method):
    differences = np.asarray(differences, float)
    result = stats.wilcoxon(differences, zero_method="wilcox", method=method, correction=False)
    return {
        "name": name,
        "differences": differences.tolist(),
        "statistic": float(result.statistic),
        "p": float(result.pvalue),
    }


everything = stats.PermutationMethod(n_resamples=np.inf)
tests = [
    wilcoxon("one pair", [0.3], "exact"),
    wilcoxon("five of one sign", [1, 2, 3, 4, 5], "exact"),
    wilcoxon("six of one sign", -np.arange(1.0, 7), "exact"),
    wilcoxon("25 about 0", rng.normal(0, 1, 25), "exact"),
    wilcoxon("25 shifted", rng.normal(0.5, 1, 25), "exact"),
    wilcoxon("50 shifted a little", rng.normal(0.2, 1, 50), "exact"),
    wilcoxon("ties", [1, 1, 2, -2, 3, 3, 3, -1, 4, 5, -2], everything),
    wilcoxon("ties and zeros", [0, 0, 1, -1, 2, 2, 3, 3, 4], everything),
    wilcoxon("80 shifted", rng.normal(0.2, 1, 80), "asymptotic"),
    wilcoxon("120 with ties and zeros", np.round(rng.normal(0.3, 2, 120)), "asymptotic"),
]
samples = [rng.lognormal(0, 0.5, n).tolist() for n in (5, 12, 25)]
bootstrap = []
for values in samples:
    interval = stats.bootstrap(
        (values,), np.median, method="percentile", n_resamples=200_000, batch=20_000, rng=rng
    ).confidence_interval
    bootstrap.append({"values": values, "low": interval.low, "high": interval.high})
path = Path(__file__).with_suffix(".json")
path.write_text(
    json.dumps({"scipy": scipy.__version__, "wilcoxon": tests, "bootstrap": bootstrap}, indent=1) + "\n"
)
