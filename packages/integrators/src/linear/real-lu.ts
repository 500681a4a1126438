import type { JacobianLayout } from "../jacobian/layout.ts";
import { BandedLu } from "./banded-lu.ts";
import { DenseLu } from "./dense-lu.ts";
import type { RealLu } from "./factorisation.ts";
import { MassLu, type MassMatrix } from "./mass-matrix.ts";
import { isPentadiagonal } from "./pentadiagonal.ts";
import { PentadiagonalLu } from "./pentadiagonal-lu.ts";
import { SparseLu } from "./sparse-lu.ts";

/** The factorisation of shift I - J, or of shift M - J, that fits the storage of J. */
export function realLu(n: number, layout: JacobianLayout, mass?: MassMatrix): RealLu {
  return mass === undefined ? plainLu(n, layout) : new MassLu(plainLu(n, layout), layout, mass);
}

function plainLu(n: number, { band, rows }: JacobianLayout): RealLu {
  if (band !== undefined)
    return isPentadiagonal(n, band) ? new PentadiagonalLu(n, band) : new BandedLu(n, band);
  return rows !== undefined && SparseLu.pays(n, rows) ? new SparseLu(n, rows) : new DenseLu(n);
}
