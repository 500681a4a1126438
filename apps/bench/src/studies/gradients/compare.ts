import {
  backsolve,
  discrete,
  euler,
  forwardSensitivities,
  type Gradients,
  interpolated,
  type OdeProblem,
  type Sensitivity,
  tsit5,
} from "@stiffnet/integrators";
import {
  closedForms,
  equationOf,
  type LinearLayers,
  slidesFormulas,
  timesTransposed,
  withWeights,
} from "./linear-layers.ts";

export const adjointNames = ["Euler", "Gauss", "backsolve"] as const;
export type Adjoint = (typeof adjointNames)[number];

/** Three gradients of the neural ODE by explicit Euler steps. The first has its integral by Euler steps, too,
 *  as the slides write it down; the second by Gauss's formula. The third integrates the state backwards. */
function adjointGradients(layers: LinearLayers, depth: number): Record<Adjoint, Float64Array> {
  const weightsAlong = (sensitivity: Sensitivity) =>
    gradientsBy(sensitivity, withWeights(layers), layers, depth).y0.slice(layers.width);
  return {
    Euler: weightsAlong(interpolated()),
    Gauss: gradientsBy(interpolated(), equationOf(layers), layers, depth).parameters,
    backsolve: weightsAlong(backsolve()),
  };
}

/** Of the loss |x(T) - y|^2, x being the first unknowns of the problem. */
function gradientsBy(
  sensitivity: Sensitivity,
  problem: OdeProblem,
  { target }: LinearLayers,
  depth: number,
): Gradients {
  const run = sensitivity.run(problem, { solver: euler, steps: depth });
  return run.pullback(run.y.map((x, i) => (i < target.length ? 2 * (x - target[i]!) : 0)));
}

/** One depth. Differences are relative: the norm of the difference over the norm of the gradient itself. */
export interface GradientRow {
  readonly depth: number;
  readonly step: number;
  /** Closed form of the ResNet's gradient against discretise-then-optimise. */
  readonly resnet: number;
  /** Closed form of the neural ODE's gradient against the adjoint by Euler steps. */
  readonly ode: number;
  /** How far the neural ODE's gradient is from the ResNet's times A^T. */
  readonly identity: number;
  /** Distance of each adjoint's gradient from the ResNet's, over the norm of the limit. */
  readonly gaps: Readonly<Record<Adjoint, number>>;
  /** Distance of the ResNet's gradient from the limit of infinite depth, over its norm. */
  readonly resnetToLimit: number;
  readonly odeToLimit: number;
  /** The computed gradients over the slides' formulas; null where W is no number. */
  readonly overSlides: { readonly resnet: number; readonly ode: number } | null;
}

export interface GradientCase {
  readonly name: string;
  readonly width: number;
  readonly rows: readonly GradientRow[];
}

export function compareGradients(
  name: string,
  layers: LinearLayers,
  depths: readonly number[],
): GradientCase {
  const limit = limitOf(layers);
  return { name, width: layers.width, rows: depths.map((depth) => rowOf(layers, depth, limit)) };
}

function rowOf(layers: LinearLayers, depth: number, limit: Float64Array): GradientRow {
  const byDiscrete = gradientsBy(discrete(), equationOf(layers), layers, depth).parameters;
  const byAdjoint = adjointGradients(layers, depth);
  const ode = byAdjoint.Euler;
  const closed = closedForms(layers, depth);
  const slides = layers.width === 1 ? slidesFormulas(layers, depth) : undefined;
  const size = norm(limit);
  return {
    depth,
    step: layers.horizon / depth,
    resnet: relative(closed.resnet, byDiscrete),
    ode: relative(closed.ode, ode),
    identity: relative(timesTransposed(byDiscrete, layers, depth), ode),
    gaps: Object.fromEntries(
      Object.entries(byAdjoint).map(([key, gradient]) => [key, distance(gradient, byDiscrete) / size]),
    ) as Record<Adjoint, number>,
    resnetToLimit: distance(byDiscrete, limit) / size,
    odeToLimit: distance(ode, limit) / size,
    overSlides: slides ? { resnet: byDiscrete[0]! / slides.resnet, ode: ode[0]! / slides.ode } : null,
  };
}

/** The gradient of |x(T) - y|^2 for x' = W x, without any steps to speak of. */
function limitOf(layers: LinearLayers): Float64Array {
  const { width, horizon, target } = layers;
  const { y, parameters } = forwardSensitivities(equationOf(layers), {
    solver: tsit5,
    rtol: 1e-12,
    atol: 1e-14,
    maxStep: horizon / 50,
  });
  const count = width * width;
  return Float64Array.from({ length: count }, (_, k) =>
    target.reduce((sum, goal, i) => sum + 2 * (y[i]! - goal) * parameters[i * count + k]!, 0),
  );
}

function norm(values: Float64Array): number {
  return Math.hypot(...values);
}

function distance(a: Float64Array, b: Float64Array): number {
  return norm(a.map((x, i) => x - b[i]!));
}

function relative(found: Float64Array, exact: Float64Array): number {
  return distance(found, exact) / norm(exact);
}
