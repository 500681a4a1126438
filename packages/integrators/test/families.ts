import {
  auto,
  bdf,
  type OdeProblem,
  type OneStepSolver,
  oneStepSolvers,
  rkc,
  type Solver,
} from "../src/index.ts";

export { oneStepSolvers };
export const explicitSolvers = oneStepSolvers.filter((solver) => solver.kind === "explicit");
export const implicitSolvers: OneStepSolver[] = oneStepSolvers.filter((solver) => solver.kind !== "explicit");
export const trainableSolvers: Solver[] = [...oneStepSolvers, auto()];
/** The tolerance that gradients give Newton's iteration, for methods that have one. */
export const tightNewton = ({ kind }: Solver, rtol: number): { newtonTolerance?: number } =>
  kind === "diagonallyImplicit" || kind === "fullyImplicit" ? { newtonTolerance: 1e-10 / rtol } : {};
export const allSolvers: Solver[] = [...oneStepSolvers, bdf, rkc, auto()];

/** The largest error relative to max(|reference|, floor). */
export function worst(values: ArrayLike<number>, reference: ArrayLike<number>, floor = 0): number {
  let error = 0;
  for (let i = 0; i < reference.length; i++) {
    const size = Math.max(Math.abs(reference[i]!), floor);
    error = Math.max(error, Math.abs(values[i]! - reference[i]!) / (size || 1));
  }
  return error;
}

/** Three problems with closed solutions. The derivatives are there for the Rosenbrock methods: differences of
 *  f would show below 1e-8. */
export const smooth: { name: string; problem: OdeProblem; exact: (t: number) => number[] }[] = [
  {
    name: "linear: a damped rotation",
    problem: {
      f: (_t, y, dy) => {
        dy[0] = -0.5 * y[0]! - 2 * y[1]!;
        dy[1] = 2 * y[0]! - 0.5 * y[1]!;
      },
      jacobian: (_t, _y, jac) => jac.set([-0.5, 2, -2, -0.5]),
      autonomous: true,
      y0: [1, 0],
      tSpan: [0, 4],
    },
    exact: (t) => [Math.exp(-t / 2) * Math.cos(2 * t), Math.exp(-t / 2) * Math.sin(2 * t)],
  },
  {
    name: "nonlinear: sech and tanh",
    problem: {
      f: (_t, y, dy) => {
        dy[0] = -y[0]! * y[1]!;
        dy[1] = y[0]! * y[0]!;
      },
      jacobian: (_t, y, jac) => jac.set([-y[1]!, 2 * y[0]!, -y[0]!, 0]),
      autonomous: true,
      y0: [1, 0],
      tSpan: [0, 4],
    },
    exact: (t) => [1 / Math.cosh(t), Math.tanh(t)],
  },
  {
    name: "non-autonomous: y' = -2 t y and a forced decay",
    problem: {
      f: (t, y, dy) => {
        dy[0] = -2 * t * y[0]!;
        dy[1] = -y[1]! + Math.cos(t);
      },
      jacobian: (t, _y, jac) => jac.set([-2 * t, 0, 0, -1]),
      timeDerivative: (t, y, out) => out.set([-2 * y[0]!, -Math.sin(t)]),
      y0: [1, 1],
      tSpan: [0, 2],
    },
    exact: (t) => [Math.exp(-t * t), (Math.cos(t) + Math.sin(t) + Math.exp(-t)) / 2],
  },
];

/** Slope of log(error) against log(h). */
export function slope(h: readonly number[], error: readonly number[]): number {
  const x = h.map(Math.log2);
  const y = error.map(Math.log2);
  const mean = (v: number[]) => v.reduce((a, b) => a + b, 0) / v.length;
  const mx = mean(x);
  const my = mean(y);
  return (
    x.reduce((sum, xi, i) => sum + (xi - mx) * (y[i]! - my), 0) /
    x.reduce((sum, xi) => sum + (xi - mx) ** 2, 0)
  );
}
