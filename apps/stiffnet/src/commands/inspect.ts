import type { CommandDefinition } from "@stiffnet/terminal";
import { modelFile } from "@stiffnet/trials/surrogate";

export const inspectCommand: CommandDefinition = {
  help: `Reads the file without running the model. It also describes files of other programs, and their network if it can be read.

Examples:
  $ stiffnet inspect results/train
  $ stiffnet inspect model.onnx --json`,
  declare(command) {
    command.argument("<model>", "ONNX file, or a results folder with one");
  },
  async run(_, [source]) {
    const model = modelFile(source!);
    const { descriptionText, importOnnx, inspectOnnx, OnnxError } = await import("@stiffnet/onnx");
    const description = await inspectOnnx(model);
    const document = { command: "inspect", files: { model }, ...description };
    const text = descriptionText(description);
    if (description.surrogate) return { document, text };
    const network = await importOnnx(model).then(
      ([found]) => JSON.stringify(found!.config),
      (error) => {
        if (!(error instanceof OnnxError)) throw error;
        return `not read: ${error.message}`;
      },
    );
    return { document, text: `${text}\nnetwork       ${network}` };
  },
};
