// The C sources, and the version that ties compiled kernels to the TypeScript that calls them.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Text of every C file by its path below c/, with forward slashes. */
export const files = Object.fromEntries(
  readdirSync(join(root, "c"), { recursive: true })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => /\.[ch]$/.test(path))
    .sort()
    .map((path) => [path, readFileSync(join(root, "c", path), "utf8")]),
);

/** Checksum of all of c/, since kernels of other sources give other bits or take other arguments. */
export const version = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 16);
