import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Command } from "commander";
import { BenchError } from "../errors.ts";
import { modelFile, modelName } from "../model-file.ts";
import { createOutput } from "../output.ts";
import { writeWhole } from "../runner/files.ts";

interface ExportOptions {
  readonly html: string;
  readonly title?: string;
  readonly json: boolean;
}

export function exportCommand(done: (exitCode: number) => void): Command {
  return new Command("export")
    .description("Turn a model into one HTML file to explore it in any browser, without a server.")
    .argument("<model>", "ONNX file that stiffnet exported, or a results folder with one")
    .requiredOption("--html <file>", "page to write; a file that is there is replaced")
    .option("--title <text>", "name on the page (default: that of the file or folder)")
    .option("--json", "print one JSON document on standard output", false)
    .addHelpText(
      "after",
      `
The page computes in float64 by itself, makes no request and can be sent by mail. The model file itself is
RESULTS/model.onnx.

Examples:
  $ stiffnet export results/train --html surrogate.html
  $ stiffnet export model.onnx --html page.html --title "Carbon fluxes"`,
    )
    .action(async (source: string, options: ExportOptions) => {
      await exportHtml(source, options);
      done(0);
    });
}

async function exportHtml(source: string, options: ExportOptions): Promise<void> {
  const output = createOutput(options.json);
  const file = modelFile(source);
  const page = resolve(options.html);
  if (page === resolve(file)) {
    throw new BenchError(`${options.html}: is the model itself, expected another file for the page`, {
      code: "same_file",
    });
  }
  const onnx = await readFile(file);
  // Loaded here alone: the service and what it needs are of no use to other commands.
  const [{ surrogateHtml }, { inspectOnnx }] = await Promise.all([
    import("@stiffnet/serve"),
    import("@stiffnet/onnx"),
  ]);
  const html = await surrogateHtml(onnx, options.title ?? modelName(file));
  writeWhole(page, html);
  const { sha256 } = await inspectOnnx(onnx);
  output.document({
    command: "export",
    bytes: Buffer.byteLength(html),
    sha256,
    files: { model: file, html: page },
  });
  output.result(`page ${page}`);
}
