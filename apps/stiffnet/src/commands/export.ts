import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ensureFolder, refuseToReplace, writeWhole } from "@stiffnet/base/files";
import type { ExportOptions, OnnxDescription } from "@stiffnet/onnx";
import { BenchError, type CommandDefinition, given, unset } from "@stiffnet/terminal";
import { modelFile, modelName } from "@stiffnet/trials/surrogate";

interface Options {
  readonly out?: string;
  readonly jacobian?: boolean;
  readonly html?: string;
  readonly tfjs?: string;
  readonly title?: string;
}

export const exportCommand: CommandDefinition<Options> = {
  help: `--out also reads networks exported by PyTorch and scikit-learn, and writes a file that stiffnet-serve serves. With --out,
--html and --tfjs convert that new file. The page works offline and can be sent by mail; it computes in float64.
A Gaussian process becomes a page, but neither a new ONNX file nor a TensorFlow.js model.
In a browser, tf.loadGraphModel("FOLDER/model.json") loads the TensorFlow.js model. It takes and gives physical units, in float32.

Examples:
  $ stiffnet export results/train --html surrogate.html
  $ stiffnet export model.onnx --html page.html --title "Carbon fluxes"
  $ stiffnet export model.onnx --tfjs public/surrogate
  $ stiffnet export torch.onnx --out model.onnx --jacobian`,
  declare(command) {
    command
      .argument("<model>", "ONNX file, or a results folder with one")
      .option("--out <file>", "ONNX file to write; replaces an existing file")
      .option("--jacobian", "add the derivatives dy/dx in physical units to --out, as the output 'jacobian'")
      .option("--html <file>", "web page to write, with a slider for each input; replaces an existing file")
      .option("--tfjs <folder>", "folder for the TensorFlow.js model; replaces an existing model")
      .addOption(unset("--title <text>", "title of the page", "the name of the file or folder"));
  },
  async run({ out, jacobian, html, tfjs, title }, [source]) {
    if (out === undefined && html === undefined && tfjs === undefined) {
      throw new BenchError("export: nothing to write, expected --out FILE, --html FILE or --tfjs FOLDER");
    }
    if (title !== undefined && html === undefined) {
      throw new BenchError("--title: names the page, expected --html FILE with it");
    }
    if (jacobian && out === undefined) {
      throw new BenchError("--jacobian: adds an output to an ONNX file, expected --out FILE with it");
    }
    const original = modelFile(source!);
    for (const path of [out, html, tfjs && join(tfjs, "model.json")]) {
      if (path !== undefined) refuseToReplace(path);
    }
    const { exportEnsemble, importOnnx, inspectOnnx } = await import("@stiffnet/onnx");
    const description = await inspectOnnx(original);
    const onlyNetworks = out !== undefined ? "--out" : tfjs !== undefined ? "--tfjs" : undefined;
    if (description.surrogate?.config.kind === "gaussianProcess" && onlyNetworks !== undefined) {
      throw new BenchError(
        `${onlyNetworks}: ${original} is a Gaussian process, expected a network, as 'train --model network' exports it`,
      );
    }
    const files: Record<string, string> = { model: original };
    const lines: string[] = [];
    let bytes = 0;
    if (out !== undefined) {
      files.onnx = resolve(out);
      const models = await importOnnx(original);
      ensureFolder(dirname(files.onnx));
      bytes += (await exportEnsemble(models, files.onnx, optionsOf(description, jacobian))).bytes;
      lines.push(`ONNX file ${files.onnx}`);
    }
    const model = files.onnx ?? original;
    if (html !== undefined) {
      files.html = resolve(html);
      bytes += await writePage(model, files.html, title);
      lines.push(`page ${files.html}`);
    }
    if (tfjs !== undefined) {
      files.tfjs = resolve(tfjs);
      const { exportTfjs } = await import("@stiffnet/tfjs/files");
      ensureFolder(dirname(files.tfjs));
      bytes += (await exportTfjs(model, files.tfjs)).bytes;
      lines.push(`graph model ${join(files.tfjs, "model.json")}`);
    }
    const { sha256 } = description;
    return { document: { command: "export", bytes, sha256, files }, text: lines.join("\n") };
  },
};

/** Keeps the description of a file by stiffnet. Records the writer and checksum of another library's file. */
function optionsOf(description: OnnxDescription, jacobian = false): ExportOptions {
  const { surrogate, producer, sha256, outputs } = description;
  const has = (output: string): boolean => outputs.some(({ name }) => name === output);
  const wanted = { jacobian: jacobian || has("jacobian"), members: has("outputs_members") };
  if (!surrogate) return { ...wanted, metadata: { imported: { producer, sha256 } } };
  const { dtype, metadata, inputs } = surrogate;
  const ranges = inputs.map(({ range }) => range);
  const unitsOf = (side: "inputs" | "outputs") =>
    surrogate[side].every(({ unit }) => unit === undefined)
      ? undefined
      : surrogate[side].map(({ unit = "" }) => unit);
  return {
    ...wanted,
    dtype,
    metadata,
    description: description.description,
    ...(ranges.every((range) => range !== undefined) && { ranges }),
    units: given({ inputs: unitsOf("inputs"), outputs: unitsOf("outputs") }),
  };
}

async function writePage(model: string, path: string, title: string | undefined): Promise<number> {
  // Loaded here alone: the service and what it needs are of no use to other commands.
  const { surrogateHtml } = await import("stiffnet-serve");
  const page = await surrogateHtml(await readFile(model), title ?? modelName(model));
  writeWhole(path, page);
  return Buffer.byteLength(page);
}
