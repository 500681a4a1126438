import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

const src = join(import.meta.dirname, "../src");

/** The files that a file of src loads, itself included; types cost nothing. */
function loaded(entry: string): Set<string> {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    const name = relative(src, file);
    if (seen.has(name)) return;
    seen.add(name);
    const text = readFileSync(file, "utf8");
    for (const [, kind, clause, path] of text.matchAll(/^(import|export) ([^;]*?) from "(\.[^"]+)";/gms)) {
      if (clause!.startsWith("type ")) continue;
      const names = /^\{([\s\S]*)\}$/.exec(clause!)?.[1]?.split(",") ?? ["*"];
      const values = names.filter((each) => each.trim() !== "" && !each.trim().startsWith("type "));
      if (kind === "import" && values.length === 0) continue;
      visit(join(dirname(file), path!));
    }
  };
  visit(join(src, entry));
  return seen;
}

test("solve loads its default solver and none of the others, nor gradients", () => {
  const files = [...loaded("integrate/solve.ts")];
  expect(files).toContain("steppers/rosenbrock.ts");
  const others = files.filter((file) =>
    /sensitivity|derivatives|complex-|steppers\/(radau|dirk|multistep|partitioned)|solvers\/(radau|esdirk|bdf)/.test(
      file,
    ),
  );
  expect(others).toEqual([]);
});

test("an explicit solver loads no linear algebra", () => {
  const files = [...loaded("solvers/dopri5.ts")];
  expect(files).toContain("steppers/explicit.ts");
  expect(
    files.filter((file) => /matrix\/|direct\/|krylov\/|jacobian\/|rosenbrock|dirk|radau/.test(file)),
  ).toEqual([]);
});

test("no stepper, family or solver looks back at the driver of runs", () => {
  for (const entry of ["solvers/registry.ts", "solvers/auto.ts", "solvers/bdf.ts", "solvers/symplectic.ts"]) {
    expect([...loaded(entry)].filter((file) => file.startsWith("integrate/"))).toEqual([]);
  }
});
