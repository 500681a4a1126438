import { availableParallelism, cpus, totalmem } from "node:os";
import { formatDuration } from "@stiffnet/terminal";

/** Machine, versions and duration of a run. */
export interface Circumstances {
  readonly machine: ReturnType<typeof machine>;
  readonly versions: Readonly<Record<string, string>>;
  /** By the clock. */
  readonly seconds: number;
}

/** Facts about the run in every report, as pairs. */
export function commonFacts({ machine, versions, seconds }: Circumstances): (readonly [string, string])[] {
  return [
    [
      "machine",
      `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}`,
    ],
    [
      "versions",
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    ],
    ["time", formatDuration(seconds)],
  ];
}

/** Where: processor, cores, memory. No names of hosts or users. */
export function machine(): { processor: string; cores: number; memoryGiB: number; platform: string } {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
  };
}
