import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Packages of the commands: their options come from the command line, which has a check of its own. */
const commands = ["report", "terminal", "trials"];
const indexOf = (name: string): string => `${root}packages/${name}/src/index.ts`;
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
}

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
      ...(own === undefined ? [] : [{ name, at: own, returned: false }]),
      ...(returned === undefined ? [] : [{ name, at: returned, returned: true }]),
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

// biome-ignore lint/suspicious/noExplicitAny: whatever a package exports
type Exports = Record<string, (...given: unknown[]) => any>;
const load = (module: string): Promise<Exports> => import(indexOf(module));
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
