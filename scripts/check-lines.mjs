// No line of C and no comment elsewhere is longer than the formatter's lines, which breaks code but not comments.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { lineWidth } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8")).formatter;
const patterns = ["*.c", "*.h", "*.ts", "*.mts", "*.js", "*.mjs", "*.css"];
const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", ...patterns], {
  cwd: root,
  encoding: "utf8",
});
const comment = /^\s*(\/\/|\/\*|\*)|\s\/\/ /;
let found = 0;
for (const file of files.trim().split("\n")) {
  // Deleted, but not yet committed.
  if (!existsSync(join(root, file))) continue;
  for (const [i, line] of readFileSync(join(root, file), "utf8").split("\n").entries()) {
    if (line.length <= lineWidth || !(/\.[ch]$/.test(file) || comment.test(line))) continue;
    console.error(`${file}:${i + 1}: ${line.length} columns, expected at most ${lineWidth}`);
    found++;
  }
}
if (found > 0) process.exit(1);
