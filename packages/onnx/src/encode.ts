import type { Model } from "@stiffnet/core";
import { affineOf, requireRepresentable } from "./affine.ts";
import { jacobianNode } from "./derived.ts";
import { type GraphBuilder, graphBuilder, type RealType } from "./graph.ts";
import type { SurrogateDescription } from "./inspect.ts";
import { networkNodes, outputNodes } from "./network.ts";
import { type ExportOptions, requireExport, requireExportOptions } from "./options.ts";
import { dataTypes, encodeModel, type OnnxDimension, type OnnxValue } from "./proto.ts";
import { version } from "./version.ts";

const opset = 17;
const irVersion = 8;

/** The bytes of an ONNX file (opset 17, IR version 8) with one input `inputs` [batch, inputs] and the output
 *  `outputs` [batch, outputs], both in physical units. Several models make an ensemble (see
 *  `exportEnsemble`). The bytes depend only on the arguments, not on date, path or machine. `exportOnnx` also
 *  checks the file. */
export function encodeOnnx(model: Model | readonly Model[], options: ExportOptions = {}): Uint8Array {
  requireExportOptions(options);
  const models = "config" in model ? [model] : model;
  requireExport(models, options);
  const { dtype = "float32" } = options;
  for (const { preparation, inputNames, outputNames } of models) {
    requireRepresentable(affineOf(preparation.inputs), inputNames, dtype);
    requireRepresentable(affineOf(preparation.outputs), outputNames, dtype);
  }
  const graph = graphBuilder(dtype);
  const network = networkNodes(graph, models, "inputs");
  const { names: outputs, outputSteps } = outputNodes(graph, models, network, options.members ?? false);
  const names = [...outputs];
  if (options.jacobian) names.push(jacobianNode(graph, models, network, outputSteps));
  const { config } = models[0]!;
  return encodeGraph(
    graph,
    {
      config,
      members: models.length,
      name: models.length === 1 ? config.kind : `${config.kind}_ensemble`,
      inputNames: models[0]!.inputNames,
      outputNames: models[0]!.outputNames,
      preparation: models.map((model) => model.preparation),
      outputs: names.map((name) => [name, shapes(models)[name]!]),
    },
    options,
  );
}

/** Description of a file with any kind of model. */
interface Described {
  readonly name: string;
  readonly config: SurrogateDescription["config"];
  readonly members: number;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly preparation: SurrogateDescription["preparation"];
  readonly outputs: readonly (readonly [name: string, shape: readonly (string | number)[]])[];
}

export function encodeGraph(graph: GraphBuilder, described: Described, options: ExportOptions): Uint8Array {
  const { name, inputNames, outputs } = described;
  return encodeModel({
    irVersion,
    producerName: "stiffnet",
    producerVersion: version,
    docString: options.description ?? "",
    graph: {
      name,
      node: graph.nodes,
      initializer: graph.constants,
      input: [value("inputs", graph.real, ["batch", inputNames.length])],
      output: outputs.map(([output, shape]) => value(output, graph.real, shape)),
    },
    opsetImport: [{ domain: "", version: opset }],
    metadataProps: metadataOf(described, options),
  });
}

const shapes = (models: readonly Model[]): Record<string, (string | number)[]> => {
  const { inputNames, outputNames } = models[0]!;
  const [inputs, outputs] = [inputNames.length, outputNames.length];
  return {
    outputs: ["batch", outputs],
    outputs_std: ["batch", outputs],
    outputs_members: [models.length, "batch", outputs],
    jacobian: ["batch", outputs, inputs],
  };
};

function value(name: string, dtype: RealType, shape: readonly (string | number)[]): OnnxValue {
  const dim = shape.map(
    (size): OnnxDimension => (typeof size === "string" ? { dimParam: size } : { dimValue: size }),
  );
  return { name, type: { tensorType: { elemType: dataTypes[dtype], shape: { dim } } } };
}

function metadataOf(described: Described, options: ExportOptions): { key: string; value: string }[] {
  const { config, members, inputNames, outputNames, preparation } = described;
  const { units, ranges } = options;
  const entries: Record<string, unknown> = {
    format: 1,
    members,
    config,
    inputs: inputNames.map((name, j) => ({
      name,
      unit: units?.inputs?.[j],
      min: ranges?.[j]?.[0],
      max: ranges?.[j]?.[1],
    })),
    outputs: outputNames.map((name, j) => ({ name, unit: units?.outputs?.[j] })),
    preparation,
    metadata: options.metadata ?? {},
  };
  return Object.entries(entries).map(([key, entry]) => ({
    key: `stiffnet.${key}`,
    value: JSON.stringify(entry),
  }));
}
