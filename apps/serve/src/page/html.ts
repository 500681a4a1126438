import { importGaussian, inspectOnnx, requireSurrogate } from "@stiffnet/onnx";
import { documentScript, served } from "#page";
import { base64, describeModel, type Embedded, networkOf } from "../models/describe.ts";

/** The page and one surrogate in one HTML document that needs no server and asks none: it computes by itself.
 *  `onnx` is the bytes of a file that `exportOnnx`, `exportEnsemble` or `exportGaussian` of @stiffnet/onnx
 *  wrote; `name` is shown as the title. */
export async function surrogateHtml(onnx: Uint8Array, name: string): Promise<string> {
  const description = await inspectOnnx(onnx);
  const surrogate = requireSurrogate(description, name);
  const version = "1";
  const model = describeModel({ name, version, description, surrogate }, [version]);
  const embedded: Embedded =
    model.config.kind === "gaussianProcess"
      ? { model, process: await importGaussian(onnx) }
      : { model, network: await networkOf({ bytes: onnx }) };
  const text = JSON.stringify(embedded, (_, value: unknown) =>
    value instanceof Float64Array ? { float64: base64(value) } : value,
  );
  // A closing tag inside the data or the script would end the script element.
  const data = text.replaceAll("<", "\\u003c");
  const script = documentScript.replaceAll(/<\/(?=script)/gi, "<\\/");
  const policy =
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src data:";
  // Functions, since a text as replacement would give a meaning to every dollar sign.
  return served["index.html"]!.replace(
    '<meta charset="utf-8">',
    (found) => `${found}\n<meta http-equiv="Content-Security-Policy" content="${policy}">`,
  )
    .replace('<link rel="stylesheet" href="style.css">', () => `<style>\n${served["style.css"]}</style>`)
    .replace(
      '<script type="module" src="app.js"></script>',
      () =>
        `<script type="application/json" id="embedded">${data}</script>\n<script type="module">\n${script}</script>`,
    );
}
