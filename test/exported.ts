import { fileURLToPath } from "node:url";

export const indexOf = (name: string): string =>
  fileURLToPath(new URL(`../packages/${name}/src/index.ts`, import.meta.url));

type AnyFunction = (...given: unknown[]) => unknown;
// biome-ignore lint/suspicious/noExplicitAny: whatever a package exports
type Exports = Record<string, (...given: unknown[]) => any>;
export const load = (module: string): Promise<Exports> => import(indexOf(module));

/** Calls of functions whose options have defaults, with answers that can be compared. */
export async function callsWithDefaults(): Promise<Readonly<Record<string, (options: object) => unknown>>> {
  const [core, datasets, integrators, kernels] = await Promise.all([
    load("core"),
    load("datasets"),
    load("integrators"),
    load("kernels"),
  ]);
  const [onnx, preparation, stiffness, uncertainty] = await Promise.all([
    load("onnx"),
    load("preparation"),
    load("stiffness"),
    load("uncertainty"),
  ]);
  const shape = { inputs: 3, outputs: 1, width: 3, depth: 2 };
  const data = datasets.sample!(datasets.ishigami!(), { train: 30, validation: 10 });
  const { inputNames, outputNames } = data;
  const model = { ...core.resnet!(shape), preparation: data.preparation };
  const system = core.trajectoryModel!({ variables: ["a"], width: 2, layers: 1 });
  const run = { start: [1], times: [0.5, 1], states: [0.6, 0.4] };
  const decay = {
    f: (_: number, y: Float64Array, dy: Float64Array) => void dy.set([-y[0]!]),
    y0: [1],
    tSpan: [0, 1],
  };
  const rows = Float64Array.from({ length: 12 }, (_, i) => (i * i) % 7);
  const errors = { residuals: rows, spreads: rows, outputs: 1 };
  const axis = (options: object) => datasets.axis!("x", 1, 2, options);
  const middle = Float64Array.from(
    datasets.dalec!().inputs as { lower: number; upper: number }[],
    ({ lower, upper }) => (lower + upper) / 2,
  );
  const evaluate = (points: Float64Array) => points.map((x) => x * x);
  const density = (at: Float64Array, gradient: Float64Array) => {
    gradient[0] = -at[0]!;
    return -(at[0]! ** 2) / 2;
  };
  const named = (make: (options: object) => { name: string; subset?: number }) => (options: object) => {
    const { name, subset } = make(options);
    return { name, subset };
  };
  const points = (make: (options: object) => { points: AnyFunction }) => async (options: object) => {
    const { samplingStream } = await load("base");
    return make(options).points(8, 2, samplingStream!(1, "points"));
  };
  const gradients = (make: (options: object) => { run: (problem: object) => { pullback: AnyFunction } }) => {
    return (options: object) => make(options).run(decay).pullback([1]);
  };
  const solved = ({ status, t, y, stats }: Record<string, unknown>) => ({ status, t, y, stats });
  const trained = async (training: Promise<Record<"digest" | "history", unknown>>) => {
    const { digest, history } = await training;
    return { digest, history };
  };
  return {
    "core.resnet": (options) => core.resnet!({ ...options, ...shape }),
    "core.neuralOde": (options) => core.neuralOde!({ ...options, ...shape }),
    "core.refine": (options) => core.refine!(model, 2, options),
    "core.integrate": (options) => core.integrate!(model, data.validation.inputs, options),
    "core.train": (options) => trained(core.train!(model, data, { ...options, epochs: 3 })),
    "core.trajectoryModel": (options) => core.trajectoryModel!({ ...options, variables: ["a"] }),
    "core.trainTrajectory": (options) =>
      trained(core.trainTrajectory!(system, [run], { ...options, epochs: 3 })),
    "core.simulate": (options) => core.simulate!(system, run, options),
    "datasets.axis": axis,
    "datasets.dalec": (options) => datasets.dalec!(options).evaluate(middle),
    "datasets.runDalec": (options) => datasets.runDalec!(middle, options),
    "datasets.dalecDataset": (options) => datasets.dalecDataset!({ ...options, train: 8, test: 4 }),
    "datasets.ishigami": (options) => datasets.ishigami!(options).evaluate(data.train.inputs),
    "datasets.sample": (options) => datasets.sample!(datasets.ishigami!(), { ...options, train: 8 }),
    "datasets.latinHypercube": points(datasets.latinHypercube!),
    "datasets.sobol": points(datasets.sobol!),
    "integrators.solve": (options) => solved(integrators.solve!(decay, options)),
    "integrators.forwardSensitivities": (options) => integrators.forwardSensitivities!(decay, options),
    "integrators.backsolve": gradients(integrators.backsolve!),
    "integrators.interpolated": gradients(integrators.interpolated!),
    "integrators.discrete": gradients(integrators.discrete!),
    "integrators.auto": named(integrators.auto!),
    "kernels.createKernels": (options) => kernels.createKernels!(options).engine,
    "onnx.encodeOnnx": (options) => onnx.encodeOnnx!(model, options),
    "preparation.principalComponents": (options) =>
      preparation.principalComponents!(rows, ["a", "b"], options),
    "preparation.dataset": (options) =>
      preparation.dataset!({ ...options, name: "d", inputNames, outputNames, train: data.train }),
    "preparation.logarithm": (options) =>
      preparation.logarithm!(
        rows.map((x) => x + 1),
        ["a", "b"],
        options,
      ),
    "preparation.minMax": (options) => preparation.minMax!(rows, ["a", "b"], options),
    "preparation.standardise": (options) => preparation.standardise!(rows, ["a", "b"], options),
    "stiffness.measure": (options) => stiffness.measure!(model, data.train, stiffness.frobenius!(), options),
    "stiffness.stiffnessPenalty": named((options) =>
      stiffness.stiffnessPenalty!(stiffness.logarithmicNorm!(), { ...options, weight: 1 }),
    ),
    "stiffness.eigenRatio": named(stiffness.eigenRatio!),
    "stiffness.largestSingularValue": named(stiffness.largestSingularValue!),
    "stiffness.logarithmicNorm": named(stiffness.logarithmicNorm!),
    "stiffness.singularRatio": named(stiffness.singularRatio!),
    "stiffness.smallestSingularValue": named(stiffness.smallestSingularValue!),
    "stiffness.spectralRadius": named(stiffness.spectralRadius!),
    "stiffness.renderStability": (options) =>
      stiffness.renderStability!(stiffness.stability!(model, data.train), options),
    "stiffness.spectra": (options) => stiffness.spectra!(model, data.train, options),
    "stiffness.stability": (options) => stiffness.stability!(model, data.train, options),
    "uncertainty.sampleDensity": (options) => uncertainty.sampleDensity!(density, 1, options),
    "uncertainty.gaussianProcess": (options) => uncertainty.gaussianProcess!(data.train, options),
    "uncertainty.gaussianModel": (options) => uncertainty.gaussianModel!(data, options),
    "uncertainty.calibrate": (options) => uncertainty.calibrate!({ ...options, ...errors }),
    "uncertainty.intervalsOf": (options) =>
      uncertainty.intervalsOf!(uncertainty.calibrate!(errors), { ...options, means: rows, level: 0.9 }),
    "uncertainty.sobolIndices": (options) => uncertainty.sobolIndices!(evaluate, [axis({})], ["y"], options),
    "uncertainty.nextRuns": (options) =>
      uncertainty.nextRuns!({ ...options, candidates: rows, columns: 1, spreads: rows, runs: 2 }),
  };
}
