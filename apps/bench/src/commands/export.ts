import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { CommandDefinition } from "../command.ts";
import { BenchError } from "../errors.ts";
import { modelFile, modelName } from "../model-file.ts";
import { writeWhole } from "../runner/files.ts";

interface ExportOptions {
  readonly html: string;
  readonly title?: string;
}

export const exportCommand: CommandDefinition<ExportOptions> = {
  description: "Turn a model into one HTML file to explore it in any browser, without a server.",
  help: `The page computes in float64 by itself, makes no request and can be sent by mail. The model file itself is
RESULTS/model.onnx.

Examples:
  $ stiffnet export results/train --html surrogate.html
  $ stiffnet export model.onnx --html page.html --title "Carbon fluxes"`,
  declare(command) {
    command
      .argument("<model>", "ONNX file that stiffnet exported, or a results folder with one")
      .requiredOption("--html <file>", "page to write; a file that is there is replaced")
      .option("--title <text>", "name on the page (default: that of the file or folder)");
  },
  async run({ html: target, title }, [source]) {
    const model = modelFile(source!);
    const page = resolve(target);
    if (page === resolve(model)) {
      throw new BenchError(`${target}: is the model itself, expected another file for the page`);
    }
    const onnx = await readFile(model);
    // Loaded here alone: the service and what it needs are of no use to other commands.
    const { surrogateHtml } = await import("@stiffnet/serve");
    const { inspectOnnx } = await import("@stiffnet/onnx");
    const html = await surrogateHtml(onnx, title ?? modelName(model));
    writeWhole(page, html);
    const { sha256 } = await inspectOnnx(onnx);
    const files = { model, html: page };
    return {
      document: { command: "export", bytes: Buffer.byteLength(html), sha256, files },
      text: `page ${page}`,
    };
  },
};
