import { directionStep, type FieldDerivatives, stateFloor, stateStep } from "./field-derivatives.ts";

/** Of a first derivative of the field, or of its change: df/dy in the system's storage, and df/dp. */
interface Matrices {
  readonly jac: Float64Array;
  readonly byParameter: Float64Array;
}

/** Part of |t| that t is moved by. */
export const TIME_STEP: number = 2 ** -17;

/** How df/dy and df/dp change along directions of y and in t: central differences of first derivatives. */
export class SecondDerivatives {
  readonly #derivatives: FieldDerivatives;
  readonly #n: number;
  readonly #shifted: Float64Array;
  readonly #direction: Float64Array;
  readonly #minus: Matrices;
  /** Along each unit vector, where there are fewer of these than directions. */
  readonly #units: readonly Matrices[];

  /** @param directions how many will be asked for at a state */
  constructor(derivatives: FieldDerivatives, directions: number) {
    const { n } = derivatives.system;
    this.#derivatives = derivatives;
    this.#n = n;
    this.#shifted = new Float64Array(n);
    this.#direction = new Float64Array(n);
    this.#minus = this.newMatrices();
    this.#units = Array.from({ length: n < directions ? n : 0 }, () => this.newMatrices());
  }

  newMatrices(): Matrices {
    const { system } = this.#derivatives;
    return { jac: system.newJacobian(), byParameter: new Float64Array(system.n * system.p.length) };
  }

  /** What `along` needs at (t, y). */
  prepare(t: number, y: Float64Array): void {
    const direction = this.#direction.fill(0);
    const floor = stateFloor(y);
    this.#units.forEach((out, j) => {
      direction[j] = 1;
      this.#difference(t, y, direction, stateStep(y[j]!, floor), out);
      direction[j] = 0;
    });
  }

  /** The change along u, at the (t, y) that was prepared. */
  along(t: number, y: Float64Array, u: Float64Array, out: Matrices): void {
    if (this.#units.length === 0) {
      const step = directionStep(y, u);
      if (step !== 0) {
        this.#difference(t, y, u, step, out);
        return;
      }
    }
    out.jac.fill(0);
    out.byParameter.fill(0);
    for (let j = 0; j < this.#units.length; j++) {
      addMultiple(out.jac, u[j]!, this.#units[j]!.jac);
      addMultiple(out.byParameter, u[j]!, this.#units[j]!.byParameter);
    }
  }

  inTime(t: number, h: number, y: Float64Array, out: Matrices): void {
    const step = TIME_STEP * Math.max(Math.abs(t), Math.abs(h));
    this.#evaluate(t + step, y, out);
    this.#evaluate(t - step, y, this.#minus);
    this.#subtract(out, step);
  }

  #difference(t: number, y: Float64Array, u: Float64Array, step: number, out: Matrices): void {
    const shifted = this.#shifted;
    for (let i = 0; i < this.#n; i++) shifted[i] = y[i]! + step * u[i]!;
    this.#evaluate(t, shifted, out);
    for (let i = 0; i < this.#n; i++) shifted[i] = y[i]! - step * u[i]!;
    this.#evaluate(t, shifted, this.#minus);
    this.#subtract(out, step);
  }

  #evaluate(t: number, y: Float64Array, out: Matrices): void {
    this.#derivatives.jacobian(t, y, out.jac);
    this.#derivatives.parameterJacobian(t, y, out.byParameter);
  }

  #subtract(out: Matrices, step: number): void {
    const scale = 0.5 / step;
    const { jac, byParameter } = this.#minus;
    for (let e = 0; e < jac.length; e++) out.jac[e] = (out.jac[e]! - jac[e]!) * scale;
    for (let e = 0; e < byParameter.length; e++) {
      out.byParameter[e] = (out.byParameter[e]! - byParameter[e]!) * scale;
    }
  }
}

function addMultiple(out: Float64Array, factor: number, v: Float64Array): void {
  for (let e = 0; e < out.length; e++) out[e] = out[e]! + factor * v[e]!;
}
