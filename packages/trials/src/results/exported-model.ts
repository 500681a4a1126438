import { median } from "@stiffnet/report";
import { type ExportOptions, exportEnsemble, exportOnnx, type Json, OnnxError } from "@stiffnet/onnx";
import { rangesOf } from "@stiffnet/preparation";
import type { TrainedTrial } from "../run/results.ts";
import type { Summary } from "./summary.ts";
import type { Results } from "../study/kind.ts";

/** What was written, by its name in the summary, and in sentences what was not. */
export interface Exported {
  readonly files: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
}

/** Writes the network of one trial, or the mean of several, into the folder as NAME.onnx. Where ONNX has
 *  no way to hold them nothing is written, and it is said on standard error too. */
export async function exportModel(
  { data, folder, summary }: Results,
  trials: readonly TrainedTrial[],
  {
    name = "model",
    of = `Surrogate of ${data.name}`,
    metadata = {},
  }: { name?: string; of?: string; metadata?: Record<string, Json> } = {},
): Promise<Exported> {
  const [first] = trials;
  if (first === undefined) return { files: {}, missing: [] };
  const path = folder.file(`${name}.onnx`);
  const kind = first.model.config.kind === "resnet" ? "residual network" : "neural ODE";
  const many = trials.length > 1;
  const options = {
    ranges: rangesOf(data.train.inputs, data.inputNames.length),
    metadata: { ...metadataOf(summary, trials), model: first.record.model, ...metadata },
    description: `${of}: ${many ? `mean of ${trials.length} ${kind}s` : kind}.`,
  };
  try {
    await write(trials, path, options);
    return { files: { [name]: path }, missing: [] };
  } catch (error) {
    // The report is written in any case, and says it.
    if (!(error instanceof OnnxError)) throw error;
    const reason = error.message.replace(/^export: /, "");
    const sentence = `${first.record.model}: no ONNX file was written: ${reason}.`;
    process.stderr.write(`${sentence}\n`);
    return { files: {}, missing: [sentence] };
  }
}

/** In float32; in float64 where the data's units go beyond what float32 holds. */
async function write(trials: readonly TrainedTrial[], path: string, options: ExportOptions): Promise<void> {
  const models = trials.map(({ model }) => model);
  const exported = (more: ExportOptions) =>
    models.length > 1
      ? exportEnsemble(models, path, { ...options, ...more })
      : exportOnnx(models[0]!, path, { ...options, ...more });
  try {
    await exported({});
  } catch (error) {
    // Outputs that float32 cannot hold fail the comparison where their preparation is not affine.
    const beyond = ["not_representable", "verification_failed"];
    if (!(error instanceof OnnxError) || !beyond.includes(error.code)) throw error;
    await exported({ dtype: "float64" });
  }
}

/** Points of the training history that an exported file carries: enough for a curve. */
const longestHistory = 300;

/** What an exported file says of its making: medians over the trials it is made of. */
function metadataOf(summary: Summary, trials: readonly TrainedTrial[]): Record<string, Json> {
  const of = (field: "riskTrain" | "riskTest" | "stiffness"): number =>
    median(trials.map(({ record }) => record[field]));
  const epochs = Math.min(...trials.map(({ history }) => history.length)) - 1;
  const points = Math.min(epochs, longestHistory);
  const epoch = Array.from({ length: points + 1 }, (_, k) => Math.round((k * epochs) / Math.max(points, 1)));
  const curve = (field: "riskTrain" | "riskTest"): number[] =>
    epoch.map((at) => median(trials.map(({ history }) => history[at]![field] ?? Number.NaN)));
  return {
    study: summary.command,
    studyDigest: summary.digest,
    seed: summary.config.seed,
    trials: trials.map(({ record }) => record.id),
    riskTrain: of("riskTrain"),
    riskTest: of("riskTest"),
    stiffness: of("stiffness"),
    history: { epoch, riskTrain: curve("riskTrain"), riskTest: curve("riskTest") },
  };
}
