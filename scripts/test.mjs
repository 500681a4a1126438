// Runs every test of the workspace and closes with one line, "N passed, N failed[, N skipped]", taken from
// vitest's own report, after one that says why tests were skipped. `npm test` has set everything up before.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const report = join(root, "node_modules", ".cache", "vitest.json");
rmSync(report, { force: true });
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
// Temporary files of all tests lie in one folder, which is deleted at the end. Its name is short, because the
// paths of sockets in it are limited.
const scratch = mkdtempSync(join(tmpdir(), "sn-"));
const { status, signal } = spawnSync(process.execPath, [vitest, "run", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, STIFFNET_SET_UP: "1", TMPDIR: scratch, TEMP: scratch, TMP: scratch },
});
rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
let lines = ["0 passed, 1 failed"];
try {
  lines = closing(JSON.parse(readFileSync(report, "utf8")));
} catch {
  process.stderr.write(`no report from vitest, which ended with ${signal ?? status}\n`);
}
console.log(lines.join("\n"));
process.exit(status ?? 1);

function closing({ numPassedTests, numFailedTests, numFailedTestSuites, testResults }) {
  // A file that fails to load has no test of its own to count, but it is a failure.
  const failed =
    numFailedTests + (numFailedTests === 0 && status !== 0 ? Math.max(1, numFailedTestSuites) : 0);
  const skipped = testResults.flatMap((file) =>
    file.assertionResults.filter((test) => test.status === "skipped" || test.status === "pending"),
  );
  const counts = `${numPassedTests} passed, ${failed} failed`;
  if (skipped.length === 0) return [counts];
  const reasons = new Map();
  for (const { meta } of skipped) {
    const reason = meta?.missing ?? "not selected";
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const words = [...reasons].map(([reason, count]) => `${reason} (${count})`).join(", ");
  return [
    `${skipped.length} skipped: ${words}; 'node scripts/install-test-tools.mjs' installs what can be had`,
    `${counts}, ${skipped.length} skipped`,
  ];
}
