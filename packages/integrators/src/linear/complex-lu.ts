import { IntegratorError } from "../errors.ts";
import { bandPattern } from "../jacobian/colouring.ts";
import type { Storage } from "../jacobian/layout.ts";
import type { System } from "../system.ts";
import { ComplexBandedLu } from "./complex-banded-lu.ts";
import { ComplexByReal } from "./complex-by-real.ts";
import { ComplexDenseLu } from "./complex-dense-lu.ts";
import { ComplexPentadiagonalLu } from "./complex-pentadiagonal-lu.ts";
import { ComplexSparseLu } from "./complex-sparse-lu.ts";
import { WORTH_CONDENSING } from "./condensation.ts";
import { CondensedComplexLu } from "./condensed-complex-lu.ts";
import type { ComplexLu } from "./factorisation.ts";
import { GuardedComplexLu } from "./guarded-lu.ts";
import { isPentadiagonal } from "./pentadiagonal.ts";
import { patternOfEntries } from "./sparse-pattern.ts";
import { LISTED } from "./sparse-table.ts";

const factorisations: Readonly<Record<Storage, (system: System) => ComplexLu>> = {
  dense: (system) => {
    const { n, mass, layout } = system;
    if (mass !== undefined) return new ComplexDenseLu(n, mass);
    if (layout.eliminated !== undefined) return sparse(system);
    return n < WORTH_CONDENSING ? new ComplexDenseLu(n) : new CondensedComplexLu(n);
  },
  banded: (system) => {
    const { n, layout, mass } = system;
    const { band, index } = layout;
    if (mass === undefined) {
      return isPentadiagonal(n, band!) ? new ComplexPentadiagonalLu(n, band!) : new ComplexBandedLu(n, band!);
    }
    const { lower, upper } = band!;
    const pattern = bandPattern(n, lower, upper).union(patternOfEntries(n, mass.rows, mass.columns), true);
    const { starts, rows } = pattern;
    const sources = new Int32Array(pattern.size);
    for (let j = 0; j < n; j++)
      for (let e = starts[j]!; e < starts[j + 1]!; e++) sources[e] = index(rows[e]!, j);
    return new ComplexByReal(pattern, sources, mass);
  },
  compressed: sparse,
  point: () => {
    throw new IntegratorError(
      "radauIIA5 and gauss4 factorise complex matrices: krylov goes with bdf, the Rosenbrock or the diagonally implicit methods",
      { code: "bad_solver" },
    );
  },
};

/** The factorisation of (re + i im) M - J that fits the storage of J. Apart from `realLu`: few methods need
 *  it. */
export function complexLu(system: System): ComplexLu {
  return factorisations[system.layout.storage](system);
}

function sparse(system: System): ComplexLu {
  const { n, layout, mass } = system;
  const { storage, eliminated, sources } = layout;
  const byReal = (): ComplexLu => new ComplexByReal(eliminated!, sources, mass);
  const careful = (): ComplexLu => (storage === "dense" ? new ComplexDenseLu(n) : byReal());
  if (mass !== undefined) return byReal();
  const fast = n > LISTED ? byReal() : new ComplexSparseLu(eliminated!, sources);
  return new GuardedComplexLu(fast, careful);
}
