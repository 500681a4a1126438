import { IntegratorError } from "../errors.ts";
import type { JacobianLayout } from "../jacobian/layout.ts";
import { ComplexBandedLu } from "./complex-banded-lu.ts";
import { ComplexDenseLu } from "./complex-dense-lu.ts";
import { ComplexPentadiagonalLu } from "./complex-pentadiagonal-lu.ts";
import { ComplexSparseLu } from "./complex-sparse-lu.ts";
import type { ComplexLu } from "./factorisation.ts";
import type { MassMatrix } from "./mass-matrix.ts";
import { isPentadiagonal } from "./pentadiagonal.ts";
import { SparseLu } from "./sparse-lu.ts";

/** The factorisation of (re + i im) I - J that fits the storage of J. Apart from `realLu`: few methods need
 *  it. */
export function complexLu(n: number, { band, rows }: JacobianLayout, mass?: MassMatrix): ComplexLu {
  if (mass !== undefined) {
    if (band === undefined && rows === undefined) return new ComplexDenseLu(n, mass);
    throw new IntegratorError(
      "radauIIA5 with a mass matrix takes a dense Jacobian: use bdf or rodas5P with band or sparsity",
      {
        code: "bad_solver",
      },
    );
  }
  if (band !== undefined) {
    return isPentadiagonal(n, band) ? new ComplexPentadiagonalLu(n, band) : new ComplexBandedLu(n, band);
  }
  return rows !== undefined && SparseLu.pays(n, rows) ? new ComplexSparseLu(n, rows) : new ComplexDenseLu(n);
}
