// No comment is longer than the formatter's lines: it breaks code, but not comments.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { lineWidth } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8")).formatter;
const patterns = ["*.c", "*.h", "*.ts", "*.mts", "*.js", "*.mjs", "*.css"];
const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", ...patterns], {
  cwd: root,
  encoding: "utf8",
});
let found = 0;
for (const file of listed.trim().split("\n")) {
  // Deleted, but not yet committed.
  if (!existsSync(join(root, file))) continue;
  let within = false;
  for (const [i, line] of readFileSync(join(root, file), "utf8").split("\n").entries()) {
    const comment = within || /^\s*\/[/*]|[;,{})] +\/[/*] /.test(line);
    if (comment) within = line.lastIndexOf("*/") < line.lastIndexOf("/*") || (within && !line.includes("*/"));
    if (line.length <= lineWidth || !comment) continue;
    console.error(`${file}:${i + 1}: a comment of ${line.length} columns, expected at most ${lineWidth}`);
    found++;
  }
}
if (found > 0) process.exit(1);
