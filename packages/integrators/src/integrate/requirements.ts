import { describe, misuse } from "../errors.ts";
import { requireKnownFields, requireKnownOptions, solverCalled } from "../known-names.ts";
import type { OdeProblem } from "../problem.ts";
import type { Solver } from "../solvers/solver.ts";
import {
  type Bounds,
  type EventFunction,
  type EventSpec,
  type SolveOptions,
  solveOptionNames,
} from "./solve-options.ts";

function refuse(name: string, value: unknown, expected: string, code: string): never {
  throw misuse(code, `${name} is ${describe(value)}, expected ${expected}`);
}

export function requirePositive(value: number | undefined, name: string): number | undefined {
  if (value !== undefined && !(typeof value === "number" && value > 0)) {
    refuse(name, value, "a positive number", "bad_option");
  }
  return value;
}

export function requireSolver(solver: unknown): asserts solver is Solver {
  if (typeof (solver as Solver | null)?.createStepper === "function") return;
  if (typeof solver === "string") {
    const meant = `${solverCalled(solver) ?? "a solver such as rodas5P"}, imported from the package`;
    refuse("solver", solver, meant, "bad_solver");
  }
  if (typeof solver === "function") {
    refuse("solver", solver, "a solver: call the function, as in solver: auto()", "bad_solver");
  }
  refuse("solver", solver, "a solver such as auto() or rodas5P", "bad_solver");
}

export function requireIndex(index: OdeProblem["index"], n: number): void {
  if (index === undefined) return;
  if (index.length !== n) {
    throw misuse("shape_mismatch", `index has ${index.length} entries, expected ${n} (the unknowns)`);
  }
  for (let i = 0; i < n; i++) {
    if (index[i] === 1 || index[i] === 2 || index[i] === 3) continue;
    throw misuse("bad_option", `index[${i}] is ${index[i]}, expected 1, 2 or 3`);
  }
}

/** The number of unknowns. */
export function requireState(problem: OdeProblem): number {
  if (typeof problem !== "object" || problem === null) {
    refuse("the problem", problem, "an object { f, y0, tSpan }", "bad_problem");
  }
  requireKnownFields(problem, solveOptionNames);
  const { y0 } = problem;
  requireNumbers(y0, "y0");
  if (y0.length === 0) {
    throw misuse("empty_state", "y0 is empty, expected at least one unknown");
  }
  if (problem.parameters !== undefined) requireNumbers(problem.parameters, "parameters");
  for (const name of ["jacobian", "parameterJacobian", "timeDerivative", "pullback"] as const) {
    const callback = problem[name];
    if (callback !== undefined && typeof callback !== "function") {
      refuse(`problem.${name}`, callback, "a function", "bad_field");
    }
  }
  return y0.length;
}

export function requireSpan({ tSpan }: OdeProblem): readonly [number, number] {
  if (typeof tSpan !== "object" || tSpan === null || tSpan.length !== 2) {
    refuse("tSpan", tSpan, "[t0, t1]", "bad_time");
  }
  const [t0, t1] = tSpan;
  if (!Number.isFinite(t0) || !Number.isFinite(t1)) {
    throw misuse("bad_time", `tSpan is [${t0}, ${t1}], expected two finite times`);
  }
  return [t0, t1];
}

/** A flat list of finite numbers, copied. */
export function requireNumbers(values: ArrayLike<number>, name: string, code = "bad_array"): Float64Array {
  if (typeof values !== "object" || values === null || typeof values.length !== "number") {
    const hint = name === "parameters" ? " (an object goes through defineProblem)" : "";
    refuse(name, values, `an array of numbers${hint}`, code);
  }
  for (let i = 0; i < values.length; i++) {
    const value: unknown = values[i];
    if (typeof value === "object" && value !== null && "length" in value) {
      refuse(`${name}[${i}]`, value, "a finite number: rows go one after another into one flat array", code);
    }
    if (typeof value === "bigint") refuse(`${name}[${i}]`, value, "a number and not a BigInt", code);
    if (!Number.isFinite(value)) refuse(`${name}[${i}]`, value, "a finite number", "not_finite");
  }
  return Float64Array.from(values);
}

/** @param fixed steps have no error control: tolerances then only stop Newton's iteration */
export function requireTolerances(
  options: Pick<SolveOptions, "rtol" | "atol">,
  n: number,
  fixed = false,
): { rtol: number; atol: Float64Array } {
  const { rtol = fixed ? 1e-10 : 1e-6, atol: given = fixed ? 1e-12 : 1e-9 } = options;
  if (!(typeof rtol === "number" && rtol >= 0 && rtol < 1)) {
    refuse("rtol", rtol, "a number from 0 to 1", "bad_tolerance");
  }
  const list = typeof given === "number" ? new Float64Array(n).fill(given) : given;
  if (typeof list !== "object" || list === null)
    refuse("atol", given, "a number, or one for each unknown", "bad_tolerance");
  const atol = Float64Array.from(list, Number);
  if (atol.length !== n) {
    throw misuse("shape_mismatch", `atol has ${atol.length} entries, expected ${n} (the unknowns)`);
  }
  for (let i = 0; i < n; i++) {
    const x = atol[i]!;
    if (!(x >= 0 && x < Number.POSITIVE_INFINITY)) {
      refuse(`atol[${i}]`, x, "a finite number, 0 or more", "bad_tolerance");
    }
  }
  if (rtol === 0 && atol.some((x) => x === 0)) {
    throw misuse(
      "bad_tolerance",
      `rtol is 0 and atol[${atol.indexOf(0)}] is 0: no step can be that accurate, expected one above 0`,
    );
  }
  return { rtol, atol };
}

const eventFields: Readonly<Record<keyof EventSpec, true>> = {
  value: true,
  direction: true,
  terminal: true,
  action: true,
  record: true,
  name: true,
};

/** Functions become events that say no more than where they are. */
export function requireEvents(events: unknown): readonly EventSpec[] {
  if (events === undefined) return [];
  if (!Array.isArray(events)) {
    refuse("events", events, "an array of functions (t, y, p) => number", "bad_event");
  }
  return events.map((event: EventFunction | EventSpec, i) => {
    // A function may carry them, as in SciPy: hit.terminal = true.
    const spec: EventSpec = typeof event === "function" ? { value: event, ...event } : event;
    if (typeof spec !== "object" || spec === null || typeof spec.value !== "function") {
      refuse(`events[${i}]`, event, "a function (t, y, p) => number, or { value }", "bad_event");
    }
    const { direction } = spec;
    if (direction !== undefined && ![-1, 0, 1].includes(direction)) {
      refuse(`events[${i}].direction`, direction, "-1, 0 or 1", "bad_event");
    }
    requireKnownOptions(spec, eventFields, `events[${i}]: `);
    const { terminal = false, action } = spec;
    if (typeof terminal !== "boolean" && !(Number.isInteger(terminal) && terminal > 0)) {
      refuse(`events[${i}].terminal`, terminal, "true, false or a count", "bad_event");
    }
    requireBoolean(spec.record ?? true, `events[${i}].record`);
    requireFunction(action, `events[${i}].action`);
    return spec;
  });
}

/** Undefined where nothing is bounded. */
export function requireBounds(bounds: unknown): Bounds | undefined {
  if (bounds === undefined) return undefined;
  if (typeof bounds !== "object" || bounds === null || Array.isArray(bounds)) {
    refuse("bounds", bounds, "an object { lower, upper }", "bad_bounds");
  }
  requireKnownOptions(bounds, { lower: true, upper: true }, "bounds: ");
  return Object.keys(bounds).length === 0 ? undefined : (bounds as Bounds);
}

export function requireWord<W extends string>(value: unknown, name: string, words: readonly W[]): W {
  if (!words.includes(value as W)) {
    refuse(name, value, words.map((word) => JSON.stringify(word)).join(", "), "bad_option");
  }
  return value as W;
}

export function requireSignal(signal: SolveOptions["signal"]): SolveOptions["signal"] {
  if (signal === undefined || typeof signal?.aborted === "boolean") return signal;
  const controller = typeof signal === "object" && signal !== null && "signal" in signal;
  const expected = controller ? "the controller's signal: controller.signal" : "an AbortSignal";
  return refuse("signal", signal, expected, "bad_option");
}

export function requireFunction(value: unknown, name: string): void {
  if (value !== undefined && typeof value !== "function") refuse(name, value, "a function", "bad_option");
}

export function requireBoolean(value: unknown, name: string): boolean {
  if (typeof value !== "boolean") refuse(name, value, "true or false", "bad_option");
  return value;
}
