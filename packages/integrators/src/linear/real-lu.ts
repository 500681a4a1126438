import type { JacobianLayout, Storage } from "../jacobian/layout.ts";
import type { System } from "../system.ts";
import { BandedLu } from "./banded-lu.ts";
import { DenseLu } from "./dense-lu.ts";
import type { RealLu } from "./factorisation.ts";
import { FrontalLu } from "./frontal-lu.ts";
import { GuardedLu } from "./guarded-lu.ts";
import { KrylovSolver } from "./krylov-solver.ts";
import { MassLu } from "./mass-lu.ts";
import { isPentadiagonal } from "./pentadiagonal.ts";
import { PentadiagonalLu } from "./pentadiagonal-lu.ts";
import { PivotingLu } from "./pivoting-lu.ts";
import { SparseLu } from "./sparse-lu.ts";
import { LISTED } from "./sparse-table.ts";

/** What solves with shift M - J, by how J is stored. */
const solvers: Readonly<Record<Storage, (system: System, accuracy: number) => RealLu>> = {
  dense: withMass((n, layout) => (layout.eliminated === undefined ? new DenseLu(n) : sparseLu(n, layout))),
  banded: withMass((n, { band }) =>
    isPentadiagonal(n, band!) ? new PentadiagonalLu(n, band!) : new BandedLu(n, band!),
  ),
  compressed: withMass(sparseLu),
  point: (system, accuracy) => new KrylovSolver(system, accuracy),
};

/** The solver of (shift M - J) x = b that fits the storage of J.
 *  @param accuracy an iterative one stops there, in the unit of the error weights */
export function realLu(system: System, accuracy: number): RealLu {
  return solvers[system.layout.storage](system, accuracy);
}

function withMass(make: (n: number, layout: JacobianLayout) => RealLu): (system: System) => RealLu {
  return ({ n, layout, mass }) => {
    const lu = make(n, layout);
    return mass === undefined ? lu : new MassLu(lu, layout, mass);
  };
}

function sparseLu(n: number, { storage, eliminated, sources }: JacobianLayout): RealLu {
  const pattern = eliminated!;
  const fast = n <= LISTED ? new SparseLu(pattern, sources) : new FrontalLu(pattern, sources);
  return new GuardedLu(fast, () => (storage === "dense" ? new DenseLu(n) : new PivotingLu(pattern)));
}
