// Writes the bundled page beside the compiled sources, which read it there.
import { renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { documentScript, served } from "./bundle-page.mjs";

const file = fileURLToPath(new URL("../dist/page-files.js", import.meta.url));
/** Both bundles hold the kernels, which are most of them: they are written once. */
const [kernels] = /[A-Za-z0-9+/=]{50000,}/.exec(documentScript);
const literal = (text) =>
  text
    .split(kernels)
    .map((part) => JSON.stringify(part))
    .join(" + kernels + ");
const files = Object.entries(served).map(([name, text]) => `  ${JSON.stringify(name)}: ${literal(text)},`);
writeFileSync(
  `${file}.tmp`,
  `const kernels = ${JSON.stringify(kernels)};
export const served = {
${files.join("\n")}
};
export const documentScript = ${literal(documentScript)};
`,
);
renameSync(`${file}.tmp`, file);
