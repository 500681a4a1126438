import { bandOf } from "../jacobian/colouring.ts";
import { bandPays, type JacobianLayout, type Storage } from "../jacobian/layout.ts";
import type { System } from "../system.ts";
import { WORTH_CONDENSING } from "./condensation.ts";
import { CondensedLu } from "./condensed-lu.ts";
import { DenseLu } from "./dense-lu.ts";
import type { RealLu } from "./factorisation.ts";
import { FrontalLu } from "./frontal-lu.ts";
import { bandLu, GatheredBandLu } from "./gathered-band-lu.ts";
import { GuardedLu } from "./guarded-lu.ts";
import { KrylovSolver } from "./krylov-solver.ts";
import { MassLu } from "./mass-lu.ts";
import { PivotingLu } from "./pivoting-lu.ts";
import { SparseLu } from "./sparse-lu.ts";
import { LISTED } from "./sparse-table.ts";

/** What solves with shift M - J, by how J is stored. */
const solvers: Readonly<Record<Storage, (system: System, accuracy: number) => RealLu>> = {
  dense: withMass((system) => (system.layout.eliminated === undefined ? denseLu(system) : sparseLu(system))),
  banded: withMass(({ n, layout }) => bandLu(n, layout.band!)),
  compressed: withMass(sparseLu),
  point: (system, accuracy) => new KrylovSolver(system, accuracy),
};

/** The solver of (shift M - J) x = b that fits the storage of J.
 *  @param accuracy an iterative one stops there, in the unit of the error weights */
export function realLu(system: System, accuracy: number): RealLu {
  return solvers[system.layout.storage](system, accuracy);
}

function denseLu({ n, mass }: System): RealLu {
  return mass === undefined && n >= WORTH_CONDENSING ? new CondensedLu(n) : new DenseLu(n);
}

function withMass(make: (system: System) => RealLu): (system: System) => RealLu {
  return (system) => {
    const lu = make(system);
    return system.mass === undefined ? lu : new MassLu(lu, system.layout, system.mass);
  };
}

function sparseLu(system: System): RealLu {
  const { n, layout } = system;
  const { storage, eliminated } = layout;
  const pattern = eliminated!;
  const careful = () => (storage === "dense" ? new DenseLu(n) : new PivotingLu(pattern));
  return new GuardedLu(fastLu(layout), careful);
}

function fastLu({ storage, eliminated, sources }: JacobianLayout): RealLu {
  const pattern = eliminated!;
  const band = bandOf(pattern);
  // A band that is stored as one has not come here.
  if (storage === "dense" && bandPays(pattern, band)) return new GatheredBandLu(pattern, band, sources);
  return pattern.n <= LISTED ? new SparseLu(pattern, sources) : new FrontalLu(pattern, sources);
}
