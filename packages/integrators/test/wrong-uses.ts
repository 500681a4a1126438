import {
  auto,
  backsolve,
  brusselator,
  defineProblem,
  discrete,
  forwardSensitivities,
  integrator,
  interpolated,
  type OdeProblem,
  rodas5P,
  solve,
  solveBatch,
} from "../src/index.ts";

const decay: OdeProblem = {
  f: (_t, y, dy) => {
    dy[0] = -y[0]!;
  },
  y0: [1],
  tSpan: [0, 1],
};

/** What JavaScript lets through. */
// biome-ignore lint/suspicious/noExplicitAny: the point of these calls is that their types are wrong
const wild = (x: unknown): any => x;
const withProblem = (change: object) => () => solve({ ...decay, ...change });
const withOptions = (options: object) => () => solve(decay, options);
const twoByTwo = {
  f: wild((_t: number, y: Float64Array, dy: Float64Array) => dy.set([-y[0]!, -y[1]!])),
  y0: [1, 1],
};

/** Wrong uses, and what the answer says: of an error, or of the hint of a run that failed. */
export const wrongUses: readonly (readonly [string, () => unknown, RegExp])[] = [
  // The problem.
  ["no problem", () => solve(wild(undefined)), /the problem is undefined, expected an object/],
  ["f alone", () => solve(wild(decay.f)), /the problem is the function f, expected/],
  ["null", () => solve(wild(null)), /the problem is null/],
  ["no f", withProblem({ f: undefined }), /problem\.f is undefined, expected a function/],
  ["f a number", withProblem({ f: 3 }), /problem\.f is number/],
  ["f a string", withProblem({ f: "-y" }), /problem\.f is string/],
  ["f returns an array", withProblem({ f: () => [1] }), /f returned a value, expected it to write/],
  ["f returns a new Float64Array", withProblem({ f: () => Float64Array.of(1) }), /f returned a value/],
  [
    "f returns a number",
    withProblem({ f: (_t: number, y: number[]) => -y[0]! }),
    /f leaves dy\[0\] unwritten/,
  ],
  ["f writes nothing", withProblem({ f: () => {} }), /f leaves dy\[0\] unwritten/],
  [
    "f leaves the second entry",
    withProblem({ y0: [1, 2], f: (_t: number, y: number[], dy: number[]) => void dy.fill(y[0]!, 0, 1) }),
    /f leaves dy\[1\] unwritten/,
  ],
  [
    "f has y before t",
    withProblem({ f: (y: number[], _t: number, dy: number[]) => void dy.fill(-y[0]!, 0, 1) }),
    /NaN or infinite at t = 0/,
  ],
  [
    "f gives NaN",
    withProblem({ f: (_t: number, _y: number[], dy: number[]) => void dy.fill(Number.NaN, 0, 1) }),
    /NaN/,
  ],
  [
    "f throws",
    withProblem({ f: () => JSON.parse("{") }),
    /a callback of the problem threw in the step from t = 0/,
  ],
  ["no y0", withProblem({ y0: undefined }), /y0 is undefined, expected an array of numbers/],
  ["y0 a number", withProblem({ y0: 1 }), /y0 is 1, expected an array/],
  ["y0 an object", withProblem({ y0: { x: 1 } }), /y0 is an object \(x\), expected an array/],
  ["y0 empty", withProblem({ y0: [] }), /y0 is empty/],
  ["y0 with NaN", withProblem({ y0: [1, Number.NaN] }), /y0\[1\] is NaN/],
  ["y0 of strings", withProblem({ y0: ["1"] }), /y0\[0\] is "1", expected a finite number/],
  ["y0 with a hole", withProblem({ y0: [undefined] }), /y0\[0\] is undefined/],
  ["y0 of rows", withProblem({ y0: [[1]] }), /y0\[0\] is an array of 1, expected a finite number/],
  ["no tSpan", withProblem({ tSpan: undefined }), /tSpan is undefined, expected \[t0, t1\]/],
  ["tSpan a number", withProblem({ tSpan: 10 }), /tSpan is 10, expected \[t0, t1\]/],
  ["tSpan of three", withProblem({ tSpan: [0, 1, 2] }), /tSpan is an array of 3, expected \[t0, t1\]/],
  ["tSpan of one", withProblem({ tSpan: [1] }), /tSpan is an array of 1/],
  ["tSpan of strings", withProblem({ tSpan: ["0", "1"] }), /tSpan is \[0, 1\], expected two finite times/],
  ["tSpan to infinity", withProblem({ tSpan: [0, Number.POSITIVE_INFINITY] }), /tSpan is \[0, Infinity\]/],
  ["tSpan with NaN", withProblem({ tSpan: [0, Number.NaN] }), /tSpan is \[0, NaN\]/],
  ["parameters NaN", withProblem({ parameters: [Number.NaN] }), /parameters\[0\] is NaN/],
  [
    "parameters an object",
    withProblem({ parameters: { k: 1 } }),
    /parameters is an object \(k\).*defineProblem/,
  ],
  ["parameters a number", withProblem({ parameters: 2 }), /parameters is 2, expected an array/],
  [
    "a named parameter undefined",
    () => defineProblem({ ...decay, parameters: wild({ k: undefined }) }),
    /parameters\.k is undefined/,
  ],
  [
    "jacobian a matrix",
    withProblem({ jacobian: [[-1]] }),
    /problem\.jacobian is an array of 1, expected a function/,
  ],
  ["timeDerivative a number", withProblem({ timeDerivative: 0 }), /problem\.timeDerivative is 0/],
  ["pullback true", withProblem({ pullback: true }), /problem\.pullback is true/],
  ["a band as a number", withProblem({ band: 1 }), /band\.lower is undefined/],
  ["a negative band", withProblem({ band: { lower: -1, upper: 0 } }), /band\.lower is -1/],
  ["a band too wide", withProblem({ band: { lower: 0, upper: 3 } }), /band\.upper is 3/],
  ["band and sparsity", withProblem({ band: { lower: 0, upper: 0 }, sparsity: [[0]] }), /leave one out/],
  ["sparsity of two columns", withProblem({ sparsity: [[0], [0]] }), /sparsity has 2 columns, expected 1/],
  ["sparsity beyond", withProblem({ sparsity: [[1]] }), /sparsity\[0\] names row 1/],
  [
    "sparsity a matrix of 0 and 1 as numbers",
    withProblem({ sparsity: [1] }),
    /sparsity\[0\] is 1, expected a list/,
  ],
  [
    "a Jacobian outside its sparsity",
    () =>
      solve(
        {
          ...decay,
          ...twoByTwo,
          sparsity: [[0], [1]],
          jacobian: (_t: number, _y: Float64Array, jac: Float64Array) => jac.set([-1, 5, 0, -1]),
        },
        { solver: rodas5P },
      ),
    /jacobian writes 5 at row 1, column 0/,
  ],
  [
    "a Jacobian that returns",
    () => solve({ ...decay, jacobian: wild(() => [[-1]]) }, { solver: rodas5P }),
    /jacobian returned a value, expected it to write/,
  ],
  [
    "a Jacobian of NaN",
    () => solve({ ...decay, jacobian: (_t, _y, jac) => void jac.fill(Number.NaN) }, { solver: rodas5P }),
    /NaN or infinite/,
  ],
  // The solver.
  ["SciPy's name", withOptions({ solver: "RK45" }), /solver is "RK45", expected dormandPrince54/],
  ["LSODA", withOptions({ solver: "LSODA" }), /expected auto\(\)/],
  ["a name of nothing", withOptions({ solver: "best" }), /solver is "best", expected a solver such as/],
  ["auto uncalled", withOptions({ solver: auto }), /solver is the function auto, expected a solver: call/],
  ["a class", withOptions({ solver: class Mine {} }), /solver is the function Mine/],
  [
    "a tableau",
    withOptions({ solver: rodas5P.tableau }),
    /solver is an object \(gamma,a,c\), expected a solver/,
  ],
  ["null as solver", withOptions({ solver: null }), /solver is null, expected a solver/],
  ["a number as solver", withOptions({ solver: 45 }), /solver is 45/],
  [
    "auto with an implicit side twice",
    () => solve(decay, { solver: auto(wild({ nonStiff: rodas5P })) }),
    /nonStiff is rodas5P, expected an explicit/,
  ],
  [
    "auto with two explicit sides",
    () => auto(wild({ stiff: "Radau" })),
    /stiff is "Radau", expected an implicit/,
  ],
  // Options.
  ["options a number", () => solve(decay, wild(1e-6)), /options is 0.000001, expected an object/],
  ["options an array", () => solve(decay, wild([])), /options is an array of 0/],
  ["options null", () => solve(decay, wild(null)), /options is null/],
  ["a slip in a name", withOptions({ rTol: 1e-6 }), /there is no option rTol: did you mean rtol\?/],
  ["another slip", withOptions({ largestSteps: 1 }), /did you mean largestStep\?/],
  ["reltol", withOptions({ reltol: 1e-6 }), /no option reltol: it is called rtol/],
  ["method", withOptions({ method: "BDF" }), /no option method: solver says which/],
  ["t_eval", withOptions({ t_eval: [0, 1] }), /it is called saveAt/],
  ["max_step", withOptions({ max_step: 0.1 }), /it is called largestStep/],
  ["dense", withOptions({ dense: true }), /it is called keep: "all"/],
  ["args", withOptions({ args: [1] }), /parameters/],
  ["jac", withOptions({ jac: () => {} }), /field of the problem, jacobian/],
  ["an unknown name", withOptions({ colour: 1 }), /no option colour, expected one of solver, rtol/],
  ["rtol a string", withOptions({ rtol: "1e-6" }), /rtol is "1e-6", expected a number/],
  ["rtol negative", withOptions({ rtol: -1 }), /rtol is -1/],
  ["rtol 1", withOptions({ rtol: 1 }), /rtol is 1, expected a number from 0 to 1/],
  ["rtol a list", withOptions({ rtol: [1e-6] }), /rtol is an array of 1/],
  ["atol NaN", withOptions({ atol: Number.NaN }), /atol\[0\] is NaN/],
  ["atol of two", withOptions({ atol: [1, 1] }), /atol has 2 entries, expected 1/],
  ["both tolerances 0", withOptions({ rtol: 0, atol: 0 }), /no step can be that accurate/],
  ["steps and step", withOptions({ steps: 2, step: 0.5 }), /more than one of step, steps and grid/],
  ["steps 0", withOptions({ steps: 0 }), /steps is 0, expected a positive integer/],
  ["steps 2.5", withOptions({ steps: 2.5 }), /steps is 2.5/],
  ["step negative", withOptions({ step: -0.1 }), /step is -0.1, expected a positive number/],
  ["step too small to count", withOptions({ step: 1e-12 }), /step is 1e-12: that is 1000000000000 steps/],
  ["a grid that stops short", withOptions({ grid: [0, 0.5] }), /grid runs from 0 to 0.5/],
  ["a grid that is a number", withOptions({ grid: 10 }), /grid is 10, expected a list of times/],
  ["firstStep 0", withOptions({ firstStep: 0 }), /firstStep is 0/],
  ["maxSteps a string", withOptions({ maxSteps: "many" }), /maxSteps is "many", expected a positive number/],
  ["maxSeconds 0", withOptions({ maxSeconds: 0 }), /maxSeconds is 0/],
  ["saveAt outside", withOptions({ saveAt: [2] }), /saveAt\[0\] is 2, expected a time inside \[0, 1\]/],
  ["saveAt out of order", withOptions({ saveAt: [0.5, 0.4] }), /saveAt\[1\] is 0.4 after 0.5/],
  ["saveAt 0", withOptions({ saveAt: 0 }), /saveAt is 0, expected a positive number/],
  ["saveAt a word", withOptions({ saveAt: "end" }), /saveAt is "end", expected.*keep: "end"/],
  ["saveAt too fine", withOptions({ saveAt: 1e-12 }), /that is 1000000000000 times/],
  ["keep true", withOptions({ keep: true }), /keep is true, expected "end", "saveAt", "steps", "all"/],
  ["stopAt a number", withOptions({ stopAt: 0.5 }), /stopAt is 0.5, expected a list of times/],
  ["stopAt outside", withOptions({ stopAt: [-1] }), /stopAt\[0\] is -1/],
  ["events a function", withOptions({ events: () => 1 }), /events is the function events, expected an array/],
  [
    "events an object",
    withOptions({ events: { value: () => 1 } }),
    /events is an object \(value\), expected an array/,
  ],
  [
    "an event without value",
    withOptions({ events: [{ terminal: true }] }),
    /events\[0\] is an object \(terminal\)/,
  ],
  ["an event that is a boolean", withOptions({ events: [true] }), /events\[0\] is true, expected a function/],
  [
    "an event that answers true",
    withOptions({ events: [() => true] }),
    /events\[0\] returned true, expected a number/,
  ],
  ["an event of NaN", withOptions({ events: [() => Number.NaN] }), /events\[0\] returned NaN/],
  [
    "a direction of 2",
    withOptions({ events: [{ value: () => 1, direction: 2 }] }),
    /events\[0\]\.direction is 2/,
  ],
  [
    "a slip in an event",
    withOptions({ events: [{ value: () => 1, terminate: true }] }),
    /events\[0\] has no terminate/,
  ],
  ["onStep a number", withOptions({ onStep: 1 }), /onStep is 1, expected a function/],
  ["onStep throws", withOptions({ onStep: () => JSON.parse("{") }), /a callback of the problem threw/],
  ["rates 1", withOptions({ rates: 1 }), /rates is 1, expected true or false/],
  // Results.
  ["at outside", () => solve(decay).at(2), /at: t = 2 is outside the solution, expected 0 to 1/],
  [
    "at without dense output",
    () => solve(decay, { keep: "end" }).at(0.5),
    /at needs dense output: pass keep/,
  ],
  ["a component too many", () => solve(decay).component(1), /there is no unknown 1, expected 0 to 0/],
  ["within before a step", () => integrator(decay).within(0), /outside the last step/],
  // Batches and gradients.
  [
    "a batch of half rows",
    () => solveBatch({ ...decay, y0: [1, 1] }, { y0: [1, 2, 3] }),
    /3 values, expected rows of 2/,
  ],
  ["a batch without y0", () => solveBatch(decay, wild({})), /y0 is undefined/],
  ["a batch with keep", () => solveBatch(decay, { y0: [1] }, wild({ keep: "all" })), /no option keep/],
  ["a cotangent too many", () => discrete().run(decay).pullback([1, 2]), /2 cotangents, expected 1/],
  ["saveAt for gradients", () => discrete().run(decay, wild({ saveAt: [1] })), /no option saveAt/],
  ["checkpoints of 0", () => discrete({ checkpointEvery: 0 }), /checkpointEvery is 0/],
  ["checkpoints of 1.5", () => interpolated({ checkpointEvery: 1.5 }), /checkpointEvery is 1.5/],
  ["a time outside for gradients", () => backsolve().run(decay, { at: [3] }), /at\[0\] is 3/],
  [
    "a time off the grid",
    () => forwardSensitivities(decay, { steps: 3, at: [0.5] }),
    /at\[0\] is 0.5, expected a time at/,
  ],
  // Problems that are too much for what they are given.
  [
    "an explicit method for a stiff system",
    () => solve({ ...brusselator(100), tSpan: [0, 1e3] }, { solver: wild(auto().nonStiff) }),
    /stability, not accuracy/,
  ],
  [
    "a jump without stopAt",
    () =>
      solve(
        {
          ...decay,
          f: (t, _y, dy) => void dy.fill(t < 0.5 ? 0 : 1e30 * Math.sin(1e20 * t), 0, 1),
        },
        { rtol: 1e-12, atol: 1e-14 },
      ),
    /stopAt where f jumps/,
  ],
  [
    "a solution that blows up",
    () => solve({ ...decay, f: (_t, y, dy) => void dy.fill(y[0]! ** 2, 0, 1), tSpan: [0, 2] }),
    /singularity|blow up/,
  ],
];
