import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Runs the `ts` blocks of a document as one module and returns its output lines. The document belongs to the
 *  package of the test (its import.meta.url). The working folder is empty, or `into`, whose files stay. */
export async function runReadme(testUrl: string, document = "README.md", into?: string): Promise<string[]> {
  const folder = join(dirname(fileURLToPath(testUrl)), "..");
  const readme = readFileSync(join(folder, document), "utf8");
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
  if (blocks.length === 0) throw new Error(`${folder}/${document} has no ts block`);
  const name = `readme-${process.pid}-${document.replaceAll("/", "-")}`;
  const work = into ?? join(folder, "node_modules", ".cache", name);
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
    if (into === undefined) rmSync(work, { recursive: true, force: true });
  }
  return printed;
}
