import { preparedColumns } from "@stiffnet/preparation";
import { type GaussianModel, type GaussianProcess, predictGaussianModel } from "@stiffnet/uncertainty";
import { encodeGraph } from "./encode.ts";
import { OnnxError } from "./errors.ts";
import { type OnnxExport, writeVerified } from "./export-onnx.ts";
import { type GraphBuilder, graphBuilder, realValues } from "./graph.ts";
import { describe } from "./inspect.ts";
import { type ExportOptions, requireDescription, requireExportOptions } from "./options.ts";
import { fromFloat64, prepareSteps, restoreSteps } from "./preparation.ts";
import { decodeModel } from "./proto.ts";
import { bytesOf, type OnnxSource } from "./source.ts";
import { differences } from "./verify.ts";

export type GaussianExportOptions = Omit<ExportOptions, "jacobian" | "members">;

/** The numbers of a process that a file holds, by the names of its constants, with their shapes. */
const stored = {
  centre: (of: GaussianProcess) => [of.inputs],
  lengths: (of: GaussianProcess) => [1, of.inputs],
  points: (of: GaussianProcess) => [of.rows, of.inputs],
  weights: (of: GaussianProcess) => [of.rows, of.outputs],
  root: (of: GaussianProcess) => [of.rows, of.rows],
  means: (of: GaussianProcess) => [of.outputs],
  deviations: (of: GaussianProcess) => [of.outputs],
} as const satisfies Partial<Record<keyof GaussianProcess, unknown>>;

/** The bytes of an ONNX file with the mean as `outputs` and the standard deviation of a new observation as
 *  `outputs_std`, both [batch, outputs] in physical units, computed in float64 inside. It holds the points
 *  and a matrix of the rows squared. */
export function encodeGaussian(model: GaussianModel, options: GaussianExportOptions = {}): Uint8Array {
  requireExportOptions(options);
  requireDescription(model, options);
  const { jacobian, members }: ExportOptions = options;
  if (jacobian || members) {
    const given = jacobian ? "jacobian" : "members";
    throw new OnnxError(`export: '${given}' is given, but a Gaussian process has no such output`, {
      code: "bad_option",
    });
  }
  if (options.metadata?.processes !== undefined) {
    throw new OnnxError(
      "export: the metadata have 'processes', expected another name: the file says there what the processes are",
      { code: "bad_option" },
    );
  }
  const graph = graphBuilder(options.dtype ?? "float32");
  const { processes, preparation, inputNames, outputNames } = model;
  const x = prepareSteps(graph, preparation.inputs, "inputs", "inputs.0").value;
  const parts = processes.map((process, k) => processNodes(graph, process, x, `gaussian.${k}`));
  const columns = preparedColumns(preparation.outputs);
  const beside = (which: "mean" | "std"): string =>
    parts.length === 1
      ? parts[0]![which]
      : graph.node(
          "Concat",
          parts.map((part) => part[which]),
          `gaussian.${which}`,
          { axis: 1 },
        );
  const restored = restoreSteps(graph, preparation.outputs, beside("mean"), "outputs.0");
  // One column for each prepared output: its deviation, carried along by the chain rule.
  const unit = Float64Array.from({ length: columns * columns }, (_, k) => (k % (columns + 1) === 0 ? 1 : 0));
  const raised = graph.node("Unsqueeze", [beside("std"), graph.integers("axis.1", [1])], "gaussian.std.rows");
  const diagonal = graph.node(
    "Mul",
    [raised, graph.constant("gaussian.unit", [columns, columns], unit, "float64")],
    "gaussian.std.diagonal",
  );
  const along = restored.chain(diagonal);
  const squares = graph.node("Mul", [along, along], "gaussian.squares");
  const variance = graph.node("ReduceSum", [squares, graph.integers("axis.2", [2])], "gaussian.variance", {
    keepdims: 0,
  });
  const names = [
    fromFloat64(graph, restored.value, "outputs"),
    fromFloat64(graph, graph.node("Sqrt", [variance], "gaussian.spread"), "outputs_std"),
  ];
  return encodeGraph(
    graph,
    {
      name: "gaussian_process",
      members: 1,
      inputNames,
      outputNames,
      config: {
        kind: "gaussianProcess",
        inputs: preparedColumns(preparation.inputs),
        outputs: columns,
        processes: processes.length,
        rows: processes[0]!.rows,
      },
      preparation: [preparation],
      outputs: names.map((name) => [name, ["batch", outputNames.length]]),
    },
    {
      ...options,
      metadata: {
        ...options.metadata,
        processes: processes.map(({ outputs, rows, noise, logLikelihood }) => ({
          outputs,
          rows,
          noise,
          logLikelihood,
        })),
      },
    },
  );
}

/** Mean and standard deviation of one process, [batch, outputs] in float64. */
function processNodes(graph: GraphBuilder, process: GaussianProcess, x: string, at: string) {
  const constant = (name: keyof typeof stored): string =>
    graph.constant(`${at}.${name}`, stored[name](process), process[name], "float64");
  const number = (name: string, value: number): string => graph.constant(name, [], [value], "float64");
  const node = (op: Parameters<GraphBuilder["node"]>[0], inputs: string[], name: string): string =>
    graph.node(op, inputs, `${at}.${name}`);
  const rowSum = (of: string, name: string): string =>
    graph.node("ReduceSum", [of, graph.integers("axis.1", [1])], `${at}.${name}`, { keepdims: 1 });
  const { inputs, rows, points } = process;
  const centred = node("Sub", [x, constant("centre")], "centred");
  // The one length of one input: onnxruntime would fold a quotient into the next MatMul, in float32.
  const u =
    inputs === 1
      ? node(
          "MatMul",
          [centred, node("Div", [number("one", 1), constant("lengths")], "lengths.inverse")],
          "u",
        )
      : node("Div", [centred, constant("lengths")], "u");
  const sizes = Float64Array.from({ length: rows }, (_, i) =>
    points.subarray(i * inputs, (i + 1) * inputs).reduce((sum, value) => sum + value * value, 0),
  );
  const turned = graph.node("Transpose", [constant("points")], `${at}.points.turned`, { perm: [1, 0] });
  const cross = node("MatMul", [u, turned], "cross");
  const own = rowSum(node("Mul", [u, u], "u.squares"), "u.size");
  const apart = node("Sub", [node("Sub", [own, cross], "less"), cross], "less.twice");
  const sum = node("Add", [apart, graph.constant(`${at}.sizes`, [rows], sizes, "float64")], "sum");
  const squared = node("Max", [sum, number("zero", 0)], "squared");
  const r = node("Sqrt", [node("Mul", [squared, number("five", 5)], "squared.five")], "r");
  const third = node("Div", [node("Mul", [r, r], "r.squared"), number("three", 3)], "r.third");
  const polynomial = node("Add", [node("Add", [r, third], "r.sum"), number("one", 1)], "polynomial");
  const near = node("Mul", [polynomial, node("Exp", [node("Neg", [r], "r.minus")], "decay")], "near");
  const mean = node(
    "Add",
    [node("MatMul", [near, constant("weights")], "weighted"), constant("means")],
    "mean",
  );
  const white = node("MatMul", [near, constant("root")], "white");
  const known = rowSum(node("Mul", [white, white], "white.squares"), "known");
  const left = node("Sub", [number(`${at}.prior`, 1 + process.noise), known], "left");
  const share = node(
    "Sqrt",
    [node("Max", [left, number(`${at}.noise`, process.noise)], "share")],
    "share.root",
  );
  return { mean, std: node("Mul", [share, constant("deviations")], "std") };
}

/** Weights grow as the noise falls, and cancel: their rounding is some 1e-14 / noise of the deviation. At the
 *  least noise of a process, 1e-13, a tenth of the deviation is allowed, 1e4 times the tolerance. */
const roundedDeviations = ({ processes }: GaussianModel): number =>
  1e-9 / Math.max(1e-13, Math.min(...processes.map(({ noise }) => noise)));

/** Writes a Gaussian process as `exportOnnx` writes a network, compared in onnxruntime-node with
 *  `predictGaussianModel` before. */
export async function exportGaussian(
  model: GaussianModel,
  path: string,
  options: GaussianExportOptions = {},
): Promise<OnnxExport> {
  const bytes = encodeGaussian(model, options);
  const { tolerance } = options;
  const verification = await differences(
    bytes,
    model,
    (rows) => {
      const { mean, std } = predictGaussianModel(model, rows);
      return { outputs: mean, outputs_std: std };
    },
    tolerance === undefined ? {} : { tolerance },
    roundedDeviations(model),
  );
  return writeVerified(path, bytes, verification, "the Gaussian process");
}

/** Reads back what `exportGaussian` wrote, to the bit. Other files are an `OnnxError`
 *  (`not_a_gaussian_process`). */
export async function importGaussian(source: OnnxSource): Promise<GaussianModel> {
  const { bytes, from } = await bytesOf(source);
  const decoded = decodeModel(bytes, from);
  const { surrogate } = describe(decoded, bytes);
  if (surrogate?.config.kind !== "gaussianProcess") {
    throw new OnnxError(`${from}: holds no Gaussian process, expected one that stiffnet exported`, {
      code: "not_a_gaussian_process",
    });
  }
  const { config, metadata, preparation, inputs, outputs } = surrogate;
  const constants = new Map(decoded.graph.initializer.map((tensor) => [tensor.name, tensor]));
  const facts = metadata.processes as unknown as Pick<
    GaussianProcess,
    "outputs" | "rows" | "noise" | "logLikelihood"
  >[];
  const processes = facts.map((fact, k) => {
    const of = { ...fact, inputs: config.inputs };
    const read = (name: keyof typeof stored): Float64Array => {
      const tensor = constants.get(`gaussian.${k}.${name}`);
      const values = tensor ? realValues(tensor) : new Float64Array();
      const size = stored[name](of as GaussianProcess).reduce((product, side) => product * side, 1);
      if (values.length === size) return values;
      throw new OnnxError(
        `${from}: the constant 'gaussian.${k}.${name}' holds ${values.length} numbers, expected ${size}`,
        { code: "shape_mismatch" },
      );
    };
    const [centre, lengths, points] = [read("centre"), read("lengths"), read("points")];
    const [weights, root, means] = [read("weights"), read("root"), read("means")];
    return { ...of, centre, lengths, points, weights, root, means, deviations: read("deviations") };
  });
  return {
    inputNames: inputs.map(({ name }) => name),
    outputNames: outputs.map(({ name }) => name),
    preparation: preparation[0]!,
    processes,
  };
}
