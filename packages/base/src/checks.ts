/** A check of one option. */
export interface Check<T> {
  /** In words, to go behind "expected": "a positive number". */
  readonly expected: string;
  /** Says what is wrong with a value, after its name. Returns undefined if the value is right. */
  fault(name: string, value: unknown): string | undefined;
  /** The option must be given. */
  readonly needed?: boolean;
  /** For the compiler alone: the values that it lets pass. */
  readonly passes?: T;
}

export interface NeededCheck<T> extends Check<T> {
  readonly needed: true;
}

/** A check of one's own. */
export function check<T>(expected: string, fits: (value: unknown) => boolean): Check<T> {
  return { expected, fault: (name, value) => (fits(value) ? undefined : wrong(name, value, expected)) };
}

/** For an option that must be given. */
export function needed<T>(of: Check<T>): NeededCheck<T> {
  return { ...of, needed: true };
}

export function whole(least: number, most: number = Number.POSITIVE_INFINITY): Check<number> {
  const range = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
  const fits = (value: unknown): boolean =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
  return check(`a whole number ${range}`, fits);
}

/** A finite number that `fits`, which `expected` says in words. */
export function number(expected = "a finite number", fits = (_: number): boolean => true): Check<number> {
  return check(expected, (value) => Number.isFinite(value) && fits(value as number));
}

/** Any number, for options whose range is checked where it is known. */
export const anyNumber: Check<number> = check("a number", (value) => typeof value === "number");
export const positive: Check<number> = number("a positive number", (x) => x > 0);
export const nonNegative: Check<number> = number("a number of at least 0", (x) => x >= 0);
/** The seed of a random stream. */
export const seed: Check<number> = whole(0, 2 ** 32 - 1);
export const flag: Check<boolean> = check("true or false", (value) => typeof value === "boolean");
export const text: Check<string> = check("a text", (value) => typeof value === "string");
// biome-ignore lint/suspicious/noExplicitAny: it stands for functions of every type
export const callback: Check<any> = check("a function", (value) => typeof value === "function");
/** Any object: for values with a check of their own, where they are used. */
// biome-ignore lint/suspicious/noExplicitAny: it stands for objects of every type
export const object: Check<any> = check("an object", (value) => typeof value === "object" && value !== null);

/** An array or typed array of numbers. */
export const numbers: Check<ArrayLike<number>> = check("numbers", (value) => {
  if (Array.isArray(value)) return value.every((one) => typeof one === "number");
  return ArrayBuffer.isView(value) && "length" in value;
});

/** An object of a class: `instanceOf(Float64Array)`. */
export function instanceOf<T>(type: abstract new (...given: never) => T): Check<T> {
  return check(`a ${type.name}`, (value) => value instanceof type);
}

export function oneOf<const T extends string | number | boolean>(...values: readonly T[]): Check<T> {
  return check(`one of ${values.join(", ")}`, (value) => values.includes(value as T));
}

/** An array of at least `least` values that all pass `each`. */
export function listOf<T>(each: Check<T>, least = 0): Check<readonly T[]> {
  const expected = `a list of at least ${least}, each ${each.expected}`;
  return {
    expected,
    fault(name, value) {
      if (!Array.isArray(value) || value.length < least) return wrong(name, value, expected);
      for (const [k, one] of value.entries()) {
        const fault = each.fault(`${name}[${k}]`, one);
        if (fault !== undefined) return fault;
      }
      return undefined;
    },
  };
}

/** Accepts a value that one of the checks accepts. */
export function either<T extends readonly Check<unknown>[]>(
  ...checks: T
): Check<NonNullable<T[number]["passes"]>> {
  const expected = checks.map((each) => each.expected).join(" or ");
  return {
    expected,
    fault(name, value) {
      const faults = checks.map((each) => each.fault(name, value));
      if (faults.includes(undefined)) return undefined;
      // A fault of a field within the value says more than one of the value.
      return faults.find((fault) => !fault!.startsWith(`${name} is `)) ?? wrong(name, value, expected);
    },
  };
}

/** "rate is 'fast', expected a positive number". */
export function wrong(name: string, value: unknown, expected: string): string {
  return `${name} is ${shown(value)}, expected ${expected}`;
}

function shown(value: unknown): string {
  if (typeof value === "string") return `'${value}'`;
  if (typeof value === "function") return "a function";
  if (ArrayBuffer.isView(value)) return "a typed array";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
