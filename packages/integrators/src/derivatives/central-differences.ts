import { misuse } from "../errors.ts";
import type { VectorFunction } from "../jacobian/differences.ts";
import type { JacobianForm } from "../jacobian/form.ts";
import type { SparsePattern } from "../matrix/pattern.ts";
import type { OdeProblem } from "../problem.ts";
import { largest } from "../vectors.ts";

/** eps^(1/3): central differences at this part of a scale are good to about 1e-10. */
const CENTRAL = 2 ** -17;
/** The part of a step's own increments that serves as well: first derivatives may be differences themselves,
 *  and then have errors of 1e-10. */
export const SMOOTH: number = 2 ** -11;
/** Quotients at two increments that differ by more than this part contradict each other. */
const AGREEMENT = 1e-3;
/** Rounding of a function is estimated by so many units in the last place. */
const ROUNDING = 1e3 * Number.EPSILON;

/** Tolerances tell how small a component may be and still matter. */
export interface Tolerances {
  readonly rtol: number;
  readonly atol: ArrayLike<number>;
}

/** Increments move every component of a vector by a small but resolved amount. A component that is far below
 *  its scale but not negligible also has an increment of its own size. The larger one counts if both
 *  agree. */
export interface Increments {
  readonly large: Float64Array;
  readonly small: Float64Array;
}

/** Chooses increments for differences. The scale of an unknown is its size, but at least the problem's
 *  `scales`. Without `scales` it is at least atol / rtol, where the tolerance becomes absolute, or 1e-3 of
 *  the largest unknown if that is less. The scale of a parameter is its size, or its `scales`, or 1 for a
 *  parameter at 0. */
export class Scales {
  readonly #state: Float64Array | undefined;
  readonly #parameters: Float64Array | undefined;
  readonly #tolerances: Tolerances | undefined;

  constructor({ scales, y0, parameters }: OdeProblem, tolerances: Tolerances | undefined) {
    this.#state = scaleOf(scales?.y, y0.length, "y");
    this.#parameters = scaleOf(scales?.parameters, parameters?.length ?? 0, "parameters");
    this.#tolerances = tolerances;
  }

  /** The least size of component j of a state that counts. */
  floor(j: number, size: number): number {
    if (this.#state !== undefined) return this.#state[j]!;
    const { rtol = 0, atol = [] } = this.#tolerances ?? {};
    const ratio = (atol[j] ?? 0) / rtol;
    const part = 1e-3 * size || 1;
    return ratio > 0 && ratio < part ? ratio : part;
  }

  ofState(y: Float64Array): Increments {
    const size = largest(y);
    const large = y.map((x, j) => CENTRAL * Math.max(Math.abs(x), this.floor(j, size)));
    if (this.#state !== undefined) return { large, small: large };
    const small = y.map((x, j) =>
      Math.abs(x) > (this.#tolerances?.atol[j] ?? 0) ? CENTRAL * Math.abs(x) : large[j]!,
    );
    return { large, small };
  }

  ofParameters(p: Float64Array): Increments {
    const scale = this.#parameters;
    const large = p.map((x, k) => CENTRAL * (scale ? Math.max(Math.abs(x), scale[k]!) : Math.abs(x) || 1));
    return { large, small: large };
  }

  /** A step e such that y +- e u is a small but resolved change of y; u is one over which f is smooth. */
  along(y: Float64Array, u: Float64Array): number {
    const size = largest(y);
    let part = 0;
    for (let j = 0; j < u.length; j++) {
      part = Math.max(part, Math.abs(u[j]!) / Math.max(Math.abs(y[j]!), this.floor(j, size)));
    }
    return part === 0 ? 0 : Math.max(SMOOTH, CENTRAL / part);
  }
}

function scaleOf(given: number | ArrayLike<number> | undefined, n: number, name: string) {
  if (given === undefined) return undefined;
  const values = typeof given === "number" ? new Float64Array(n).fill(given) : Float64Array.from(given);
  if (values.length !== n || values.some((x) => !(x > 0 && x < Number.POSITIVE_INFINITY))) {
    throw misuse("bad_option", `scales.${name} is [${values}], expected a positive number, or ${n} of them`);
  }
  return values;
}

/** An increment of t for central differences, of a function that varies over `h`: its error and that of the
 *  rounding of t are balanced. */
export function timeIncrement(t: number, h: number, part: number = CENTRAL): number {
  const length = Math.abs(h) || Math.abs(t) || 1;
  return part * length * Math.cbrt(Math.max(1, Math.abs(t) / length));
}

/** df/dt of a function that varies over `h`. */
export function timeDifference(
  f: (t: number, out: Float64Array) => void,
  t: number,
  h: number,
  outputs: number,
): Float64Array {
  const step = timeIncrement(t, h);
  const [plus, minus] = [new Float64Array(outputs), new Float64Array(outputs)];
  f(t + step, plus);
  f(t - step, minus);
  return plus.map((x, i) => (x - minus[i]!) / (t + step - (t - step)));
}

/** A side of a component, and its function values. */
type Sides = readonly [plus: Float64Array, minus: Float64Array, distance: number];

/** Central differences of a function by every component of x. `take` gets the function's values on both
 *  sides of component j, and the distance between the sides. Components of a group are moved at once, and
 *  only the declared entries of each are looked at. */
export class CentralDifferences {
  readonly #shifted: Float64Array;
  readonly #values: readonly Float64Array[];

  constructor(inputs: number, outputs: number) {
    this.#shifted = new Float64Array(inputs);
    this.#values = Array.from({ length: 4 }, () => new Float64Array(outputs));
  }

  each(
    f: VectorFunction,
    x: Float64Array,
    { large, small }: Increments,
    take: (j: number, ...sides: Sides) => void,
    { groups, declared }: Partial<Pick<JacobianForm, "groups" | "declared">> = {},
  ): void {
    const [plus, minus, nearPlus, nearMinus] = this.#values;
    for (let g = 0; g < (groups?.length ?? x.length); g++) {
      const group = groups?.[g] ?? [g];
      this.#evaluate(f, x, group, large, 1, plus!);
      this.#evaluate(f, x, group, large, -1, minus!);
      if (group.some((j) => small[j]! < large[j]!)) {
        this.#evaluate(f, x, group, small, 1, nearPlus!);
        this.#evaluate(f, x, group, small, -1, nearMinus!);
      }
      for (const j of group) {
        const far: Sides = [plus!, minus!, 2 * large[j]!];
        const near: Sides = [nearPlus!, nearMinus!, 2 * small[j]!];
        const one = small[j] === large[j] || agree(far, near, j, declared);
        take(j, ...(one ? far : near));
      }
    }
  }

  #evaluate(
    f: VectorFunction,
    x: Float64Array,
    group: readonly number[],
    steps: Float64Array,
    sign: number,
    out: Float64Array,
  ): void {
    const shifted = this.#shifted;
    shifted.set(x);
    for (const j of group) shifted[j] = x[j]! + sign * steps[j]!;
    f(shifted, out);
  }
}

/** Whether two quotients are the same but for rounding. */
function agree(far: Sides, near: Sides, j: number, pattern: SparsePattern | undefined): boolean {
  const last = pattern?.starts[j + 1] ?? far[0].length;
  for (let e = pattern?.starts[j] ?? 0; e < last; e++) {
    const i = pattern?.rows[e] ?? e;
    const a = (far[0][i]! - far[1][i]!) / far[2];
    const b = (near[0][i]! - near[1][i]!) / near[2];
    const rounding = (ROUNDING * Math.max(Math.abs(near[0][i]!), Math.abs(near[1][i]!))) / near[2];
    if (!(Math.abs(a - b) <= AGREEMENT * Math.max(Math.abs(a), Math.abs(b)) + rounding)) return false;
  }
  return true;
}
