import { Command } from "commander";
import { modelFile } from "../model-file.ts";
import { createOutput } from "../output.ts";

export function inspectCommand(done: (exitCode: number) => void): Command {
  return new Command("inspect")
    .description(
      "Print what is in an ONNX file: shapes, operators, and what stiffnet wrote about the network.",
    )
    .argument("<model>", "ONNX file, or a results folder with one")
    .option("--json", "print one JSON document on standard output", false)
    .addHelpText(
      "after",
      `
Nothing is run, and files that something else wrote are described as well.

Examples:
  $ stiffnet inspect results/train
  $ stiffnet inspect model.onnx --json`,
    )
    .action(async (source: string, options: { json: boolean }) => {
      const output = createOutput(options.json);
      const file = modelFile(source);
      const { descriptionText, inspectOnnx } = await import("@stiffnet/onnx");
      const description = await inspectOnnx(file);
      output.document({ command: "inspect", files: { model: file }, ...description });
      output.result(descriptionText(description));
      done(0);
    });
}
