// The address of what is shown, which can be shared: everything stands behind the #, so that no server is
// told. No DOM.

export interface Shown {
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly view?: string | undefined;
  readonly output?: string | undefined;
  /** Texts of inputs by name, and those of the point that it is compared with. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly held: ReadonlyMap<string, string>;
}

const fields = ["model", "version", "view", "output"] as const;
const [input, held] = ["in.", "held."];

export function addressOf(shown: Shown): string {
  const parts = new URLSearchParams();
  for (const field of fields) {
    const value = shown[field];
    if (value !== undefined) parts.set(field, value);
  }
  for (const [name, text] of shown.inputs) parts.set(input + name, text);
  for (const [name, text] of shown.held) parts.set(held + name, text);
  return `#${parts}`;
}

export function readAddress(hash: string): Shown {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const under = (prefix: string): Map<string, string> =>
    new Map(
      [...parts].flatMap(([key, text]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), text]] : [])),
    );
  const known = Object.fromEntries(fields.map((field) => [field, parts.get(field) ?? undefined]));
  return { ...known, inputs: under(input), held: under(held) };
}

/** The values that an address gives for what a model's inputs are made of, in their order: numbers, or one of
 *  their `values`. `wrong` names inputs without a value, and values without an input. */
export function textsFrom(
  given: ReadonlyMap<string, string>,
  variables: readonly { readonly name: string; readonly values?: readonly string[] }[],
  otherwise: readonly string[],
): { texts: string[]; wrong: string[] } {
  const suits = (text: string, values: readonly string[] | undefined): boolean =>
    values ? values.includes(text) : text.trim() !== "" && Number.isFinite(Number(text));
  const wrong = [...given].flatMap(([name, text]) => {
    const variable = variables.find((one) => one.name === name);
    if (!variable) return [`the address has a value for ${name}, which this model does not have`];
    const { values } = variable;
    const expected = values ? `one of ${values.join(", ")}` : "a number";
    return suits(text, values) ? [] : [`the address has '${text}' for ${name}, expected ${expected}`];
  });
  const texts = variables.map(({ name, values }, j) => {
    const text = given.get(name);
    return text !== undefined && suits(text, values) ? text : otherwise[j]!;
  });
  return { texts, wrong };
}
