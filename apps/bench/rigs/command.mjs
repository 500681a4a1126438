// Shared by the commands of this folder: reading the command line, and whether a file is run or imported.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";

const model = ["<model>", "ONNX file that stiffnet exported", existing];

/** Reads a command about a file or folder, `path`, and options as commander takes them: [flags, text, parser,
 *  default], for texts without a parser. Ends with 2 where something is wrong, and says what. */
export function readCommand({ name, about, argument = model, example, options = [] }) {
  const command = new Command(`node apps/bench/rigs/${name}.mjs`)
    .description(about)
    .argument(...argument)
    .addHelpText("after", `\nExample:\n  node apps/bench/rigs/${name}.mjs ${example}`)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
  for (const option of options) command.option(...option);
  command.parse();
  return { path: command.processedArgs[0], ...command.opts() };
}

/** Whether the file of this URL is what node was told to run, and not imported. */
export const isMain = (url) => process.argv[1] === fileURLToPath(url);

export function existing(path) {
  if (!existsSync(path)) throw new InvalidArgumentError("There is no such file.");
  return path;
}

export const atLeast = (least) => (text) => {
  const value = Number(text);
  if (text.trim() === "" || !(value >= least)) {
    throw new InvalidArgumentError(`Expected a number of at least ${least}.`);
  }
  return value;
};

export const wholeFrom = (least) => (text) => {
  const value = atLeast(least)(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError("Expected a whole number.");
  return value;
};

/** With commas between. */
export const listOf = (parse) => (text) => text.split(",").map(parse);
