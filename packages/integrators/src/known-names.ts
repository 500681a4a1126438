import { describe, misuse } from "./errors.ts";
import { problemFieldNames } from "./problem.ts";

type Names = Readonly<Record<string, unknown>>;

const meanings = (names: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(names).flatMap(([here, all]) => all.split(" ").map((each) => [each, here])));

/** Our names of fields and options, and those of SciPy, MATLAB, DifferentialEquations.jl, CVODE and diffrax
 *  for them, without capitals and underscores. Each begins with the name that there is here. */
const words = meanings({
  parameters: "args params",
  jacobian: "jac",
  sparsity: "jacsparsity jacpattern",
  mass: "massmatrix",
  y0: "u0 x0",
  f: "fun rhs",
  pullback: "vjp",
  "solver, as in solver: rodas5P": "method alg algorithm",
  rtol: "reltol",
  atol: "abstol",
  "rtol, with atol": "tol tolerance",
  saveAt: "teval",
  maxStep: "dtmax",
  minStep: "dtmin",
  firstStep: "dt0",
  step: "dt h",
  maxSteps: "maxiters maxnumsteps",
  'keep: "all"': "dense denseoutput",
  tStops: "tcrit",
  "bounds, as in bounds: { lower: 0 }": "nonnegative constraints isoutofdomain",
  "events, or onStep": "callback",
  maxSeconds: "timeout",
});
const solvers = meanings({
  dopri5: "rk45 ode45 dopri5",
  bogackiShampine32: "rk23 ode23",
  tsit5: "tsit5",
  dop853: "dop853",
  rodas5P: "rodas5p",
  radau: "radau radau5 radauiia5",
  bdf: "bdf ode15s",
  esdirk43: "kencarp4",
  kvaerno54: "kvaerno5",
  rkc: "rkc2 rock2 rock4",
  "auto()": "lsoda auto",
  rk4: "rk4",
  euler: "euler",
});

const plain = (name: string): string => name.toLowerCase().replaceAll("_", "");

export const solverCalled = (name: string): string | undefined => solvers.get(plain(name));

/** Where an unknown name belongs, if it is a name here or elsewhere. */
function placeOf(name: string, known: Names, options: Names): string | undefined {
  const here = words.get(plain(name)) ?? name;
  const own = /^\w+/.exec(here)?.[0] ?? "";
  if (known !== problemFieldNames && Object.hasOwn(problemFieldNames, own)) {
    return `it is a field of the problem${own === name ? "" : `, ${own}`}`;
  }
  if (Object.hasOwn(known, own)) return `it is called ${here}`;
  return Object.hasOwn(options, name) ? "it is an option, the second argument of solve" : undefined;
}

/** An option that nobody knows is a slip, and its effect would be missed in silence.
 *  @param given the options
 *  @param who complains, where it is not the one that takes the problem */
export function requireKnownOptions(given: object, known: Names, who = ""): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw misuse(
      "bad_option",
      `${who}options is ${describe(given)}, expected an object such as { rtol: 1e-6 }`,
    );
  }
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined) refuse("option", unknown, known, {}, who);
}

/** The same of the problem's fields. A class may give its problems more, but none that mean something here
 *  or elsewhere. */
export function requireKnownFields(problem: object, options: Names): void {
  const isClass = ![Object.prototype, null].includes(Object.getPrototypeOf(problem));
  const unknown = Object.keys(problem).find(
    (name) =>
      !Object.hasOwn(problemFieldNames, name) &&
      (!isClass || placeOf(name, problemFieldNames, options) !== undefined),
  );
  if (unknown !== undefined) refuse("field", unknown, problemFieldNames, options);
}

function refuse(kind: "option" | "field", unknown: string, known: Names, options: Names, who = ""): never {
  const all = Object.keys(known);
  const near = all.find((each) => isSlip(each.toLowerCase(), plain(unknown)));
  const place = placeOf(unknown, known, options) ?? (near && `did you mean ${near}?`);
  throw misuse(
    `unknown_${kind}`,
    `${who}${kind === "field" ? "the problem has no field" : "there is no option"} ${unknown}` +
      (place === undefined ? `, expected one of ${all.join(", ")}` : `: ${place}`),
  );
}

/** Whether two words are the same but for one place with one wrong letter, or two in long ones. */
function isSlip(a: string, b: string): boolean {
  const length = Math.min(a.length, b.length);
  let start = 0;
  while (start < length && a[start] === b[start]) start++;
  let end = 0;
  while (end < length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return Math.max(a.length, b.length) - start - end <= Math.min(b.length - 1, b.length > 5 ? 2 : 1);
}
