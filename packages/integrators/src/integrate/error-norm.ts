import type { Tolerances } from "../derivatives/central-differences.ts";
import type { Stepper } from "../steppers/stepper.ts";

/** A weight that can be divided by; NaN stays. `Math.max` takes longer. */
function atLeast(x: number): number {
  if (x < 1e-300) return 1e-300;
  return x;
}

/** Error weights at y: atol_i + rtol |y_i|. */
export function errorWeights({ rtol, atol }: Tolerances, y: Float64Array, out: Float64Array): void {
  for (let i = 0; i < y.length; i++) out[i] = atLeast(atol[i]! + rtol * Math.abs(y[i]!));
}

/** The error of an attempted step in the unit of the tolerances, which look at both ends of it. */
export class ErrorNorm {
  /** The largest component in the last attempt. */
  size = 0;
  readonly #tolerances: Tolerances;

  constructor(tolerances: Tolerances) {
    this.#tolerances = tolerances;
  }

  of({ error, y, yNew }: Stepper): number {
    const { atol, rtol } = this.#tolerances;
    const n = y.length;
    let sum = 0;
    let largest = 0;
    for (let i = 0; i < n; i++) {
      const before = Math.abs(y[i]!);
      let size = Math.abs(yNew[i]!);
      if (before > size) size = before;
      if (size > largest) largest = size;
      const r = error[i]! / atLeast(atol[i]! + rtol * size);
      sum += r * r;
    }
    this.size = largest;
    return Math.sqrt(sum / n);
  }
}
