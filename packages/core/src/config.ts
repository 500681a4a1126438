import {
  type Checks,
  either,
  flag,
  needed,
  object,
  oneOf,
  positive,
  seed,
  text,
  whole,
} from "@stiffnet/base";
import { type ActivationName, activationCodes } from "@stiffnet/kernels";
import { requireBasis, type WeightBasis, type WeightsOption } from "./basis.ts";
import { ConfigError, requireOptions } from "./errors.ts";

export type Activation = ActivationName;
/** Those that the kernels have. */
export const activations: readonly [Activation, ...Activation[]] = Object.keys(activationCodes) as [
  Activation,
  ...Activation[],
];

/** Steppers that the engine trains through; `integrate` takes any solver of `@stiffnet/integrators`. */
export const stepSolvers = ["euler", "midpoint", "heun", "rk4", "backwardEuler", "implicitMidpoint"] as const;
export type StepSolver = (typeof stepSolvers)[number];

interface NetworkOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Dimension of the lift. The state's, D, is this plus `augment`. */
  readonly width: number;
  /** Number of residual blocks, or of the solver's steps: N (not N + 1). */
  readonly depth: number;
  readonly activation?: Activation;
  /** T: a block advances by alpha = T / N. */
  readonly horizon?: number;
  /** Zeros appended to the lifted state (augmented neural ODEs; Dupont, Doucet and Teh 2019). */
  readonly augment?: number;
}

export interface ResNetOptions extends NetworkOptions {
  /** Present in configurations that the model returns. */
  readonly kind?: "resnet";
  /** The activation of the lift: tanh (default) or none. */
  readonly lift?: "tanh" | "identity";
  /** false makes a plain network, h_n = s(W_n h_{n-1} + b_n), without a time or a horizon. */
  readonly skip?: boolean;
}

/** The residual network
 *
 *      h_0 = (s_lift(A x + a), 0)                               A: [width, inputs], `augment` zeros
 *      h_n = h_{n-1} + alpha s(W_n h_{n-1} + b_n),  n = 1..N    W_n: [D, D],  alpha = horizon / depth
 *      y   = C h_N + c                                          C: [outputs, D]
 *
 *  which is explicit Euler with N steps on h' = s(W(t) h + b(t)). */
export interface ResNetConfig extends Required<Omit<NetworkOptions, "augment">> {
  readonly kind: "resnet";
  readonly lift: "tanh" | "identity";
  /** Absent: 0. */
  readonly augment?: number;
  /** Absent: there are skip connections. */
  readonly skip?: false;
}

export interface NeuralOdeOptions extends NetworkOptions {
  /** Present in configurations that the model returns. */
  readonly kind?: "neuralOde";
  /** tanh (default), identity, or none: h_0 = (x, 0), with inputs = width. */
  readonly lift?: "tanh" | "identity" | "none";
  /** affine (default), or none: y is the first `outputs` numbers of h(T). */
  readonly readout?: "affine" | "none";
  /** W(t) = sum_j phi_j(t) Theta_j, and b(t) alike. Default: perLayer, as many as steps. */
  readonly weights?: WeightsOption;
  /** Default: euler. */
  readonly solver?: StepSolver;
}

/** The neural ODE
 *
 *      h(0) = (s_lift(A x + a), 0),   h' = s(W(t) h + b(t)) on [0, horizon],   y = C h(T) + c
 *
 *  taken by `depth` equal steps of a solver. */
export interface NeuralOdeConfig extends Required<Omit<NeuralOdeOptions, "kind" | "weights">> {
  readonly kind: "neuralOde";
  readonly weights: WeightBasis;
}

export type ModelConfig = ResNetConfig | NeuralOdeConfig;

/** D, the dimension of the state: of the block weights, and of a Jacobian. */
export function stateWidth(config: ModelConfig): number {
  return config.width + (config.augment ?? 0);
}

/** Which start: every tensor is drawn from (seed, trial) alone, 1 and 0 by default. */
export interface StartOptions {
  readonly seed?: number;
  readonly trial?: number;
}

export const startChecks: Checks<StartOptions> = { seed, trial: whole(0) };

const networkChecks: Checks<NetworkOptions> = {
  inputs: needed(whole(1)),
  outputs: needed(whole(1)),
  width: needed(whole(1)),
  depth: needed(whole(1)),
  activation: oneOf(...activations),
  horizon: positive,
  augment: whole(0),
};

export const resnetChecks: Checks<ResNetOptions> = {
  kind: oneOf("resnet"),
  ...networkChecks,
  lift: oneOf("tanh", "identity"),
  skip: flag,
};

export const neuralOdeChecks: Checks<NeuralOdeOptions> = {
  kind: oneOf("neuralOde"),
  ...networkChecks,
  lift: oneOf("tanh", "identity", "none"),
  readout: oneOf("affine", "none"),
  weights: either(text, object),
  solver: oneOf(...stepSolvers),
};

/** Refuses a configuration that `resnet` and `neuralOde` would not have made. */
export function requireConfig(who: string, config: ModelConfig): void {
  const kind = needed(oneOf("resnet", "neuralOde"));
  requireOptions<Pick<ModelConfig, "kind">>(who, config, { kind }, { others: true });
  if (config.kind === "resnet") {
    requireOptions<ResNetOptions>(who, config, resnetChecks);
    resnetConfig(config);
  } else {
    requireOptions<NeuralOdeOptions>(who, config, neuralOdeChecks);
    neuralOdeConfig(config);
  }
}

/** Completes checked options. */
export function resnetConfig(options: ResNetOptions): ResNetConfig {
  const { inputs, outputs, width, depth, activation = "tanh", lift = "tanh" } = options;
  const { skip = true, augment = 0, horizon = 1 } = options;
  if (!skip && horizon !== 1) {
    throw new ConfigError(
      `resnet: horizon is ${horizon} and skip is false, expected no horizon: a plain network has no time`,
    );
  }
  const config = { kind: "resnet" as const, inputs, outputs, width, depth, activation, lift, horizon };
  return { ...config, ...(augment > 0 && { augment }), ...(!skip && { skip }) };
}

/** Completes checked options. */
export function neuralOdeConfig(options: NeuralOdeOptions): NeuralOdeConfig {
  const { inputs, outputs, width, depth, activation = "tanh", horizon = 1, augment = 0 } = options;
  const { lift = "tanh", readout = "affine", solver = "euler" } = options;
  if (lift === "none" && inputs !== width) {
    throw new ConfigError(
      `neuralOde: lift is 'none' with ${inputs} inputs and width ${width}, expected as many inputs as width`,
    );
  }
  if (readout === "none" && outputs > width + augment) {
    throw new ConfigError(
      `neuralOde: readout is 'none' with ${outputs} outputs, expected at most the state's dimension ${width + augment}`,
    );
  }
  const weights = requireBasis(options.weights ?? "perLayer", depth);
  const shape = { inputs, outputs, width, augment, depth, activation };
  return { kind: "neuralOde", ...shape, lift, readout, horizon, weights, solver };
}

/** A residual network as the neural ODE that it is a discretisation of. */
export function asOde(config: ModelConfig, who: string): NeuralOdeConfig {
  if (config.kind === "neuralOde") return config;
  if (config.skip === false) {
    throw new ConfigError(
      `${who}: the model has no skip connections (skip: false), expected a residual network or a neural ODE`,
    );
  }
  const { kind: _, skip: __, ...options } = config;
  return neuralOdeConfig(options);
}
