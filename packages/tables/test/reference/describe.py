"""Reference figures of a table from NumPy, and R2 of a linear fit from scikit-learn. Writes describe.json."""
import json
import os

import numpy as np
from sklearn.linear_model import LinearRegression

rng = np.random.default_rng(31)
a = rng.normal(size=60) * 3 + 10
b = 10 ** rng.uniform(-4, 1, 60)
c = 2 * a + rng.normal(size=60)
y = a - np.log10(b) + 0.5 * rng.normal(size=60)
rows = np.column_stack([a, b, c, y])
figures = [dict(minimum=x.min(), maximum=x.max(), mean=x.mean(), deviation=x.std(),
                quantiles=np.quantile(x, [0.05, 0.25, 0.5, 0.75, 0.95]).tolist(),
                histogram=np.histogram(x, 12)[0].tolist()) for x in rows.T]
with open(os.path.splitext(__file__)[0] + ".json", "w") as out:
    json.dump(dict(rows=rows.tolist(), figures=figures, correlation=np.corrcoef(rows.T).tolist(),
                   explained=LinearRegression().fit(rows[:, :3], y).score(rows[:, :3], y)), out)
