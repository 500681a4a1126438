// Writes into every published manifest which repository it comes from, which npm's provenance compares with
// the one that builds it: GitHub names it in GITHUB_REPOSITORY. A part of `npm run release`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publishedPackages } from "./rehearse/publish.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { GITHUB_REPOSITORY: repository, GITHUB_SERVER_URL: server = "https://github.com" } = process.env;
if (repository === undefined) {
  process.stderr.write(
    "release: no GITHUB_REPOSITORY, so manifests name no repository and npm has no provenance\n",
  );
} else {
  for (const { folder } of publishedPackages(root)) {
    const file = join(root, folder, "package.json");
    const manifest = JSON.parse(readFileSync(file, "utf8"));
    const directory = folder.replaceAll("\\", "/");
    manifest.repository = { type: "git", url: `git+${server}/${repository}.git`, directory };
    writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  }
}
