import { memoised } from "../memoised.ts";
import type { System } from "../system.ts";
import type { ExplicitCoefficients } from "./explicit-coefficients.ts";
import type { StageTerms } from "./stage-sums.ts";

/** The stages of a step, its end and, where steps adapt, its error estimates; false where the end is not
 *  finite. The companion's estimate is left in `stage`. */
type StepCode = (
  t: number,
  h: number,
  y: Float64Array,
  yNew: Float64Array,
  stage: Float64Array,
  error: Float64Array,
  k: readonly Float64Array[],
  system: System,
  adaptive: boolean,
) => boolean;

/** A method is written out once it has been tried so often on systems of a size: one short run is over before
 *  it would pay. */
const TRIES = 100;
/** Of so many products at most: engines take long to optimise more. */
const PRODUCTS = 400;

/** Pages and their workers may have a content security policy, which reports whoever makes code of text. */
const inPage = "document" in globalThis || "WorkerGlobalScope" in globalThis;

/** A step of one method on n unknowns, few of them, written out with all weights and sums: about two thirds
 *  of the time of loops, to the same bits. */
export class ExplicitStep {
  /** Undefined as long as loops do it. */
  code: StepCode | undefined;
  #tries = 0;
  readonly #n: number;
  readonly #stages: number;
  readonly #coefficients: ExplicitCoefficients;

  constructor(coefficients: ExplicitCoefficients, stages: number, n: number) {
    this.#coefficients = coefficients;
    this.#stages = stages;
    this.#n = n;
    const { a, b, error, companion } = coefficients;
    const products = [...a, b, error, companion].reduce((sum, row) => sum + (row?.weights.length ?? 0), 0);
    if (inPage || n * products > PRODUCTS) this.#tries = Number.NaN;
  }

  /** Tells of a try by loops. */
  count(): void {
    if (++this.#tries === TRIES) this.code = compiled(this.#coefficients, this.#stages, this.#n);
  }
}

const stepsOf: (coefficients: ExplicitCoefficients) => Map<number, ExplicitStep> = /* @__PURE__ */ memoised(
  () => new Map(),
);

/** The one of a method and a number of unknowns. */
export function explicitStep(coefficients: ExplicitCoefficients, stages: number, n: number): ExplicitStep {
  const steps = stepsOf(coefficients);
  let step = steps.get(n);
  if (step === undefined) {
    step = new ExplicitStep(coefficients, stages, n);
    steps.set(n, step);
  }
  return step;
}

/** Undefined where text may not become code. */
function compiled(coefficients: ExplicitCoefficients, stages: number, n: number): StepCode | undefined {
  try {
    const names = ["t", "h", "y", "yNew", "stage", "error", "k", "system", "adaptive"];
    return new Function(...names, `"use strict";\n${textOf(coefficients, stages, n)}`) as StepCode;
  } catch (cause) {
    if (cause instanceof EvalError) return undefined;
    throw cause;
  }
}

/** Entries of k are read once, after f has written them. */
function textOf(coefficients: ExplicitCoefficients, stages: number, n: number): string {
  const { a, b, c, error, companion, reusesLast } = coefficients;
  const each = (text: (i: number) => string, between = "\n"): string =>
    Array.from({ length: n }, (_, i) => text(i)).join(between);
  const slope = (j: number): string => each((i) => `const k${j}_${i} = k[${j}][${i}];`);
  const row = (out: string, base: (i: number) => string, terms: StageTerms): string => {
    const weights = Array.from(terms.weights, (x, q) => `const w${q} = h * ${x};`);
    return `{\n${weights.join("\n")}\n${each((i) => `${out}[${i}] = ${sum(terms, base(i), i)};`)}\n}`;
  };
  const state = (i: number): string => `y${i}`;
  const lines = [each((i) => `const y${i} = y[${i}];`), slope(0)];
  const inner = reusesLast ? stages - 1 : stages;
  for (let j = 1; j < inner; j++) {
    lines.push(row("stage", state, a[j]!), `system.f(t + ${c[j]} * h, stage, k[${j}]);`, slope(j));
  }
  lines.push(row("yNew", state, b));
  lines.push(`if (!(${each((i) => `yNew[${i}] * 0`, " + ")} === 0)) return false;`);
  if (reusesLast) lines.push(`system.f(t + h, yNew, k[${inner}]);`, slope(inner));
  if (error !== undefined)
    lines.push(
      "if (!adaptive) return true;",
      row("error", () => "0", error),
    );
  if (companion !== undefined) lines.push(row("stage", () => "0", companion));
  return [...lines, "return true;"].join("\n");
}

/** base + h sum_j a_j k_j of one component, added up in the order of `combine`. */
function sum({ stages, grouped }: StageTerms, base: string, i: number): string {
  const terms = Array.from(stages, (j, q) => `w${q} * k${j}_${i}`);
  const group = terms.slice(0, grouped).join(" + ");
  const first = grouped === 0 ? base : `${base} + (${group})`;
  return [first, ...terms.slice(grouped)].join(" + ");
}
