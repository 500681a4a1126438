import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Runs the README's `ts` blocks of the package that the test (its import.meta.url) belongs to, as one module
 *  in an empty working folder, and returns what it printed, a line an element. */
export async function runReadme(testUrl: string): Promise<string[]> {
  const folder = join(dirname(fileURLToPath(testUrl)), "..");
  const readme = readFileSync(join(folder, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
  if (blocks.length === 0) throw new Error(`${folder}/README.md has no ts block`);
  const work = join(folder, "node_modules", ".cache", `readme-${process.pid}`);
  mkdirSync(work, { recursive: true });
  const printed: string[] = [];
  const { log } = console;
  const home = process.cwd();
  try {
    writeFileSync(join(work, "snippet.ts"), blocks.join("\n"));
    process.chdir(work);
    console.log = (...values: unknown[]) => printed.push(values.map(String).join(" "));
    await import(/* @vite-ignore */ join(work, "snippet.ts"));
  } finally {
    console.log = log;
    process.chdir(home);
    rmSync(work, { recursive: true, force: true });
  }
  return printed;
}
