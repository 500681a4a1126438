import { formatDuration } from "../format.ts";
import type { machine } from "../versions.ts";

/** Where and with what something was run, and for how long. */
export interface Circumstances {
  readonly machine: ReturnType<typeof machine>;
  readonly versions: Readonly<Record<string, string>>;
  /** By the clock. */
  readonly seconds: number;
}

/** What every report says of where and how long it was run, as pairs. */
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
