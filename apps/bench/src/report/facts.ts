import { formatDuration } from "../format.ts";
import type { machine } from "../versions.ts";

interface Circumstances {
  readonly machine: ReturnType<typeof machine>;
  readonly versions: Readonly<Record<string, string>>;
  readonly seconds: number;
}

/** What every report says of how it was run, as pairs: machine, versions, time. */
export function commonFacts(summary: Circumstances): (readonly [string, string])[] {
  const { machine, versions, seconds } = summary;
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
