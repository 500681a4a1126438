import type { CommandDefinition } from "@stiffnet/terminal";
import { modelFile } from "@stiffnet/trials";

export const inspectCommand: CommandDefinition = {
  help: `Nothing is run, and files that something else wrote are described as well.

Examples:
  $ stiffnet inspect results/train
  $ stiffnet inspect model.onnx --json`,
  declare(command) {
    command.argument("<model>", "ONNX file, or a results folder with one");
  },
  async run(_, [source]) {
    const model = modelFile(source!);
    const { descriptionText, inspectOnnx } = await import("@stiffnet/onnx");
    const description = await inspectOnnx(model);
    const document = { command: "inspect", files: { model }, ...description };
    return { document, text: descriptionText(description) };
  },
};
