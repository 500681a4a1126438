import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ensureFolder, refuseToReplace, writeWhole } from "@stiffnet/base/files";
import { BenchError, type CommandDefinition } from "@stiffnet/terminal";
import { modelFile, modelName } from "@stiffnet/trials";

interface ExportOptions {
  readonly html?: string;
  readonly tfjs?: string;
  readonly title?: string;
}

export const exportCommand: CommandDefinition<ExportOptions> = {
  help: `The page computes in float64 by itself, makes no request and can be sent by mail. The folder holds model.json
and weights: tf.loadGraphModel("FOLDER/model.json") in a browser, from physical inputs to physical outputs in
float32. The model file itself is RESULTS/model.onnx.

Examples:
  $ stiffnet export results/train --html surrogate.html
  $ stiffnet export model.onnx --html page.html --title "Carbon fluxes"
  $ stiffnet export model.onnx --tfjs public/surrogate`,
  declare(command) {
    command
      .argument("<model>", "ONNX file that stiffnet exported, or a results folder with one")
      .option("--html <file>", "page to write; a file that is there is replaced")
      .option("--tfjs <folder>", "folder for the graph model; one that is there is replaced")
      .option("--title <text>", "name on the page (default: that of the file or folder)");
  },
  async run({ html, tfjs, title }, [source]) {
    if (html === undefined && tfjs === undefined) {
      throw new BenchError("export: nothing to write, expected --html FILE or --tfjs FOLDER");
    }
    if (title !== undefined && html === undefined) {
      throw new BenchError("--title: names the page, expected --html FILE with it");
    }
    const model = modelFile(source!);
    for (const path of [html, tfjs && join(tfjs, "model.json")]) {
      if (path !== undefined) refuseToReplace(path);
    }
    const { exportTfjs, inspectOnnx } = await import("@stiffnet/onnx");
    const { sha256 } = await inspectOnnx(model);
    const files: Record<string, string> = { model };
    const lines: string[] = [];
    let bytes = 0;
    if (html !== undefined) {
      files.html = resolve(html);
      bytes += await writePage(model, files.html, title);
      lines.push(`page ${files.html}`);
    }
    if (tfjs !== undefined) {
      files.tfjs = resolve(tfjs);
      ensureFolder(dirname(files.tfjs));
      bytes += (await exportTfjs(model, files.tfjs)).bytes;
      lines.push(`graph model ${join(files.tfjs, "model.json")}`);
    }
    return { document: { command: "export", bytes, sha256, files }, text: lines.join("\n") };
  },
};

async function writePage(model: string, path: string, title: string | undefined): Promise<number> {
  // Loaded here alone: the service and what it needs are of no use to other commands.
  const { surrogateHtml } = await import("stiffnet-serve");
  const page = await surrogateHtml(await readFile(model), title ?? modelName(model));
  writeWhole(path, page);
  return Buffer.byteLength(page);
}
