import { stepSolvers } from "@stiffnet/core";
import type { NamedTable } from "@stiffnet/report";
import { above, choice, formatNumber, list, listOf, row, seeded, whole } from "@stiffnet/terminal";
import type { ConfigOf } from "@stiffnet/trials";
import type { Convergence } from "./measure.ts";

/** Bases that go on between the layers. */
export const smoothWeights = ["constant", "linear", "quadratic", "cubic"] as const;

export const convergenceOptions = {
  solvers: row("<list>", `some of ${stepSolvers.join(", ")}`, listOf(stepSolvers), [...stepSolvers]),
  factors: row("<list>", "how many steps become of each", list(whole(1, 4096)), [1, 2, 4, 8, 16, 32, 64]),
  weights: row("<basis>", "how the weights depend on time", choice(smoothWeights), "cubic"),
  depth: row("<n>", "layers that are trained, Euler steps", whole(1, 1024), 8),
  width: row("<n>", "width", whole(1, 512), 10),
  horizon: row("<x>", "T: a layer is a step of T / N", above(0), 1),
  dimension: row("<n>", "inputs of the Alpine 02 function", whole(1, 10), 2),
  epochs: row("<n>", "epochs of training on 900 samples", whole(0), 40),
  probes: row("<n>", "samples at which outputs are compared", whole(2, 10_000), 50),
  ...seeded,
};

export type ConvergenceConfig = ConfigOf<"convergence", typeof convergenceOptions>;

export interface ConvergenceResult {
  /** `diverged`: the training; `unsolved`: the trained field's equation. Nothing is compared then. */
  readonly status: "finished" | "diverged" | "unsolved" | "interrupted";
  /** Why not `finished`; empty else. */
  readonly reason: string;
  /** Root mean square error on the training set before the first epoch and in the last; null where there was
   *  none. */
  readonly risk: { readonly first: number | null; readonly last: number | null };
  readonly digestOfModel: string;
  readonly solvers: readonly Convergence[];
}

export function convergenceTables({ solvers }: ConvergenceResult): NamedTable[] {
  if (solvers.length === 0) return [];
  const steps = solvers[0]!.points.map((point) => point.steps);
  return [
    {
      name: "slopes",
      caption:
        "Slopes of the error against N in double logarithms, over the finest three errors: of the network as it computes, in float32, where they stand five times above its rounding; and of the same steps in float64. Floor: the median difference of the two.",
      header: ["solver", "order", "slope", "in float64", "finest error", "in float64", "floor"],
      rows: solvers.map(({ solver, order, slope, slopeExact, points, floor }) => [
        solver,
        String(order),
        ...[slope, slopeExact, points.at(-1)!.error, points.at(-1)!.exactArithmetic].map((x) =>
          formatNumber(x),
        ),
        floor.toExponential(1),
      ]),
    },
    {
      name: "errors",
      caption:
        "Difference of the outputs from the neural ODE's: root mean square over the probes, over the standard deviation of the outputs.",
      header: ["N", ...solvers.map(({ solver }) => solver)],
      rows: steps.map((n, k) => [String(n), ...solvers.map(({ points }) => formatNumber(points[k]!.error))]),
    },
  ];
}

export function convergenceSentences(
  { status, reason, solvers, risk }: ConvergenceResult,
  config: ConvergenceConfig,
): string[] {
  if (status === "diverged") return [`The training diverged, and nothing was compared: ${reason}.`];
  if (status === "unsolved") {
    return [`The neural ODE of the trained network cannot be solved, and nothing was compared: ${reason}.`];
  }
  const number = (value: number | null): string => (value === null ? "none" : formatNumber(value));
  // Float32 errors may sink into the rounding before they are asymptotic.
  const early = solvers.filter(({ slope, slopeExact }) => Math.abs((slope ?? 0) - (slopeExact ?? 0)) > 0.25);
  const floors = solvers.map(({ floor }) => floor);
  const reached = solvers.flatMap(({ solver, points }) => {
    const point = points.find(({ error, rounding }) => error <= 2 * rounding);
    return point ? [`${solver} at N = ${point.steps}`] : [];
  });
  return [
    `A network of ${config.depth} Euler steps was trained for ${config.epochs} epochs on Alpine 02 in ${config.dimension}D (error ${number(risk.first)} before, ${number(risk.last)} after), and its steps were divided by up to ${Math.max(...config.factors)}.`,
    `It converges to its neural ODE with these slopes in float64: ${solvers.map(({ solver, slopeExact, order }) => `${solver} ${number(slopeExact)} (order ${order})`).join(", ")}.`,
    ...(early.length > 0
      ? [
          `In float32 other slopes are seen: ${early.map(({ solver, slope }) => `${solver} ${number(slope)}`).join(", ")}; few errors lie between the coarse steps and its rounding.`,
        ]
      : []),
    `Arithmetic in float32 moves the outputs by ${Math.min(...floors).toExponential(1)} to ${Math.max(...floors).toExponential(1)} of their standard deviation: more steps cannot come closer. ${reached.length > 0 ? `That floor is reached by ${reached.join(", ")}.` : "No solver reached that floor."}`,
  ];
}
