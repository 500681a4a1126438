import { formatDuration } from "../format.ts";
import type { machine } from "../versions.ts";

interface Circumstances {
  readonly machine: ReturnType<typeof machine>;
  readonly versions: Readonly<Record<string, string>>;
}

/** What every report says of where it was run, as pairs. */
export function machineFacts({ machine, versions }: Circumstances): (readonly [string, string])[] {
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
  ];
}

/** The same and the time in all. */
export function commonFacts(summary: Circumstances & { seconds: number }): (readonly [string, string])[] {
  return [...machineFacts(summary), ["time", formatDuration(summary.seconds)]];
}
