// Time and peak memory of reading a large CSV, beside pandas where it is installed; each in a
// fresh process.
//
//   node bench/csv.mjs [megabytes=1024] [digits=9]      (after `tsc -b`; digits of each number, 17 for full
// float64)
import { execFileSync, spawnSync } from "node:child_process";
import { createWriteStream, existsSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";

const [megabytes = 1024, digits = 9] = process.argv.slice(2).map(Number);
const columns = 25;
const readWithPandas = `
import json, resource, sys, time
import numpy, pandas
start = time.time()
frame = pandas.read_csv(sys.argv[1], dtype=numpy.float64)
seconds = time.time() - start
print(json.dumps(dict(seconds=seconds, peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, rows=len(frame), check=float(frame.iloc[-1, 3]))))
`;

if (process.argv[2] === "read") {
  const { readTable } = await import("../dist/index.js");
  const start = performance.now();
  const table = await readTable(process.argv[3]);
  const seconds = (performance.now() - start) / 1000;
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ seconds, peak, rows: table.count, check: table.at(table.count - 1, 3) }));
} else {
  const path = join(tmpdir(), `stiffnet-${megabytes}-${digits}.csv`);
  if (!existsSync(path)) await generate(path);
  const size = statSync(path).size / 2 ** 20;
  const own = JSON.parse(
    execFileSync(process.execPath, [fileURLToPath(import.meta.url), "read", path], { encoding: "utf8" }),
  );
  const numbers = (own.rows * columns * 8) / 2 ** 20;
  report("stiffnet", own, size, `numbers ${numbers.toFixed(0)} MiB + ${(own.peak - numbers).toFixed(0)} MiB`);
  const pandas = spawnSync("/usr/bin/python3", ["-c", readWithPandas, path], { encoding: "utf8" });
  if (pandas.status === 0) report("pandas", JSON.parse(pandas.stdout), size, "float64 requested");
  else console.log(`pandas: not run (${pandas.stderr.trim().split("\n").at(-1)})`);
  rmSync(path);
}

function report(name, { seconds, peak, rows, check }, size, note) {
  const speed = (size / seconds).toFixed(0);
  console.log(
    `${name}: ${size.toFixed(0)} MiB, ${rows} rows, ${seconds.toFixed(1)} s, ${speed} MiB/s, peak ${peak.toFixed(0)} MiB (${note}); last row, fourth: ${check}`,
  );
}

async function generate(path) {
  let state = 1;
  const lines = function* () {
    yield `${Array.from({ length: columns }, (_, i) => `x${i}`).join(",")}\n`;
    for (let written = 0; written < megabytes * 2 ** 20; ) {
      let piece = "";
      for (let r = 0; r < 1000; r++) {
        const cells = Array.from({ length: columns }, () => {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
          return digits >= 17
            ? `${(state / 2 ** 32 - 0.5) / 3}`
            : ((state / 2 ** 32 - 0.5) * 100).toPrecision(digits);
        });
        piece += `${cells.join(",")}\n`;
      }
      written += piece.length;
      yield piece;
    }
  };
  await pipeline(Readable.from(lines()), createWriteStream(path));
}
