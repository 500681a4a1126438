import { IntegratorError } from "../errors.ts";
import type { System } from "../system.ts";
import { ComplexByReal } from "./complex-by-real.ts";
import type { ComplexLu } from "./factorisation.ts";

/** The factorisation of (re + i im) M - J that fits the storage of J. Apart from `realLu`: few methods need
 *  it. */
export function complexLu({ n, layout, mass }: System): ComplexLu {
  if (layout.storage === "point") {
    throw new IntegratorError(
      "radauIIA5 and gauss4 factorise complex matrices: krylov goes with bdf, the Rosenbrock or the diagonally implicit methods",
      { code: "bad_solver" },
    );
  }
  return new ComplexByReal(n, layout, mass);
}
