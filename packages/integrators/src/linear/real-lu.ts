import type { JacobianLayout } from "../jacobian/layout.ts";
import { BandedLu } from "./banded-lu.ts";
import { DenseLu } from "./dense-lu.ts";
import type { RealLu } from "./factorisation.ts";
import { isPentadiagonal } from "./pentadiagonal.ts";
import { PentadiagonalLu } from "./pentadiagonal-lu.ts";
import { SparseLu } from "./sparse-lu.ts";

/** The factorisation of shift I - J that fits the storage of J. */
export function realLu(n: number, { band, rows }: JacobianLayout): RealLu {
  if (band !== undefined)
    return isPentadiagonal(n, band) ? new PentadiagonalLu(n, band) : new BandedLu(n, band);
  return rows !== undefined && SparseLu.pays(n, rows) ? new SparseLu(n, rows) : new DenseLu(n);
}
