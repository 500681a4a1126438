import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ensureFolder, refuseToReplace, writeWhole } from "@stiffnet/base/files";
import type { ExportOptions, OnnxDescription } from "@stiffnet/onnx";
import { BenchError, type CommandDefinition, given } from "@stiffnet/terminal";
import { modelFile, modelName } from "@stiffnet/trials/surrogate";

interface Options {
  readonly out?: string;
  readonly jacobian?: boolean;
  readonly html?: string;
  readonly tfjs?: string;
  readonly title?: string;
}

export const exportCommand: CommandDefinition<Options> = {
  help: `--out takes networks of PyTorch and scikit-learn too, and writes a file that stiffnet-serve serves. Page and graph model are
then made of that file. The page computes in float64 by itself, makes no request and can be sent by mail. The folder holds
model.json and weights: tf.loadGraphModel("FOLDER/model.json") in a browser, from physical inputs to physical outputs in
float32. The model file itself is RESULTS/model.onnx.

Examples:
  $ stiffnet export results/train --html surrogate.html
  $ stiffnet export model.onnx --html page.html --title "Carbon fluxes"
  $ stiffnet export model.onnx --tfjs public/surrogate
  $ stiffnet export torch.onnx --out model.onnx --jacobian`,
  declare(command) {
    command
      .argument("<model>", "ONNX file that stiffnet exported, or a results folder with one")
      .option("--out <file>", "ONNX file to write; one that is there is replaced")
      .option("--jacobian", "adds dy/dx in physical units to --out, as the output 'jacobian'")
      .option("--html <file>", "page to write; a file that is there is replaced")
      .option("--tfjs <folder>", "folder for the graph model; one that is there is replaced")
      .option("--title <text>", "name on the page (default: that of the file or folder)");
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

/** What the file says of its making stays; of a file of another library, its writer and checksum are kept. */
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
    ...{ ...wanted, dtype, metadata, description: description.description },
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
