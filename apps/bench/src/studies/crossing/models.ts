import { integrate, type Model, type NeuralOdeConfig, neuralOde, type TrainingData } from "@stiffnet/core";

export const crossingModels = ["neural ODE", "augmented", "ResNet"] as const;
export type CrossingModel = (typeof crossingModels)[number];

/** `steps` of the neural ODEs, `layers` of the ResNet. */
export type CrossingSettings = Readonly<Record<"seed" | "horizon" | "steps" | "layers", number>>;

/** x -> -x on [-1, 1]. */
export function flip(samples: number): TrainingData {
  const inputs = Float64Array.from({ length: samples }, (_, i) => (2 * i + 1) / samples - 1);
  const identity = { columns: 1, steps: [] };
  return {
    inputNames: ["x"],
    outputNames: ["y"],
    train: { count: samples, inputs, outputs: inputs.map((x) => -x) },
    preparation: { inputs: identity, outputs: identity },
  };
}

/** The map x(0) -> x(T), without a layer before or after that could turn the sign. 'neural ODE' and
 *  'augmented' (with a zero beside x) take many small steps. 'ResNet' takes few large steps of explicit
 *  Euler. */
export function freshModel(
  kind: CrossingModel,
  { seed, horizon, steps, layers }: CrossingSettings,
  trial: number,
): Model<NeuralOdeConfig> {
  const shape = {
    inputs: 1,
    outputs: 1,
    width: 1,
    lift: "none",
    readout: "none",
    horizon,
    seed,
    trial,
  } as const;
  if (kind === "ResNet") return neuralOde({ ...shape, depth: layers });
  const augment = kind === "augmented" ? 1 : 0;
  return neuralOde({ ...shape, depth: steps, weights: "cubic", solver: "rk4", augment });
}

/** States of some samples over time: [samples, times, D]. */
export interface Paths {
  readonly times: readonly number[];
  readonly dimension: number;
  readonly states: Float64Array;
}

/** A neural ODE's at many times, by error control; a ResNet's at its layers. */
export async function pathsOf(kind: CrossingModel, model: Model, starts: Float64Array): Promise<Paths> {
  const { horizon, depth, width, augment = 0 } = model.config;
  const parts = kind === "ResNet" ? depth : 80;
  const times = Array.from({ length: parts + 1 }, (_, k) => (k === parts ? horizon : (k * horizon) / parts));
  const { euler } = await import("@stiffnet/integrators");
  const by = kind === "ResNet" ? { solver: euler, steps: depth } : { rtol: 1e-8, atol: 1e-10 };
  const { states } = await integrate(model, starts, { ...by, at: times });
  return { times, dimension: width + augment, states };
}

/** Pairs of samples whose x(0) and x(T) are in opposite order, as a fraction: 1 for the flip, 0 where no path
 *  crosses. */
export function crossed({ times, dimension, states }: Paths): number {
  const count = states.length / (times.length * dimension);
  const x = (sample: number, time: number): number => states[(sample * times.length + time) * dimension]!;
  const last = times.length - 1;
  let pairs = 0;
  let turned = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      pairs++;
      if ((x(i, 0) - x(j, 0)) * (x(i, last) - x(j, last)) < 0) turned++;
    }
  }
  return turned / pairs;
}

/** The least slope of a layer x + alpha s(W x + b) in one dimension, 1 + alpha min(W, 0). Below 0 the layer
 *  may reverse the order. */
export function leastSlope({ config, layout, parameters }: Model): number {
  const alpha = config.horizon / config.depth;
  return Math.min(...layout.blocks.map(({ weight }) => 1 + alpha * Math.min(parameters[weight.offset]!, 0)));
}
