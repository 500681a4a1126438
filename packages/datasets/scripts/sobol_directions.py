"""Writes src/samplers/joe-kuo.ts from the direction numbers of Joe and Kuo as SciPy ships them (new-joe-kuo-6.21201)."""
import os

import numpy as np
import scipy

DIMENSIONS = 512
table = np.load(os.path.join(os.path.dirname(scipy.__file__), "stats", "_sobol_direction_numbers.npz"))
rows = []
for d in range(1, DIMENSIONS):
    polynomial = int(table["poly"][d])
    degree = polynomial.bit_length() - 1
    rows.append(" ".join(map(str, [polynomial, *table["vinit"][d][:degree].tolist()])))

lines = []
for row in rows:
    if lines and len(lines[-1]) + len(row) < 106:
        lines[-1] += ";" + row
    else:
        lines.append(row)
body = ";\n".join(lines)
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "..", "src", "samplers", "joe-kuo.ts"), "w") as out:
    out.write(f'''/** Primitive polynomials and initial direction numbers of the Sobol sequence, dimensions 2 to {DIMENSIONS}: for each the
 *  polynomial as a bit pattern, then one odd number for each of its degrees. Made by `scripts/sobol_directions.py`.
 *
 *  From S. Joe and F. Y. Kuo (2008), Constructing Sobol sequences with better two-dimensional projections, SIAM J. Sci.
 *  Comput. 30, 2635-2654, file new-joe-kuo-6.21201. Copyright (c) 2008, Frances Y. Kuo and Stephen Joe, under the
 *  three-clause BSD licence: see the package's NOTICE. */
export const joeKuo: string = `
{body}
`;
''')
