import { ConfigError } from "./errors.ts";

export const activations = ["tanh", "relu", "softplus", "sin", "identity"] as const;
export type Activation = (typeof activations)[number];

export interface ResNetOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Dimension of the lifted state, D. */
  readonly width: number;
  /** Number of residual blocks, N (not N + 1). */
  readonly depth: number;
  readonly activation?: Activation;
  /** What the lift applies: tanh (default) or nothing. */
  readonly lift?: "tanh" | "identity";
  /** T: a block advances by alpha = T / N. */
  readonly horizon?: number;
}

/** The residual network
 *
 *      h_0 = s_lift(A x + a)                                    A: [width, inputs]
 *      h_n = h_{n-1} + alpha s(W_n h_{n-1} + b_n),  n = 1..N    W_n: [width, width],  alpha = horizon / depth
 *      y   = C h_N + c                                          C: [outputs, width]
 *
 *  which is explicit Euler with N steps on h' = s(W(t) h + b(t)). */
export interface ResNetConfig extends Required<ResNetOptions> {
  readonly kind: "resnet";
}

export function resnetConfig(options: ResNetOptions): ResNetConfig {
  const { activation = "tanh", lift = "tanh", horizon = 1 } = options;
  for (const field of ["inputs", "outputs", "width", "depth"] as const) {
    const value = options[field];
    if (!Number.isInteger(value) || value < 1) {
      throw new ConfigError(`resnet: ${field} is ${value}, expected a whole number of at least 1`);
    }
  }
  if (!activations.includes(activation)) {
    throw new ConfigError(`resnet: activation is '${activation}', expected one of ${activations.join(", ")}`);
  }
  if (lift !== "tanh" && lift !== "identity") {
    throw new ConfigError(`resnet: lift is '${lift}', expected tanh or identity`);
  }
  if (!(horizon > 0 && Number.isFinite(horizon))) {
    throw new ConfigError(`resnet: horizon is ${horizon}, expected a positive number`);
  }
  const { inputs, outputs, width, depth } = options;
  return { kind: "resnet", inputs, outputs, width, depth, activation, lift, horizon };
}
