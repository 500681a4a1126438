import { describe, misuse } from "./errors.ts";
import { problemFieldNames } from "./problem.ts";

type Names = Readonly<Record<string, unknown>>;

/** Translates names of SciPy, MATLAB, DifferentialEquations.jl, CVODE and diffrax, without capitals and
 *  underscores. `names` lists the names for each of our own. */
function meanings(names: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(names).flatMap(([here, all]) => all.split(" ").map((each) => [each, here])));
}

const fields = meanings({
  parameters: "args params",
  jacobian: "jac",
  sparsity: "jacsparsity jacpattern",
  mass: "massmatrix",
  y0: "u0 x0",
  f: "fun rhs",
  pullback: "vjp",
});

const options = meanings({
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

/** The solver that a word means, where one does. */
export function solverCalled(name: string): string | undefined {
  const solver = solvers.get(plain(name));
  return solver && `${solver}, imported from the package`;
}

/** The meaning of an unknown name: a word of another package, or a known name with a slip. */
function aliasOf(name: string, known: readonly string[]): string | undefined {
  const low = plain(name);
  const same = known.find((each) => each.toLowerCase() === low);
  if (same === undefined && options.has(low)) return `it is called ${options.get(low)}`;
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
    throw misuse(
      "bad_option",
      `${who}options is ${describe(given)}, expected an object such as { rtol: 1e-6 }`,
    );
  }
  const field = (name: string) => (Object.hasOwn(problemFieldNames, name) ? name : fields.get(plain(name)));
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
    const field = fields.get(plain(name));
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
  throw misuse(
    words.includes("field") ? "unknown_field" : "unknown_option",
    `${words} ${unknown}${meant.startsWith("expected") ? "," : ":"} ${meant}`,
  );
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
