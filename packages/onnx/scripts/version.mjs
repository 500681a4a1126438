import { readFileSync, writeFileSync } from "node:fs";

// Files name the version that wrote them, and a browser does not read package.json.
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const text = `/** Written by scripts/version.mjs from package.json. */\nexport const version = "${version}";\n`;
writeFileSync(new URL("../src/version.ts", import.meta.url), text);
