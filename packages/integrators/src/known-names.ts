import { describe, IntegratorError } from "./errors.ts";
import { problemFieldNames } from "./problem.ts";

type Names = Readonly<Record<string, unknown>>;

/** The fields of a problem by the names that they have elsewhere, without capitals and underscores. */
const fields: Readonly<Record<string, keyof typeof problemFieldNames>> = {
  args: "parameters",
  params: "parameters",
  jac: "jacobian",
  jacsparsity: "sparsity",
  jacpattern: "sparsity",
  massmatrix: "mass",
  u0: "y0",
  x0: "y0",
  fun: "f",
  rhs: "f",
  vjp: "pullback",
};

/** Options by the names that they have in SciPy, MATLAB, DifferentialEquations.jl, CVODE and diffrax, without
 *  capitals and underscores. */
const options: Readonly<Record<string, string>> = {
  method: "solver, as in solver: rodas5P",
  alg: "solver, as in solver: rodas5P",
  algorithm: "solver, as in solver: rodas5P",
  reltol: "rtol",
  abstol: "atol",
  tol: "rtol, with atol",
  tolerance: "rtol, with atol",
  teval: "saveAt",
  dtmax: "maxStep",
  dtmin: "minStep",
  dt0: "firstStep",
  dt: "step",
  h: "step",
  maxiters: "maxSteps",
  maxnumsteps: "maxSteps",
  dense: 'keep: "all"',
  denseoutput: 'keep: "all"',
  tcrit: "tStops",
  nonnegative: "bounds, as in bounds: { lower: 0 }",
  constraints: "bounds, as in bounds: { lower: 0 }",
  isoutofdomain: "bounds, as in bounds: { lower: 0 }",
  callback: "events, or onStep",
  timeout: "maxSeconds",
};

/** Solvers by the names that they have elsewhere, and those that are the same here. */
const solvers: Readonly<Record<string, string>> = {
  rk45: "dopri5",
  ode45: "dopri5",
  dopri5: "dopri5",
  rk23: "bogackiShampine32",
  ode23: "bogackiShampine32",
  tsit5: "tsit5",
  dop853: "dop853",
  rodas5p: "rodas5P",
  radau: "radau",
  radau5: "radau",
  radauiia5: "radau",
  bdf: "bdf",
  ode15s: "bdf",
  kencarp4: "esdirk43",
  kvaerno5: "kvaerno54",
  rkc2: "rkc",
  rock2: "rkc",
  rock4: "rkc",
  lsoda: "auto()",
  auto: "auto()",
  rk4: "rk4",
  euler: "euler",
};

/** The solver that a word means, where one does. */
export function solverCalled(name: string): string | undefined {
  const low = plain(name);
  return Object.hasOwn(solvers, low) ? `${solvers[low]}, imported from the package` : undefined;
}

/** What is meant by a name that is not known: another package's word, or a known name but for case or a
 *  letter. */
function aliasOf(name: string, known: readonly string[]): string | undefined {
  const low = plain(name);
  const same = known.find((each) => each.toLowerCase() === low);
  if (same === undefined && Object.hasOwn(options, low)) return `it is called ${options[low]}`;
  const most = Math.min(low.length - 1, low.length > 5 ? 2 : 1);
  const near = known.find((each) => distance(each.toLowerCase(), low) <= most);
  return near && `did you mean ${near}?`;
}

const plain = (name: string): string => name.toLowerCase().replaceAll("_", "");

/** An option that nobody knows is a slip, and its effect would be missed in silence.
 *  @param given the options
 *  @param who complains, where it is not the one that takes the problem */
export function requireKnownOptions(given: object, known: Names, who = ""): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new IntegratorError(
      `${who}options is ${describe(given)}, expected an object such as { rtol: 1e-6 }`,
      { code: "bad_option" },
    );
  }
  const field = (name: string) => (Object.hasOwn(problemFieldNames, name) ? name : fields[plain(name)]);
  refuseUnknown(Object.keys(given), known, `${who}there is no option`, (name, names) => {
    const place = field(name);
    if (place === undefined) return aliasOf(name, names);
    return `it is a field of the problem${place === name ? "" : `, ${place}`}`;
  });
}

/** The same of the problem's fields. A class may give its problems more, but none that mean something here
 *  or elsewhere. */
export function requireKnownFields(problem: object, optionNames: Names): void {
  const isClass = ![Object.prototype, null].includes(Object.getPrototypeOf(problem));
  const meaning = (name: string, names: readonly string[]) => {
    const field = fields[plain(name)];
    if (field !== undefined) return `it is called ${field}`;
    if (Object.hasOwn(optionNames, name)) return "it is an option, the second argument of solve";
    return isClass ? undefined : aliasOf(name, names);
  };
  const given = Object.keys(problem).filter((name) => !isClass || meaning(name, []) !== undefined);
  refuseUnknown(given, problemFieldNames, "the problem has no field", meaning);
}

function refuseUnknown(
  given: readonly string[],
  known: Names,
  words: string,
  meaning: (name: string, names: readonly string[]) => string | undefined,
): void {
  const unknown = given.find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  const names = Object.keys(known);
  const meant = meaning(unknown, names) ?? `expected one of ${names.join(", ")}`;
  throw new IntegratorError(`${words} ${unknown}${meant.startsWith("expected") ? "," : ":"} ${meant}`, {
    code: words.includes("field") ? "unknown_field" : "unknown_option",
  });
}

/** Insertions, deletions and exchanges of letters. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}
