import { inScratchFolder } from "@stiffnet/base/files";
import { Checkpoint, loadData, runTrial, type StudyConfig, trialSpecs } from "@stiffnet/trials";
import { answerLines } from "../peers/json-process.ts";
import { type CostFigures, warmUp } from "./cases.ts";

// Trains a study's trials one after the other, as a worker of a study does, and tells what the process took.
/** After so much processor time the code of a step is compiled. */
const warmSeconds = 0.5;

async function measure(config: StudyConfig): Promise<CostFigures> {
  const { training: first } = await run(warmUp(config, 10));
  if (first < warmSeconds) await run(warmUp(config, Math.ceil((10 * warmSeconds) / Math.max(first, 1e-3))));
  const before = process.cpuUsage();
  const { training, steps } = await run(config);
  const { user, system } = process.cpuUsage(before);
  return {
    steps,
    millisecondsPerStep: (1000 * training) / steps,
    processorSeconds: (user + system) / 1e6,
    // In KiB on every platform.
    peakMiB: process.resourceUsage().maxRSS / 1024,
  };
}

async function run(config: StudyConfig): Promise<{ training: number; steps: number }> {
  const data = await loadData(config.data, config.seed);
  const { signal } = new AbortController();
  let training = 0;
  let steps = 0;
  await inScratchFolder("cost", async (folder) => {
    for (const spec of trialSpecs(config)) {
      const checkpoint = new Checkpoint(folder, spec.id);
      const record = await runTrial(config, spec, { data, checkpoint, signal, onEpoch: () => {} });
      if (record.status === "interrupted") throw new Error("interrupted without a signal");
      training += record.processorSeconds;
      steps += record.epochs * Math.ceil(data.train.count / config.training.batchSize);
    }
  });
  return { training, steps };
}

await answerLines(measure);
