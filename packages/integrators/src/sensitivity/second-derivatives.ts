import { timeIncrement } from "../derivatives/central-differences.ts";
import type { Matrix } from "../matrix/matrix.ts";
import type { FieldDerivatives } from "./field-derivatives.ts";

/** df/dy and df/dp, or their changes. */
interface Matrices {
  readonly jac: Matrix;
  readonly byParameter: Float64Array;
}

/** How df/dy and df/dp change along directions of y and in t: central differences of first derivatives. */
export class SecondDerivatives {
  readonly #derivatives: FieldDerivatives;
  readonly #n: number;
  readonly #shifted: Float64Array;
  readonly #minus: Matrices;

  constructor(derivatives: FieldDerivatives) {
    this.#derivatives = derivatives;
    this.#n = derivatives.system.n;
    this.#shifted = new Float64Array(this.#n);
    this.#minus = this.newMatrices();
  }

  newMatrices(): Matrices {
    const { system } = this.#derivatives;
    return { jac: system.newJacobian(), byParameter: new Float64Array(system.n * system.p.length) };
  }

  /** The change along u at (t, y); u is one over which f is smooth. */
  along(t: number, y: Float64Array, u: Float64Array, out: Matrices): void {
    const shifted = this.#shifted;
    const step = this.#derivatives.scales.along(y, u);
    for (let i = 0; i < this.#n; i++) shifted[i] = y[i]! + step * u[i]!;
    this.#evaluate(t, shifted, out);
    for (let i = 0; i < this.#n; i++) shifted[i] = y[i]! - step * u[i]!;
    this.#evaluate(t, shifted, this.#minus);
    this.#subtract(out, step);
  }

  inTime(t: number, h: number, y: Float64Array, out: Matrices): void {
    const step = timeIncrement(t, h);
    this.#evaluate(t + step, y, out);
    this.#evaluate(t - step, y, this.#minus);
    this.#subtract(out, step);
  }

  #evaluate(t: number, y: Float64Array, out: Matrices): void {
    this.#derivatives.jacobian(t, y, out.jac);
    this.#derivatives.parameterJacobian(t, y, out.byParameter);
  }

  #subtract(out: Matrices, step: number): void {
    // Along no direction nothing changes.
    const scale = step === 0 ? 0 : 0.5 / step;
    const { jac, byParameter } = this.#minus;
    const { values } = out.jac;
    for (let e = 0; e < values.length; e++) values[e] = (values[e]! - jac.values[e]!) * scale;
    for (let e = 0; e < byParameter.length; e++) {
      out.byParameter[e] = (out.byParameter[e]! - byParameter[e]!) * scale;
    }
  }
}
