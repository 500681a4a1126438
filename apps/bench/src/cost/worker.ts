import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Checkpoint } from "../runner/checkpoint.ts";
import { type StudyConfig, trialSpecs } from "../runner/config.ts";
import { loadData } from "../runner/data.ts";
import { runTrial } from "../runner/trial.ts";
import type { CostFigures } from "./cases.ts";

// Trains a study's trials one after the other, as a worker of a study does, and tells what the process took.
process.on("message", (config: StudyConfig) => {
  measure(config).then((figures) => process.send!(figures, () => process.exit(0)));
});

async function measure(config: StudyConfig): Promise<CostFigures> {
  const data = await loadData(config.data, config.seed);
  const folder = mkdtempSync(join(tmpdir(), "stiffnet-cost-"));
  const { signal } = new AbortController();
  let training = 0;
  let steps = 0;
  try {
    for (const spec of trialSpecs(config)) {
      const checkpoint = new Checkpoint(folder, spec.id);
      const record = await runTrial(config, spec, { data, checkpoint, signal, onEpoch: () => {} });
      if (record.status === "interrupted") throw new Error("interrupted without a signal");
      training += record.processorSeconds;
      steps += record.epochs * Math.ceil(data.train.count / config.training.batchSize);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    steps,
    millisecondsPerStep: (1000 * training) / steps,
    processorSeconds: (userCPUTime + systemCPUTime) / 1e6,
    // In KiB on every platform.
    peakMiB: maxRSS / 1024,
  };
}
