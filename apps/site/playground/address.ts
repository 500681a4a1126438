/** One field of a state in the address: its default, and what it may be. */
export type Field =
  | { readonly value: string; readonly among: readonly string[]; readonly label: string }
  | { readonly value: string; readonly longest: number; readonly label: string }
  | {
      readonly value: number;
      readonly from: number;
      readonly to: number;
      readonly whole?: boolean;
      readonly label: string;
    };

export type StateOf<Fields> = {
  -readonly [K in keyof Fields]: Fields[K] extends { value: number } ? number : string;
};

/** Reads a state from the part of an address after '#', and returns a complaint for each bad field. Missing
 *  and bad fields have their defaults. */
export function readAddress<const Fields extends Readonly<Record<string, Field>>>(
  fields: Fields,
  hash: string,
): { state: StateOf<Fields>; complaints: string[] } {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const complaints: string[] = [];
  const state: Record<string, string | number> = {};
  for (const [name, field] of Object.entries(fields)) {
    const text = given.get(name);
    state[name] = field.value;
    if (text === null) continue;
    const fault = faultOf(field, text);
    if (fault === undefined) state[name] = typeof field.value === "number" ? Number(text) : text;
    else complaints.push(`The address has '${shortened(text)}' for ${field.label}: expected ${fault}.`);
  }
  for (const name of given.keys()) {
    if (!Object.hasOwn(fields, name))
      complaints.push(`The address has '${shortened(name)}', which this page does not know.`);
  }
  return { state: state as StateOf<Fields>, complaints };
}

/** The expected text of a field, or undefined if its text is valid. */
export function faultOf(field: Field, text: string): string | undefined {
  if ("among" in field) return field.among.includes(text) ? undefined : `one of ${field.among.join(", ")}`;
  if ("longest" in field) {
    return text.length <= field.longest ? undefined : `at most ${field.longest} characters`;
  }
  const value = text.trim() === "" ? Number.NaN : Number(text);
  const inside = value >= field.from && value <= field.to && (!field.whole || Number.isInteger(value));
  return inside
    ? undefined
    : `${field.whole ? "a whole number" : "a number"} from ${field.from} to ${field.to}`;
}

/** The part after '#': what differs from the defaults. */
export function writeAddress(fields: Readonly<Record<string, Field>>, state: object): string {
  const changed = Object.entries(state).filter(([name, value]) => fields[name]?.value !== value);
  return new URLSearchParams(
    Object.fromEntries(changed.map(([name, value]) => [name, `${value}`])),
  ).toString();
}

function shortened(text: string): string {
  return text.length > 24 ? `${text.slice(0, 24)}...` : text;
}
