import { BenchError } from "@stiffnet/terminal";

/** What an option says of one input. */
export interface NamedInput {
  readonly name: string;
  readonly value: string;
}

/** Reads NAME=VALUE; undefined where it is none. The name of an input may contain an equals sign. */
export function namedInput(given: string): NamedInput | undefined {
  const at = given.lastIndexOf("=");
  const value = given.slice(at + 1).trim();
  return at < 1 || value === "" ? undefined : { name: given.slice(0, at), value };
}

/** Splits at an earlier equals sign where that gives a known name: a text may contain an equals sign too. */
export function withKnownNames<Given extends NamedInput>(
  asked: readonly Given[],
  known: readonly string[],
): Given[] {
  return asked.map((one) => {
    const whole = `${one.name}=${one.value}`;
    const name = known.includes(one.name) ? one.name : known.find((name) => whole.startsWith(`${name}=`));
    return name === undefined ? one : { ...one, name, value: whole.slice(name.length + 1) };
  });
}

/** Refuses a name that is given twice, or that is not one of the model's inputs. */
export function requireInputs(
  option: string,
  names: readonly string[],
  known: readonly string[],
  file: string,
): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new BenchError(
      `${option}: '${unknown}' is not an input of ${file}, expected one of ${known.join(", ")}`,
    );
  }
  const twice = names.find((name, k) => names.indexOf(name) < k);
  if (twice !== undefined) throw new BenchError(`${option}: '${twice}' is given twice, expected once`);
}
