import type { Storage } from "../jacobian/layout.ts";
import type { System } from "../system.ts";
import { BandedLu } from "./banded-lu.ts";
import { DenseLu } from "./dense-lu.ts";
import type { RealLu } from "./factorisation.ts";
import { FrontalLu } from "./frontal-lu.ts";
import { GuardedLu } from "./guarded-lu.ts";
import { KrylovSolver } from "./krylov-solver.ts";
import { MassLu } from "./mass-lu.ts";
import { PivotingLu } from "./pivoting-lu.ts";

/** What solves with shift M - J, by how J is stored. */
const solvers: Readonly<Record<Storage, (system: System, accuracy: number) => RealLu>> = {
  dense: withMass((system) =>
    system.layout.eliminated === undefined ? new DenseLu(system.n) : sparseLu(system),
  ),
  banded: withMass(({ n, layout }) => new BandedLu(n, layout.band!)),
  compressed: withMass(sparseLu),
  point: (system, accuracy) => new KrylovSolver(system, accuracy),
};

/** The solver of (shift M - J) x = b that fits the storage of J.
 *  @param accuracy an iterative one stops there, in the unit of the error weights */
export function realLu(system: System, accuracy: number): RealLu {
  return solvers[system.layout.storage](system, accuracy);
}

function withMass(make: (system: System) => RealLu): (system: System) => RealLu {
  return (system) => {
    const lu = make(system);
    return system.mass === undefined ? lu : new MassLu(lu, system.layout, system.mass);
  };
}

function sparseLu({ n, layout }: System): RealLu {
  const { storage, eliminated, sources } = layout;
  const pattern = eliminated!;
  const careful = () => (storage === "dense" ? new DenseLu(n) : new PivotingLu(pattern));
  return new GuardedLu(new FrontalLu(pattern, sources), careful);
}
