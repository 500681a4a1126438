import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { callsWithDefaults, indexOf, load } from "./exported.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Packages of the commands: their options come from the command line, which has a check of its own. */
const commands = ["report", "terminal", "trials"];
const packages = readdirSync(`${root}packages`).filter(
  (name) => existsSync(indexOf(name)) && !commands.includes(name),
);

const { config } = ts.readConfigFile(`${root}tsconfig.base.json`, ts.sys.readFile);
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
const program = ts.createProgram(packages.map(indexOf), { ...options, noEmit: true, composite: false });
const checker = program.getTypeChecker();

/** Which of the parameters is an object of options, by its name or its type's; -1 where none is. */
function optionsAt(signature: ts.Signature): number {
  return signature.parameters.findIndex((parameter) => {
    const type = checker.getTypeOfSymbol(parameter);
    const parts = type.isUnionOrIntersection() ? [type, ...type.types] : [type];
    const names = parts.map((part) => part.aliasSymbol?.name ?? part.symbol?.name ?? "");
    return parameter.name === "options" || names.some((name) => name.endsWith("Options"));
  });
}

/** They take the checks of the options beside them. */
const checkers = ["checkOptions", "optionsChecker", "requireOptions"];

interface Taker {
  readonly name: string;
  readonly at: number;
  /** Whether the options belong to the function that the exported one returns. */
  readonly returned: boolean;
  /** Names of the options that may be left out. */
  readonly optional: readonly string[];
}

/** The options that the first of the signatures lets one leave out. */
function optionalOf([signature]: readonly ts.Signature[]): string[] {
  const type = checker.getTypeOfSymbol(signature!.parameters[optionsAt(signature!)]!);
  const fields = (type.isUnion() ? type.types : [type]).flatMap((part) => checker.getPropertiesOfType(part));
  return fields.filter(({ flags }) => flags & ts.SymbolFlags.Optional).map(({ name }) => name);
}

const takes = (signature: ts.Signature): boolean => optionsAt(signature) >= 0;

/** The exported functions that take options, or return a function that does. */
function takersOf(module: string): Taker[] {
  const source = program.getSourceFile(indexOf(module))!;
  return checker.getExportsOfModule(checker.getSymbolAtLocation(source)!).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const { name } = exported;
    if (!(symbol.flags & ts.SymbolFlags.Value) || checkers.includes(name)) return [];
    const signatures = checker.getTypeOfSymbol(symbol).getCallSignatures();
    const own = signatures.map(optionsAt).find((at) => at >= 0);
    const inner = signatures.flatMap((signature) => signature.getReturnType().getCallSignatures());
    const returned = inner.map(optionsAt).find((at) => at >= 0);
    return [
      ...(own === undefined
        ? []
        : [{ name, at: own, returned: false, optional: optionalOf(signatures.filter(takes)) }]),
      ...(returned === undefined
        ? []
        : [{ name, at: returned, returned: true, optional: optionalOf(inner.filter(takes)) }]),
    ];
  });
}

type AnyFunction = (...given: unknown[]) => unknown;

describe.each(packages)("%s", (module) => {
  const takers = takersOf(module);

  it("refuses an option that it does not know, before it looks at anything else", async () => {
    const exported = (await import(indexOf(module))) as Record<string, AnyFunction>;
    const silent: string[] = [];
    for (const { name, at, returned } of takers) {
      const call = async (): Promise<unknown> => {
        const given = [...new Array<undefined>(at), { notAnOption: 1 }];
        return returned ? (exported[name]!() as AnyFunction)(...given) : exported[name]!(...given);
      };
      const answer = await call().then(
        () => "nothing",
        (error: unknown) => String(error),
      );
      if (!answer.includes("notAnOption")) silent.push(`${name}: ${answer}`);
    }
    expect(silent).toEqual([]);
  });

  it("exports the types of its options, so that a program can name them", () => {
    const source = program.getSourceFile(indexOf(module))!;
    const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source)!);
    const names = exported.map(({ name }) => name);
    const named = exported.flatMap((symbol) => {
      const from = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const functions = from.declarations?.filter(ts.isFunctionDeclaration) ?? [];
      return functions.flatMap(({ parameters }) =>
        parameters.flatMap(({ type }) =>
          type && ts.isTypeReferenceNode(type) ? [type.typeName.getText()] : [],
        ),
      );
    });
    const hidden = named.filter((name) => name.endsWith("Options") && !names.includes(name));
    expect(hidden).toEqual([]);
  });
});

interface Method {
  readonly type: string;
  readonly name: string;
  readonly at: number;
}

/** The methods of exported classes and interfaces that take options. */
function methodsOf(module: string): Method[] {
  const source = program.getSourceFile(indexOf(module))!;
  return checker.getExportsOfModule(checker.getSymbolAtLocation(source)!).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (!(symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class))) return [];
    const methods = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol));
    return methods.flatMap((method) => {
      const ours = method.declarations?.some((one) =>
        one.getSourceFile().fileName.startsWith(`${root}packages`),
      );
      const signatures = ours ? checker.getTypeOfSymbol(method).getCallSignatures() : [];
      const at = signatures.map(optionsAt).find((one) => one >= 0);
      return at === undefined ? [] : [{ type: `${module}.${exported.name}`, name: method.name, at }];
    });
  });
}

/** Something of each type that has such a method. */
const instances: Readonly<Record<string, () => Promise<unknown>>> = {
  "core.Engine": async () => (await load("core")).createEngine!(await network()),
  "core.TrainingEngine": async () => (await load("core")).createEngine!(await network()),
  "integrators.Sensitivity": async () => (await load("integrators")).discrete!(),
  "tables.Table": async () => (await load("tables")).tableOf!(["a", "b"], [[1, 2]]),
  "tfjs.TfjsEngine": async () => (await load("tfjs")).tfjsEngine!({ backend: "cpu" })(await network()),
};

const network = async () =>
  (await load("core")).resnet!({ inputs: 1, outputs: 1, width: 2, depth: 1 }).config;

describe("methods", () => {
  const methods = packages.flatMap(methodsOf);

  it("are those of the types that are walked", () => {
    const names = methods.map(({ type, name }) => `${type}.${name}`);
    expect(names).toEqual(expect.arrayContaining(["tables.Table.split", "tables.Table.folds"]));
    expect([...new Set(methods.map(({ type }) => type))].sort()).toEqual(Object.keys(instances));
  });

  it.each(methods)("$type.$name refuses an option that it does not know", async ({ type, name, at }) => {
    const instance = (await instances[type]!()) as Record<string, AnyFunction>;
    const call = async (): Promise<unknown> =>
      instance[name]!(...new Array<number>(at).fill(1), { notAnOption: 1 });
    await expect(call()).rejects.toThrow("notAnOption");
  });
});

it("an option of undefined counts as not given", async () => {
  const calls = await callsWithDefaults();
  for (const [name, call] of Object.entries(calls)) {
    const [module, taker] = name.split(".") as [string, string];
    const { optional } = takersOf(module).find((one) => one.name === taker)!;
    expect(optional.length).toBeGreaterThan(0);
    const none = Object.fromEntries(optional.map((option) => [option, undefined]));
    const [plain, same] = [await call({}), await call(none)];
    expect(same, name).toEqual(plain);
  }
});

it("finds the functions that there are", () => {
  const found = packages.flatMap((module) => takersOf(module).map(({ name }) => name));
  for (const name of [
    "train",
    "readTable",
    "encodeOnnx",
    "tfjsEngine",
    "stiffnessPenalty",
    "solve",
    "sample",
  ]) {
    expect(found).toContain(name);
  }
  expect(found.length).toBeGreaterThan(40);
});
