import { resolve } from "node:path";
import type { Stability } from "@stiffnet/stiffness";
import { Command } from "commander";
import { addTableOptions, sourceOf, type TableOptions } from "../../commands/table-options.ts";
import { BenchError } from "../../errors.ts";
import { textTable } from "../../format.ts";
import { modelFile, modelName } from "../../model-file.ts";
import { addCommonOptions, type CommonOptions, whole } from "../../options.ts";
import { createOutput } from "../../output.ts";
import { writeJson, writeWhole } from "../../runner/files.ts";
import { openPlainFolder } from "../../runner/plain-folder.ts";
import { readSource } from "../../runner/tables.ts";
import { machine, versions } from "../../versions.ts";
import type { StabilitySummary } from "./report.ts";
import { fromRanges, fromTable, type InputSamples } from "./samples.ts";

interface StabilityOptions extends CommonOptions, TableOptions {
  readonly data?: string;
  readonly inputs?: string;
  readonly samples: number;
  readonly member: number;
}

export function stabilityCommand(done: (exitCode: number) => void): Command {
  const command = new Command("stability")
    .description(
      "Set a network's eigenvalues, layer by layer, beside the stability disc of explicit Euler: ratio, largest step.",
    )
    .argument("<model>", "ONNX file that stiffnet exported, or a results folder with one")
    .option("--data <file>", "table of inputs (default: a Latin hypercube over the training ranges)")
    .option(
      "--inputs <columns>",
      "input columns of --data (default: those with the names of the model's inputs)",
    )
    .option("--samples <n>", "samples, evenly spread over the rows of --data", whole(1), 100)
    .option("--member <n>", "network of an ensemble that is shown layer by layer", whole(1), 1);
  addTableOptions(command);
  addCommonOptions(command, { out: "results/stability" });
  return command
    .addHelpText(
      "after",
      `
An eigenvalue l of a layer's Jacobian is stable under a step alpha where |1 + alpha l| <= 1; alpha is the network's own
step, horizon / depth. All eigenvalues are computed by QR iteration in float64, in one process whatever --workers says.

Examples:
  $ stiffnet stability results/train
  $ stiffnet stability model.onnx --data ensemble.csv --samples 500
  $ stiffnet stability results/train --member 3 --json`,
    )
    .action(async (source: string, options: StabilityOptions) => {
      done(await view(source, options));
    });
}

async function view(source: string, options: StabilityOptions): Promise<number> {
  const output = createOutput(options.json);
  // Loaded here alone, so that other commands start without them.
  const [{ importOnnx, inspectOnnx }, { renderStability, stability }, report] = await Promise.all([
    import("@stiffnet/onnx"),
    import("@stiffnet/stiffness"),
    import("./report.ts"),
  ]);
  const file = modelFile(source);
  const models = await importOnnx(file);
  const { surrogate, sha256 } = await inspectOnnx(file);
  if (options.member > models.length) {
    throw new BenchError(
      `--member is ${options.member}, expected at most ${models.length}: ${file} holds no more`,
      {
        code: "no_such_member",
      },
    );
  }
  const names = models[0]!.inputNames;
  const samples = await samplesOf(options, names, () =>
    fromRanges(surrogate!, options.samples, options.seed, file),
  );
  if (samples.dropped) output.note(`stability: ${samples.dropped} rows with gaps are left out`);
  const config = {
    format: 1,
    command: "stability",
    seed: options.seed,
    model: { name: modelName(file), sha256, members: models.length },
    origin: samples.origin,
    samples: Math.min(options.samples, samples.count),
    member: options.member,
  } as const;
  const files = openPlainFolder(resolve(options.out), config);
  const began = performance.now();
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, onSignal);
  let shown: Stability | undefined;
  const members: StabilitySummary["members"][number][] = [];
  for (const [k, model] of models.entries()) {
    // The event loop must turn for a signal to arrive.
    await new Promise((turn) => setImmediate(turn));
    if (stop.signal.aborted) {
      output.note("stiffnet: interrupted; this cannot be resumed, nothing was written");
      return 130;
    }
    const found = stability(model, samples, { most: options.samples });
    members.push(report.memberOf(found, k + 1));
    if (k + 1 === options.member) shown = found;
  }
  const summary: StabilitySummary = {
    command: "stability",
    config,
    digest: sha256,
    engine: "wasm",
    versions: versions(),
    machine: machine(),
    seconds: (performance.now() - began) / 1000,
    members,
    files: { ...files, model: file },
  };
  writeWhole(files.report, report.stabilityPage(summary, shown!));
  writeJson(files.summary, summary);
  output.document(summary);
  if (members.length > 1) {
    const { header, rows } = report.membersTable(members);
    output.result(`${textTable(header, rows)}\n\nmember ${options.member}:`);
  }
  output.result(renderStability(shown!, { columns: process.stdout.columns ?? 80 }));
  output.result(`report ${files.report}`);
  return members.some(({ failed }) => failed > 0) ? 1 : 0;
}

async function samplesOf(
  options: StabilityOptions,
  names: readonly string[],
  ranges: () => InputSamples,
): Promise<InputSamples & { readonly dropped?: number }> {
  if (options.data !== undefined) {
    return fromTable(await readSource(sourceOf([options.data], options)), names, options.inputs);
  }
  if (options.inputs !== undefined) {
    throw new BenchError("--inputs chooses columns of --data, which is not given", { code: "no_table" });
  }
  return ranges();
}
