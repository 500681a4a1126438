import {
  CentralDifferences,
  type Increments,
  Scales,
  timeDifference,
} from "../derivatives/central-differences.ts";
import { misuse } from "../errors.ts";
import type { EventWatch } from "../integrate/events.ts";
import { confine } from "../integrate/jumps.ts";
import type { EventSpec } from "../integrate/solve-options.ts";
import type { VectorFunction } from "../jacobian/differences.ts";
import { type NamedParameters, named } from "../named-parameters.ts";
import type { System } from "../system.ts";
import { type PreparedRun, weightsFor } from "./prepared-run.ts";
import type { Tangents } from "./tangents.ts";

/** An event that ended the run or acted, and how its time depends on the directions: the derivatives are of
 *  the exact flow, to the accuracy of the solution. */
export interface EventGradient {
  /** Which of the given events, and its name where it has one. */
  readonly index: number;
  readonly name: string | undefined;
  readonly t: number;
  /** dt / dy0_j [n] and dt / dp_k [p.length]. */
  readonly y0: Float64Array;
  readonly parameters: Float64Array;
  /** The derivatives of the state at the event before its action, dy_i / dy0_j [n, n] and dy_i / dp_k [n,
   *  p.length]. The time of the event moves too. */
  readonly stateByY0: Float64Array;
  readonly stateByParameters: Float64Array;
}

/** Moves tangents across events. With g(t, y, p) = 0 and S the tangents at a fixed time,
 *    dt = -(g_y S + g_p) / (g_y f + g_t),
 *  and after an action y+ = a(t, y, p) the tangents are a_y (S + f dt) + a_t dt + a_p - f+ dt (the saltation
 *  matrix). g and a are differenced. @see Hiskens and Pai, Trajectory sensitivity analysis of hybrid systems,
 *  2000 */
export class EventTangents {
  readonly found: EventGradient[] = [];
  readonly #run: PreparedRun;
  readonly #watch: EventWatch;
  readonly #tangents: Tangents;
  readonly #states: boolean;
  readonly #weights: (y: Float64Array) => Float64Array;
  /** The time's derivative in every direction, and that of the state that was met there. */
  readonly #times: Float64Array;
  readonly #met: Float64Array[];
  readonly #state: Float64Array;
  readonly #slope: Float64Array;
  /** The step size at the event. */
  #h = 0;
  readonly #parameters: Float64Array;

  constructor(run: PreparedRun, watch: EventWatch, tangents: Tangents, states: boolean) {
    const { n } = run.system;
    this.#run = run;
    this.#watch = watch;
    this.#tangents = tangents;
    this.#states = states;
    this.#weights = weightsFor(run.plan);
    this.#times = new Float64Array(tangents.each.length);
    this.#met = tangents.each.map(() => new Float64Array(n));
    this.#state = new Float64Array(n);
    this.#slope = new Float64Array(n);
    this.#parameters = run.system.p.slice();
  }

  /** The tangents are at the event's time: how does it move with them? False where the event is touched and
   *  not crossed: its time is then uncertain by the step h. */
  meet(t: number, y: Float64Array, h: number): boolean {
    const { system, plan } = this.#run;
    const index = this.#watch.met[0]!;
    const event = plan.events[index]!;
    const { each, parameter } = this.#tangents;
    confine(system, plan.jumps, t, -plan.direction);
    system.f(t, y, this.#slope);
    const value: HybridFunction = (time, state, p, out) => {
      out[0] = event.value(time, state, p);
    };
    const by = differences(value, 1, t, y, h, system);
    const byTime = by.t[0]!;
    const byState = Float64Array.from(by.y, (column) => column[0]!);
    const rate = byState.reduce((sum, x, i) => sum + x * this.#slope[i]!, byTime);
    const weights = this.#weights(y);
    const uncertain = byState.reduce((sum, x, i) => sum + Math.abs(x) * weights[i]!, 0);
    each.forEach((tangent, d) => {
      const k = parameter[d]!;
      let sum = k < 0 ? 0 : by.p[k]![0]!;
      for (let i = 0; i < y.length; i++) sum += byState[i]! * tangent[i]!;
      const time = -sum / rate;
      this.#times[d] = time;
      this.#met[d]!.set(tangent.map((x, i) => x + this.#slope[i]! * time));
    });
    this.#state.set(y);
    this.#h = h;
    this.#record(index, event, t);
    return Math.abs(rate * h) > uncertain;
  }

  /** An action that changes the parameters too: their tangents are not followed. */
  #requireParameters(t: number): void {
    const { system, plan } = this.#run;
    const k = system.p.findIndex((x, i) => x !== this.#parameters[i]);
    if (k < 0) return;
    const index = this.#watch.met.find((i) => plan.events[i]!.action !== undefined);
    throw misuse(
      "bad_event",
      `events[${index}].action changes parameters[${k}] at t = ${t}; forward sensitivities only follow ` +
        "the state, so make it an unknown whose derivative is 0",
    );
  }

  /** The state has become `after`: so do the tangents. False where several acted at once: which was first
   *  depends on the direction. */
  act(t: number, after: Float64Array): boolean {
    const { system, plan } = this.#run;
    this.#requireParameters(t);
    const acting = this.#watch.met.filter((index) => plan.events[index]!.action !== undefined);
    const action: HybridFunction = (time, state, p, out) => {
      out.set(state);
      for (const index of acting) plan.events[index]!.action!(time, out, p);
    };
    const by = differences(action, after.length, t, this.#state, this.#h, system);
    confine(system, plan.jumps, t, plan.direction);
    system.f(t, after, this.#slope);
    this.#tangents.each.forEach((tangent, d) => {
      const k = this.#tangents.parameter[d]!;
      const time = this.#times[d]!;
      const met = this.#met[d]!;
      const own = k < 0 ? undefined : by.p[k];
      for (let i = 0; i < tangent.length; i++) {
        let sum = (by.t[i]! - this.#slope[i]!) * time + (own?.[i] ?? 0);
        for (let j = 0; j < met.length; j++) sum += by.y[j]![i]! * met[j]!;
        tangent[i] = sum;
      }
    });
    return acting.length < 2;
  }

  #record(index: number, { name }: EventSpec, t: number): void {
    const n = this.#state.length;
    const first = this.#states ? n : 0;
    const count = this.#met.length - first;
    const matrix = (from: number, width: number) =>
      Float64Array.from(
        { length: n * width },
        (_, e) => this.#met[from + (e % width)]![Math.floor(e / width)]!,
      );
    this.found.push({
      index,
      name,
      t,
      y0: this.#times.slice(0, first),
      parameters: this.#times.slice(first),
      stateByY0: matrix(0, first),
      stateByParameters: matrix(first, count),
    });
  }
}

/** A function of (t, y, p), with values of its own in `out`. */
type HybridFunction = (t: number, y: Float64Array, p: NamedParameters, out: Float64Array) => void;

/** Its derivatives by t, by the unknowns and by the parameters: columns. */
interface Columns {
  readonly t: Float64Array;
  readonly y: readonly Float64Array[];
  readonly p: readonly Float64Array[];
}

/** @param h what the function varies over in time */
function differences(
  of: HybridFunction,
  outputs: number,
  t: number,
  y: Float64Array,
  h: number,
  { p, problem, tolerances }: System,
): Columns {
  const scales = new Scales(problem, tolerances);
  const by = (f: VectorFunction, x: Float64Array, increments: Increments) => {
    const columns = Array.from(x, () => new Float64Array(outputs));
    new CentralDifferences(x.length, outputs).each(f, x, increments, (j, plus, minus, distance) => {
      for (let i = 0; i < outputs; i++) columns[j]![i] = (plus[i]! - minus[i]!) / distance;
    });
    return columns;
  };
  const copy = (x: Float64Array) => named(x.slice(), problem.parameterNames);
  // Actions write into what they are given.
  return {
    t: timeDifference((time, out) => of(time, y.slice(), copy(p), out), t, h, outputs),
    y: by((x, out) => of(t, x.slice(), copy(p), out), y, scales.ofState(y)),
    p: by((x, out) => of(t, y.slice(), copy(x), out), p, scales.ofParameters(p)),
  };
}
