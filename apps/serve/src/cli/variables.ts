import type { Command, Option } from "commander";
import { ServeError } from "../errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The variable of an option: STIFFNET_MAX_ROWS of --max-rows. Not STIFFNET_SERVE_..., since Kubernetes sets
 *  such variables beside a Service of that name. */
const variableOf = ({ long }: Option): string =>
  `STIFFNET_${long!.slice(2).replaceAll("-", "_").toUpperCase()}`;

/** Sets the options that the command line leaves open and that have a variable. */
export function readVariables(command: Command, environment: Environment): void {
  for (const option of command.options) {
    const variable = variableOf(option);
    const value = environment[variable];
    const key = option.attributeName();
    if (value === undefined || key === "version" || command.getOptionValueSource(key) === "cli") continue;
    command.setOptionValueWithSource(key, readValue(option, variable, value), "env");
  }
}

function readValue(option: Option, variable: string, value: string): unknown {
  if (!option.isBoolean()) return option.parseArg ? option.parseArg(value, []) : value;
  if (value === "true" || value === "false") return (value === "true") !== option.negate;
  throw new ServeError(`${variable} is ${value}, expected true or false`, { code: "bad_option" });
}
