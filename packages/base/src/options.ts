import { type Check, type NeededCheck, wrong } from "./checks.ts";
import { StiffnetError } from "./errors.ts";
import { nearest } from "./nearest.ts";

type KeyOf<O> = O extends unknown ? keyof O & string : never;
type ValueOf<O, K> = O extends unknown ? (K extends keyof O ? Exclude<O[K], undefined> : never) : never;

/** A check for each option. An option without a check does not compile, nor does a check of another type. An
 *  option that must be given needs a `needed` check. A union of types needs a check for each option of any of
 *  them. */
export type Checks<O> = {
  readonly [K in KeyOf<O>]-?: [O] extends [{ readonly [P in K]: unknown }]
    ? NeededCheck<ValueOf<O, K>>
    : Check<ValueOf<O, K>>;
};

export interface OptionRules<O> {
  /** Accept fields without a check, for data and models, which may have more fields than needed. */
  readonly others?: boolean;
  /** Pairs of options that exclude each other (false counts as not given), and what was expected instead. */
  readonly excludes?: readonly (readonly [KeyOf<O>, KeyOf<O>, string?])[];
}

type CheckOptions = <O extends object>(
  who: string,
  options: O,
  checks: Checks<O>,
  rules?: OptionRules<O>,
) => void;

/** `checkOptions` of a package with an error of its own. */
export function optionsChecker(errorOf: (message: string) => Error): CheckOptions {
  return (who, options, checks, rules) => {
    const fault = fields(checks, rules).fault("options", options);
    if (fault !== undefined) throw errorOf(`${who}: ${fault.replace(/^options\./, "")}`);
  };
}

/** Throws unless every option that was given is known, and is what its check expects. To be called before
 *  anything else, so that a misspelt option is refused before any work begins:
 *
 *      checkOptions("smooth", options, { width: needed(whole(1)), kernel: oneOf("box", "hat") });
 *
 *  An option of undefined counts as not given. The error has the code "bad_option". */
export const checkOptions: CheckOptions = optionsChecker(
  (message) => new StiffnetError(message, { code: "bad_option" }),
);

/** Defaults with what is given in their place. Here, too, undefined counts as not given. */
export function withDefaults<T extends object>(defaults: T, given: Partial<T> = {}): T {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(entries) };
}

/** The check of an object by its fields: for options within options. */
export function fields<O extends object>(checks: Checks<O>, rules: OptionRules<O> = {}): Check<O> {
  const known = Object.keys(checks);
  const table = checks as Readonly<Record<string, Check<unknown>>>;
  const expected = `an object with ${known.join(", ")}`;
  return {
    expected,
    fault(name, value) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        return wrong(name, value, expected);
      }
      const given = value as Readonly<Record<string, unknown>>;
      const other = Object.keys(given).find((key) => !Object.hasOwn(table, key));
      if (other !== undefined && !rules.others) return unknown(name, other, known);
      for (const [key, each] of Object.entries(table)) {
        if (given[key] === undefined && !each.needed) continue;
        const fault = each.fault(`${name}.${key}`, given[key]);
        if (fault !== undefined) return fault;
      }
      for (const [a, b, instead = "at most one of them"] of rules.excludes ?? []) {
        if (counts(given[a]) && counts(given[b])) {
          return `${name}.${a} and ${b} are both given, expected ${instead}`;
        }
      }
      return undefined;
    },
  };
}

function counts(value: unknown): boolean {
  return value !== undefined && value !== false;
}

function unknown(name: string, key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  const hint = near ? `did you mean '${near}'?` : `expected ${known.length > 0 ? known.join(", ") : "none"}`;
  return `${name}.${key} is not an option; ${hint}`;
}
