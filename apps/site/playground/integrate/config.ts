import { oneStepSolvers } from "@stiffnet/integrators";
import type { StateOf } from "../address.ts";
import { problems } from "./problems.ts";

const named = (explicit: boolean): string[] =>
  oneStepSolvers.filter(({ kind }) => (kind === "explicit") === explicit).map(({ name }) => name);

export const explicitNames: readonly string[] = named(true);
export const implicitNames: readonly string[] = named(false);

/** A right-hand side as it is typed, until another is. */
export const exampleCode: string = `// t: time, y: the state, k: the slider; write the derivative into dy
dy[0] = y[1];
dy[1] = -k * (y[0] - Math.cos(t)) - 2 * y[1];`;

export const integrateFields = {
  problem: { value: "rates", among: [...Object.keys(problems), "typed"], label: "the problem" },
  stiffness: { value: 2, from: -1, to: 6, label: "the stiffness" },
  explicit: { value: "dopri5", among: explicitNames, label: "the explicit solver" },
  implicit: { value: "radau", among: implicitNames, label: "the implicit solver" },
  tolerance: { value: -3, from: -10, to: -1, label: "the tolerance" },
  code: { value: exampleCode, longest: 2000, label: "the right-hand side" },
  start: { value: "1, 0", longest: 200, label: "the start" },
  end: { value: 20, from: 1e-6, to: 1e9, label: "the end of time" },
} as const;

export type IntegrateConfig = StateOf<typeof integrateFields>;
