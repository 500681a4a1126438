import { timeIncrement } from "../derivatives/central-differences.ts";
import { DirectSolver } from "../direct/direct-solver.ts";
import type { RosenbrockStepper } from "../steppers/rosenbrock.ts";
import { combine, stageArrays } from "../steppers/stage-sums.ts";
import type { Stepper } from "../steppers/stepper.ts";
import type { System } from "../system.ts";
import type { RosenbrockTableau } from "../tableau/rosenbrock.ts";
import { DifferentiableStep, type RecordedStep } from "./differentiable-step.ts";
import { addTangentSlopes, type Tangents, tangentWork } from "./tangents.ts";

/** Derivatives of Rosenbrock steps. The method contains J(t, y) and df/dt, so its derivative contains
 *  second derivatives of f. They are the derivatives of v^T J u and v^T df/dt, by central differences
 *  of first derivatives. Give the problem a `pullback` or a `jacobian`, or these become differences of
 *  differences (good to about 1e-5 of a term that is small with the step). */
export class RosenbrockStep extends DifferentiableStep<RosenbrockStepper> {
  readonly #tableau: RosenbrockTableau;
  /** Of transposed systems. */
  #solver: DirectSolver | undefined;
  #tangents: ReturnType<typeof tangentArrays> | undefined;
  /** The stepper that took the last step that was read. It holds the factorisation of this step. */
  #source: RosenbrockStepper;

  constructor(
    stepper: RosenbrockStepper,
    tableau: RosenbrockTableau,
    weightsOf: (y: Float64Array) => Float64Array,
  ) {
    super(stepper, 1 + tableau.m.length, weightsOf);
    this.#tableau = tableau;
    this.#source = stepper;
  }

  protected readStates(stepper: Stepper, _h: number, out: readonly Float64Array[]): void {
    this.#source = stepper as RosenbrockStepper;
    [this.#source.y, ...this.#source.u].forEach((each, i) => {
      out[i]!.set(each);
    });
  }

  /** y + sum_j a_ij u_j. */
  #argument([y, ...u]: readonly Float64Array[], i: number): Float64Array {
    const row = this.#tableau.a[i]!;
    return y!.map((x, m) => {
      let sum = x;
      for (let j = 0; j < i; j++) sum += (row[j] ?? 0) * u[j]![m]!;
      return sum;
    });
  }

  #factor(t: number, h: number, y: Float64Array): DirectSolver {
    const jac = this.derivatives.jacobian(t, y);
    this.#solver ??= new DirectSolver(jac, undefined);
    this.derivatives.system.stats.factorisations++;
    this.#solver.factor(1 / (h * this.#tableau.gamma));
    return this.#solver;
  }

  pullback({ t, h, states }: RecordedStep, lambda: Float64Array, gradP: Float64Array): void {
    const n = this.n;
    const { a, c, m, d, alpha } = this.#tableau;
    const { derivatives } = this;
    const y = states[0]!;
    const s = m.length;
    const solver = this.#factor(t, h, y);
    const v: Float64Array[] = [];
    const argumentCotangents: Float64Array[] = [];
    const timeCotangent = new Float64Array(n);
    for (let i = s - 1; i >= 0; i--) {
      const vi = new Float64Array(n);
      for (let q = 0; q < n; q++) {
        let sum = m[i]! * lambda[q]!;
        for (let j = i + 1; j < s; j++) {
          sum += (a[j]![i] ?? 0) * argumentCotangents[j]![q]! + ((c[j]![i] ?? 0) / h) * v[j]![q]!;
        }
        vi[q] = sum;
      }
      solver.solveTransposed(vi);
      derivatives.system.stats.solves++;
      const back = new Float64Array(n);
      derivatives.pullback(t + alpha[i]! * h, this.#argument(states, i), vi, back, gradP);
      v[i] = vi;
      argumentCotangents[i] = back;
      for (let q = 0; q < n; q++) timeCotangent[q] = timeCotangent[q]! + h * d[i]! * vi[q]!;
    }
    for (let i = 0; i < s; i++) {
      for (let q = 0; q < n; q++) lambda[q] = lambda[q]! + argumentCotangents[i]![q]!;
      // The gradient of v^T J(y, p) u.
      const way = states[i + 1]!;
      this.#addChange(v[i]!, derivatives.scales.along(y, way), along(t, y, way), lambda, gradP);
    }
    if (derivatives.system.problem.autonomous) return;
    // The gradient of w^T df/dt.
    this.#addChange(timeCotangent, timeIncrement(t, h), (e) => [t + e, y], lambda, gradP);
  }

  /** The derivative of the pullback of v along a way, `at(e)` being e along it. */
  #addChange(
    v: Float64Array,
    step: number,
    at: (e: number) => readonly [t: number, y: Float64Array],
    gradY: Float64Array,
    gradP: Float64Array,
  ): void {
    if (step === 0) return;
    for (const e of [step, -step]) {
      this.derivatives.pullback(
        ...at(e),
        v.map((x) => (0.5 * x) / e),
        gradY,
        gradP,
      );
    }
  }

  pushforward({ t, h, states }: RecordedStep, tangents: Tangents): void {
    const { alpha, d } = this.#tableau;
    const { derivatives } = this;
    const { system } = derivatives;
    const s = alpha.length;
    this.#tangents ??= tangentArrays(system, tangents, s);
    const work = this.#tangents;
    const { change, jac, time } = work;
    const { argument, all, blocks } = work.blocks;
    const { a, c, m } = this.stepper.coefficients;
    const y = states[0]!;
    const inverse = 1 / h;
    if (time !== undefined) {
      this.#change(timeIncrement(t, h), (e) => [t + e, y], work);
      time.all.fill(0);
      addTangentSlopes(change.jac, change.byParameter, tangents, tangents, time);
    }
    for (let i = 0; i < s; i++) {
      const block = blocks[i]!;
      const hd = h * d[i]!;
      combine(argument.all, tangents.all, 1, a[i]!, all);
      combine(block.all, work.zero, inverse, c[i]!, all);
      if (time !== undefined) for (let q = 0; q < time.all.length; q++) block.all[q]! += hd * time.all[q]!;
      const at = this.#argument(states, i);
      const ti = t + alpha[i]! * h;
      derivatives.jacobian(ti, at, jac);
      addTangentSlopes(jac, derivatives.parameterJacobian(ti, at), tangents, argument, block);
      // The change of J u_i along (dy, dp) is the change of J dy + df/dp dp along u_i.
      this.#change(derivatives.scales.along(y, states[i + 1]!), along(t, y, states[i + 1]!), work);
      addTangentSlopes(change.jac, change.byParameter, tangents, tangents, block);
      for (const slope of block.each) this.#source.lu.solve(slope);
      system.stats.solves += block.each.length;
    }
    combine(tangents.all, tangents.all, 1, m, all);
  }

  /** How df/dy and df/dp change along a way, `at(e)` being e along it: by central differences. */
  #change(
    step: number,
    at: (e: number) => readonly [t: number, y: Float64Array],
    { change, minus }: ReturnType<typeof tangentArrays>,
  ): void {
    const { derivatives } = this;
    for (const [e, { jac, byParameter }] of [
      [step, change],
      [-step, minus],
    ] as const) {
      const [t, y] = at(e);
      derivatives.jacobian(t, y, jac);
      derivatives.parameterJacobian(t, y, byParameter);
    }
    // Along no direction nothing changes.
    const scale = step === 0 ? 0 : 0.5 / step;
    for (const [plus, other] of [
      [change.jac.values, minus.jac.values],
      [change.byParameter, minus.byParameter],
    ] as const) {
      for (let e = 0; e < plus.length; e++) plus[e] = (plus[e]! - other[e]!) * scale;
    }
  }
}

/** The points at (t, y + e u). */
function along(t: number, y: Float64Array, u: Float64Array) {
  const state = new Float64Array(y.length);
  return (e: number) => {
    for (let q = 0; q < y.length; q++) state[q] = y[q]! + e * u[q]!;
    return [t, state] as const;
  };
}

/** Arrays that a step's tangents need. */
function tangentArrays(system: System, tangents: Tangents, stages: number) {
  const { n, p, problem } = system;
  const matrices = () => ({ jac: system.newJacobian(), byParameter: new Float64Array(n * p.length) });
  return {
    blocks: tangentWork(tangents, n, stages),
    change: matrices(),
    minus: matrices(),
    jac: system.newJacobian(),
    zero: new Float64Array(tangents.all.length),
    /** The changes of df/dt, where there are any. */
    time: problem.autonomous ? undefined : stageArrays(tangents.each.length, n),
  };
}
