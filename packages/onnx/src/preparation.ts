import type { Preparation } from "@stiffnet/preparation";
import { OnnxError } from "./errors.ts";
import type { GraphBuilder } from "./graph.ts";
import { dataTypes } from "./proto.ts";
import { divideColumns, multiplyColumns, multiplyRows } from "./scaling.ts";

/* The graph computes preparations with logarithms or components in float64, whatever its own type. The
 *  logarithm
 * of 1e-9 is -20.7, and after standardisation float32 would leave only six digits of the rest. */

/** A tensor in float64 and how a Jacobian passes through the steps that made it. */
export interface StepNodes {
  readonly value: string;
  /** The chain rule: takes [batch, rows, columns] to the same on the other side of the steps. */
  readonly chain: (jacobian: string) => string;
}

const toFloat64 = (graph: GraphBuilder, x: string): string =>
  graph.node("Cast", [x], `${x}.float64`, { to: dataTypes.float64 });

/** Into the tensor `output`, in the graph's own type. */
export const fromFloat64 = (graph: GraphBuilder, x: string, output: string): string =>
  graph.node("Cast", [x], output, { to: dataTypes[graph.real] });

/** Physical [batch, columns] to prepared [batch, preparedColumns]. `chain` multiplies a derivative with
 *  respect to the prepared columns by that of the steps. */
export function prepareSteps(
  graph: GraphBuilder,
  preparation: Preparation,
  x: string,
  prefix: string,
): StepNodes {
  const chains: ((j: string) => string)[] = [];
  let value = toFloat64(graph, x);
  for (const [k, step] of preparation.steps.entries()) {
    const at = `${prefix}.${k}`;
    const before = value;
    if (step.kind === "affine") {
      const divide = (numerator: string, output: string): string =>
        divideColumns(graph, numerator, `${at}.scale`, [step.scale.length], step.scale, "float64", output);
      const mean = graph.constant(`${at}.mean`, [step.mean.length], step.mean, "float64");
      value = divide(graph.node("Sub", [value, mean], `${at}.centred`), `${at}.x`);
      chains.push((j) => divide(j, `${at}.chain`));
    } else if (step.kind === "log") {
      const { flags, others } = choice(graph, step.applies, at);
      // 1 where there is no logarithm.
      const product = graph.node("Mul", [value, flags], `${at}.product`);
      const masked = graph.node("Add", [product, others], `${at}.masked`);
      const log = graph.node("Log", [masked], `${at}.log`);
      // Columns without a logarithm get log(1) = 0.
      value = graph.node("Add", [log, graph.node("Mul", [value, others], `${at}.others`)], `${at}.x`);
      chains.push((j) => {
        const slope = graph.node(
          "Add",
          [graph.node("Div", [flags, masked], `${at}.inverse`), others],
          `${at}.slope`,
        );
        return graph.node("Mul", [j, unsqueeze(graph, slope, 1)], `${at}.chain`);
      });
    } else {
      const directions = matrix(graph, requireComponents(step), at);
      value = graph.node("MatMul", [before, directions.transposed()], `${at}.x`);
      chains.push((j) => graph.node("MatMul", [j, directions.plain], `${at}.chain`));
    }
  }
  return { value, chain: (j) => chains.reduceRight((jacobian, one) => one(jacobian), j) };
}

/** Prepared [batch, preparedColumns] back to physical [batch, columns]. `chain` multiplies the derivative of
 *  the prepared columns by that of the steps. */
export function restoreSteps(
  graph: GraphBuilder,
  preparation: Preparation,
  y: string,
  prefix: string,
): StepNodes {
  const chains: ((j: string) => string)[] = [];
  let value = toFloat64(graph, y);
  for (const [k, step] of [...preparation.steps.entries()].reverse()) {
    const at = `${prefix}.${k}`;
    if (step.kind === "affine") {
      const dims = [step.scale.length];
      const scaled = multiplyColumns(
        graph,
        value,
        `${at}.scale`,
        dims,
        step.scale,
        "float64",
        `${at}.scaled`,
      );
      const mean = graph.constant(`${at}.mean`, dims, step.mean, "float64");
      value = graph.node("Add", [scaled, mean], `${at}.y`);
      chains.push((j) => multiplyRows(graph, j, `${at}.scale.rows`, step.scale, `${at}.chain`));
    } else if (step.kind === "log") {
      const { flags, others } = choice(graph, step.applies, at);
      // Columns without a logarithm get exp(0) = 1, which is dropped.
      const exp = graph.node("Exp", [graph.node("Mul", [value, flags], `${at}.masked`)], `${at}.exp`);
      const taken = graph.node("Mul", [exp, flags], `${at}.taken`);
      value = graph.node("Add", [taken, graph.node("Mul", [value, others], `${at}.others`)], `${at}.y`);
      chains.push((j) => {
        const slope = graph.node("Add", [taken, others], `${at}.slope`);
        return graph.node("Mul", [j, unsqueeze(graph, slope, 2)], `${at}.chain`);
      });
    } else {
      const directions = matrix(graph, requireComponents(step), at);
      value = graph.node("MatMul", [value, directions.plain], `${at}.y`);
      chains.push((j) => graph.node("MatMul", [directions.transposed(), j], `${at}.chain`));
    }
  }
  return { value, chain: (j) => chains.reduce((jacobian, one) => one(jacobian), j) };
}

/** The flags as 1 and 0, and as 0 and 1. */
function choice(graph: GraphBuilder, applies: readonly boolean[], at: string) {
  const flags = applies.map(Number);
  const others = flags.map((flag) => 1 - flag);
  const dims = [flags.length];
  return {
    flags: graph.constant(`${at}.flags`, dims, flags, "float64"),
    others: graph.constant(`${at}.other`, dims, others, "float64"),
  };
}

/** A runtime turns the constant once, when it loads the file. */
function matrix(graph: GraphBuilder, directions: readonly (readonly number[])[], at: string) {
  const dims = [directions.length, directions[0]!.length];
  const plain = graph.constant(`${at}.directions`, dims, directions.flat(), "float64");
  const transposed = (): string =>
    graph.node("Transpose", [plain], `${at}.directions.transposed`, { perm: [1, 0] });
  return { plain, transposed };
}

/** A later version's step is refused rather than left out. */
function requireComponents(step: Preparation["steps"][number]): readonly (readonly number[])[] {
  if (step.kind === "components") return step.directions;
  throw new OnnxError(
    `export: the preparation has a step of kind '${(step as { kind: string }).kind}', expected affine, log or components`,
    { code: "unsupported" },
  );
}

const unsqueeze = (graph: GraphBuilder, x: string, axis: number): string =>
  graph.node("Unsqueeze", [x, graph.integers(`axis.${axis}`, [axis])], `${x}.axis.${axis}`);
