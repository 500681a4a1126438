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

/** What SciPy, MATLAB, DifferentialEquations.jl, CVODE and diffrax call things: without capitals and
 *  underscores. */
const elsewhere: Readonly<Record<string, string>> = {
  method: "solver says which method, as in solver: rodas5P",
  alg: "solver says which method, as in solver: rodas5P",
  algorithm: "solver says which method, as in solver: rodas5P",
  reltol: "it is called rtol",
  abstol: "it is called atol",
  tol: "it is called rtol, with atol",
  tolerance: "it is called rtol, with atol",
  teval: "it is called saveAt",
  maxstep: "it is called largestStep",
  dtmax: "it is called largestStep",
  minstep: "it is called smallestStep",
  dtmin: "it is called smallestStep",
  firststep: "it is called firstStep",
  dt0: "it is called firstStep",
  dt: "it is called step",
  h: "it is called step",
  maxiters: "it is called maxSteps",
  maxnumsteps: "it is called maxSteps",
  dense: 'it is called keep: "all"',
  denseoutput: 'it is called keep: "all"',
  tstops: "it is called stopAt",
  tcrit: "it is called stopAt",
  nonnegative: "it is called bounds, as in bounds: { lower: 0 }",
  constraints: "it is called bounds, as in bounds: { lower: 0 }",
  isoutofdomain: "it is called bounds, as in bounds: { lower: 0 }",
  callback: "events and onStep are called along the way",
  timeout: "it is called maxSeconds",
  rk45: "dormandPrince54 (imported from the package), which is that method",
  ode45: "dormandPrince54 (imported from the package), which is that method",
  dopri5: "dormandPrince54 (imported from the package), which is that method",
  rk23: "bogackiShampine32 (imported from the package), which is that method",
  ode23: "bogackiShampine32 (imported from the package), which is that method",
  tsit5: "tsitouras54 (imported from the package), which is that method",
  rodas5p: "rodas5P (imported from the package), which is that method",
  radau: "radauIIA5 (imported from the package), which is that method",
  radau5: "radauIIA5 (imported from the package), which is that method",
  radauiia5: "radauIIA5 (imported from the package), which is that method",
  bdf: "bdf, imported from the package",
  ode15s: "bdf (imported from the package), which is that method",
  dop853: "dormandPrince853 (imported from the package), which is that method",
  kvaerno5: "kvaerno54 (imported from the package), which is that method",
  rkc2: "rkc, imported from the package",
  rock2: "rkc (imported from the package), which is of the same kind",
  rock4: "rkc (imported from the package), which is of the same kind",
  lsoda: "auto(), which changes sides as that one does",
  auto: "auto(), imported from the package",
  rk4: "rk4, imported from the package",
  euler: "euler, imported from the package",
};

/** What is meant by a name that is not known: another package's word, or a known name but for case or a
 *  letter. */
export function aliasOf(name: string, known: readonly string[]): string | undefined {
  const low = plain(name);
  const same = known.find((each) => each.toLowerCase() === low);
  if (same === undefined && Object.hasOwn(elsewhere, low)) return elsewhere[low];
  const most = Math.min(low.length - 1, low.length > 5 ? 2 : 1);
  const near = known.find((each) => distance(each.toLowerCase(), low) <= most);
  return near && `did you mean ${near}?`;
}

const plain = (name: string): string => name.toLowerCase().replaceAll("_", "");

/** An option that nobody knows is a slip, and its effect would be missed in silence.
 *  @param who complains, where it is not the one that takes the problem */
export function requireKnownOptions(options: object, known: Names, who = ""): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new IntegratorError(
      `${who}options is ${describe(options)}, expected an object such as { rtol: 1e-6 }`,
      { code: "bad_option" },
    );
  }
  const field = (name: string) => (Object.hasOwn(problemFieldNames, name) ? name : fields[plain(name)]);
  refuseUnknown(Object.keys(options), known, `${who}there is no option`, (name, names) => {
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
