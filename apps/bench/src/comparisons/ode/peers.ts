import { BenchError, listOf, type OptionRow, row } from "@stiffnet/terminal";
import type { Watch } from "@stiffnet/trials";
import type { Contestant, Started } from "./contestants.ts";
import { buildCvode } from "./cvode.ts";
import { loadNpmPeers } from "./npm-peers.ts";
import type { OdeCase } from "./problems.ts";
import { startDiffrax, startScipy } from "./python-peers.ts";

interface Peers<Problem> {
  readonly peers: readonly { readonly name: string; readonly version: string }[];
  /** Those that cannot take part, and why. */
  readonly missing: readonly { readonly name: string; readonly reason: string }[];
  readonly contestants: readonly Contestant<Problem>[];
  stop(): void;
}

/** Each peer of --peers, with its contestants. */
export type Starts<Problem> = Readonly<
  Record<string, (signal: AbortSignal) => Promise<Readonly<Record<string, Started<Problem>>>>>
>;

export const starts: Starts<OdeCase> = {
  cvode: async (signal) => ({ CVODE: await buildCvode(signal) }),
  scipy: async (signal) => ({ SciPy: await startScipy(signal) }),
  diffrax: async (signal) => ({ diffrax: await startDiffrax(signal) }),
  npm: loadNpmPeers,
};

export function peerOption(starts: Starts<never>): OptionRow<string[]> {
  const names = listOf(["auto", "none", ...Object.keys(starts)]);
  return row("<list>", "other libraries; auto takes those that are installed", names, ["auto"]);
}

/** Starts what is asked for and there, and says what is not. */
export async function gatherPeers<Problem>(
  starts: Starts<Problem>,
  asked: readonly string[],
  watch: Watch,
): Promise<Peers<Problem>> {
  if (asked.length > 1 && asked.some((name) => name === "auto" || name === "none")) {
    throw new BenchError(`--peers is ${asked.join(",")}, expected auto or none to stand alone`);
  }
  const contestants: Contestant<Problem>[] = [];
  const peers: { name: string; version: string }[] = [];
  const missing: { name: string; reason: string }[] = [];
  const stops: (() => void)[] = [];
  for (const [name, start] of Object.entries(starts)) {
    if (!asked.some((each) => each === name || each === "auto")) continue;
    for (const [who, started] of Object.entries(await start(watch.signal))) {
      if ("reason" in started) {
        missing.push({ name: who, reason: started.reason });
        continue;
      }
      contestants.push(...started.contestants);
      peers.push({ name: who, version: started.version });
      stops.push(() => started.stop?.());
    }
  }
  const stop = (): void => {
    for (const each of stops) each();
  };
  const required = missing.find(({ name }) => asked.some((peer) => peer === name.toLowerCase()));
  if (required !== undefined && !watch.signal.aborted) {
    stop();
    throw new BenchError(`--peers asks for ${required.name.toLowerCase()}: ${required.reason}`);
  }
  for (const { name, reason } of missing) watch.note(`${name}: ${reason}`);
  return { contestants, peers, missing, stop };
}
