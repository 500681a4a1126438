/** What others call things: SciPy, MATLAB, DifferentialEquations.jl, CVODE, diffrax. */
const elsewhere: Readonly<Record<string, string>> = {
  method: "solver says which method, as in solver: rodas5P",
  alg: "solver says which method, as in solver: rodas5P",
  algorithm: "solver says which method, as in solver: rodas5P",
  reltol: "it is called rtol",
  abstol: "it is called atol",
  tol: "it is called rtol, with atol",
  tolerance: "it is called rtol, with atol",
  t_eval: "it is called saveAt",
  teval: "it is called saveAt",
  tspan: "it is a field of the problem, tSpan",
  args: "they are a field of the problem, parameters",
  parameters: "they are a field of the problem",
  jac: "it is a field of the problem, jacobian",
  jacobian: "it is a field of the problem",
  sparsity: "it is a field of the problem",
  max_step: "it is called largestStep",
  maxstep: "it is called largestStep",
  dtmax: "it is called largestStep",
  min_step: "it is called smallestStep",
  dtmin: "it is called smallestStep",
  first_step: "it is called firstStep",
  dt0: "it is called firstStep",
  dt: "it is called step",
  h: "it is called step",
  maxiters: "it is called maxSteps",
  max_num_steps: "it is called maxSteps",
  dense: 'it is called keep: "all"',
  dense_output: 'it is called keep: "all"',
  tstops: "it is called stopAt",
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

/** What a name that is not known may mean: another package's word, or a known name but for case or a
 *  letter. */
export function aliasOf(name: string, known: readonly string[]): string | undefined {
  const low = name.toLowerCase();
  const same = known.find((each) => each.toLowerCase() === low);
  if (same === undefined && Object.hasOwn(elsewhere, low)) return elsewhere[low];
  const near = known.find((each) => distance(each.toLowerCase(), low) <= (low.length > 5 ? 2 : 1));
  return near && `did you mean ${near}?`;
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
