import { readFile } from "node:fs/promises";
import { inspectOnnx } from "@stiffnet/onnx";
import { ServeError } from "../errors.ts";
import { describeModel, networkOf } from "../models/describe.ts";
import { pageScripts } from "./routes.ts";

const folder = new URL("../../page/", import.meta.url);
const page = (name: string): Promise<string> => readFile(new URL(name, folder), "utf8");

/** The page and one surrogate in one HTML document that needs no server and asks none: it computes in float64
 *  by itself. `onnx` is the bytes of a file that `exportOnnx` or `exportEnsemble` of @stiffnet/onnx wrote;
 *  `name` is shown as the title. */
export async function surrogateHtml(onnx: Uint8Array, name: string): Promise<string> {
  const description = await inspectOnnx(onnx);
  const { surrogate } = description;
  if (!surrogate) {
    throw new ServeError(
      `${name}: an ONNX file, but not one that stiffnet exported (it has no stiffnet metadata)`,
      {
        code: "not_a_surrogate",
      },
    );
  }
  const model = describeModel({ name, version: "1", description, surrogate });
  const network = await networkOf({ bytes: onnx });
  const scripts = await Promise.all(pageScripts.map((script) => page(`${script}.js`)));
  const [markup, style] = await Promise.all(["index.html", "style.css"].map(page));
  // A closing tag inside the data would end the script element.
  const data = JSON.stringify({ model, network }).replaceAll("<", "\\u003c");
  const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";
  // Functions, since a text as replacement would give a meaning to every dollar sign.
  return markup!
    .replace(
      '<meta charset="utf-8">',
      (found) => `${found}\n<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    )
    .replace('<link rel="stylesheet" href="style.css">', () => `<style>\n${style}</style>`)
    .replace(
      '<script type="module" src="app.js"></script>',
      () =>
        `<script type="application/json" id="embedded">${data}</script>\n<script type="module">\n${scripts.map(withoutModules).join("\n")}</script>`,
    );
}

/** The scripts stand one behind the other in one module: what they import is there already. */
function withoutModules(script: string): string {
  let importing = false;
  const kept = script.split("\n").filter((line) => {
    const part = importing || line.startsWith("import ");
    importing = part && !line.endsWith(";");
    return !part;
  });
  return kept.map((line) => line.replace(/^export /, "")).join("\n");
}
