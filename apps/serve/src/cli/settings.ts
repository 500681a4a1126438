import { readFileSync } from "node:fs";
import type { Command, Option } from "commander";
import { ServeError } from "../errors.ts";
import { quoted } from "../json/parse.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The variable of an option: STIFFNET_MAX_ROWS of --max-rows. Not STIFFNET_SERVE_..., since Kubernetes sets
 *  such variables beside a Service of that name. */
const variableOf = (name: string): string => `STIFFNET_${name.replaceAll("-", "_").toUpperCase()}`;

const nameOf = ({ long }: Option): string => long!.slice(2);

/** Options and models that the command line leaves open: from variables, else from the file of --config. */
export function readSettings(command: Command, environment: Environment): { models: readonly string[] } {
  const options = new Map(
    command.options.filter(({ long }) => long !== "--version").map((option) => [nameOf(option), option]),
  );
  const set = (name: string): string | undefined => environment[variableOf(name)];
  const config = command.opts<{ config?: string }>().config ?? set("config");
  const settings = new Map<string, readonly [value: unknown, where: string]>();
  for (const [name, value] of Object.entries(config === undefined ? {} : readConfig(config))) {
    if (!(options.has(name) || name === "models") || name === "config") {
      throw wrong(`${config} has an unknown option ${quoted(name)}`, [...options.keys()].join(", "));
    }
    settings.set(name, [value, `${name} of ${config}`]);
  }
  for (const name of [...options.keys(), "models"]) {
    const value = set(name);
    if (value !== undefined) settings.set(name, [value, variableOf(name)]);
  }
  const [models] = settings.get("models") ?? [[]];
  settings.delete("models");
  for (const [name, [value, where]] of settings) apply(command, options.get(name)!, value, where);
  return { models: [models].flat().flatMap((text) => String(text).split(",")) };
}

function apply(command: Command, option: Option, value: unknown, where: string): void {
  const key = option.attributeName();
  if (command.getOptionValueSource(key) === "cli") return;
  let result: unknown;
  // Also --no-watch, which commander does not call boolean.
  if (!option.required && !option.optional) {
    if (!["true", "false"].includes(String(value))) throw wrong(`${where} is ${value}`, "true or false");
    result = (String(value) === "true") !== option.negate;
  } else {
    for (const one of [value].flat()) {
      if (!["string", "number"].includes(typeof one)) throw wrong(`${where} is ${one}`, "a text or a number");
      result = option.parseArg ? option.parseArg(String(one), result ?? []) : String(one);
    }
  }
  command.setOptionValueWithSource(key, result, "config");
}

function readConfig(file: string): object {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw wrong(`--config ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, "a JSON file");
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {}
  throw wrong(`--config ${file} is not a JSON object`, '{ "port": 9000, "models": ["model.onnx"] }');
}

const wrong = (given: string, expected: string): ServeError =>
  new ServeError(`${given}, expected ${expected}`, { code: "bad_option" });
