// The page's files, made of its sources: what the server sends, and what a document of its own holds.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { lookSheet } from "@stiffnet/terminal";
import { rolldown } from "rolldown";

const folder = new URL("../page/", import.meta.url);
const read = (name) => readFile(new URL(name, folder), "utf8");

/** In the order of the cascade. */
const styles = ["base", "inputs", "outputs", "views", "print"];

/** Bundles an entry and what it imports; without `split` everything is in one chunk. */
async function bundle(entry, split) {
  const build = await rolldown({
    input: fileURLToPath(new URL(entry, folder)),
    platform: "browser",
    resolve: { conditionNames: ["browser", "@stiffnet/source", "import", "module", "default"] },
    logLevel: "silent",
  });
  const { output } = await build.generate({
    format: "es",
    minify: true,
    codeSplitting: split,
    entryFileNames: "app.js",
    chunkFileNames: "[name].js",
  });
  await build.close();
  return output.map(({ fileName, code }) => [fileName, code]);
}

const sheets = await Promise.all(styles.map((name) => read(`style/${name}.css`)));
/** In the colours that reports and the site have too. */
const style = [lookSheet, ...sheets].join("\n");
const [scripts, [[, single]], markup] = await Promise.all([
  bundle("server-page.ts", true),
  bundle("document-page.ts", false),
  read("index.html"),
]);

/** Files by name, as the server sends them. */
export const served = { "index.html": markup, "style.css": style, ...Object.fromEntries(scripts) };
/** The same page with everything in one script, for a document of its own. */
export const documentScript = single;
