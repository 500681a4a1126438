import { fileError } from "../errors.ts";

/** The names of the arrays to read: those that are asked for in their order, or else all. Refuses a file that
 *  has no arrays, or not all that are asked for, naming those that it has. */
export function chosenArrays(
  found: readonly string[],
  asked: readonly string[] | undefined,
  file: string,
  what: string,
): readonly string[] {
  const lost = asked?.find((name) => !found.includes(name));
  if (lost === undefined && found.length > 0) return asked ?? found;
  const lacking = lost === undefined ? `no ${what}` : `no ${what} '${lost}'`;
  const some = found.slice(0, 12).map((name) => `'${name}'`);
  const has = some.length > 0 ? some.join(", ") + (found.length > 12 ? ", ..." : "") : "none";
  throw fileError(file, `${lacking}, the file has ${has}`, "no_such_array");
}
