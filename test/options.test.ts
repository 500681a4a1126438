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
  /** Of the function that the exported one returns. */
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
