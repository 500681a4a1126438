"""Reference points from scipy.stats.qmc (unscrambled) and its discrepancy measure. Writes samplers.json."""
import json
import os

import numpy as np
from scipy.stats import qmc

out = {"sobol": {}, "discrepancy": []}
for d in (1, 2, 15, 60):
    out["sobol"][str(d)] = qmc.Sobol(d, scramble=False, bits=32).random(64).ravel().tolist()
last = qmc.Sobol(512, scramble=False, bits=32).random(1024)[1000:, 488:]
out["sobolTail"] = last.ravel().tolist()
rng = np.random.default_rng(3)
for n, d in ((16, 2), (40, 5)):
    points = rng.random((n, d))
    out["discrepancy"].append(dict(dimension=d, points=points.ravel().tolist(),
                                   centred=float(qmc.discrepancy(points, method="CD"))))
with open(os.path.splitext(__file__)[0] + ".json", "w") as file:
    json.dump(out, file)
