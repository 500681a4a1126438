// Builds the site into dist: gathers its pages, then lets VitePress write them. A link to nowhere fails it.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vitepress";
import { stage } from "./stage.mjs";

await stage();
await build(join(dirname(fileURLToPath(import.meta.url)), "..", "pages"));
