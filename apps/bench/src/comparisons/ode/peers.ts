import { BenchError } from "@stiffnet/terminal";
import type { Watch } from "@stiffnet/trials";
import type { Contestant } from "./contestants.ts";
import { buildCvode, cvodeName } from "./cvode.ts";
import { startDiffrax } from "./diffrax.ts";
import { loadNpmPeers } from "./npm-peers.ts";
import { startScipy } from "./scipy.ts";
import type { OdeConfig, OdeResult } from "./words.ts";

interface Peers extends Pick<OdeResult, "peers" | "missing"> {
  readonly contestants: readonly Contestant[];
  stop(): void;
}

/** A peer that there is, or why there is none. */
type Started =
  | { readonly version: string; readonly contestants: readonly Contestant[]; stop?(): void }
  | { readonly reason: string };

type Start = (signal: AbortSignal) => Promise<Readonly<Record<string, Started>>>;

/** Each peer that can be asked for, with who comes with it. */
const starts: Readonly<Record<Exclude<OdeConfig["peers"][number], "auto" | "none">, Start>> = {
  cvode: async (signal) => {
    const cvode = await buildCvode(signal);
    return { [cvodeName]: "reason" in cvode ? cvode : { ...cvode, contestants: [cvode.contestant] } };
  },
  scipy: async () => ({
    SciPy: (await startScipy()) ?? {
      reason: "no Python with scipy was found (set STIFFNET_PYTHON to one), or no C compiler (cc or $CC)",
    },
  }),
  diffrax: async () => ({
    diffrax: (await startDiffrax()) ?? {
      reason: "no Python with it was found (apps/bench/peers/setup diffrax)",
    },
  }),
  npm: async () => {
    const { contestants, missing } = await loadNpmPeers();
    return Object.fromEntries([
      ...contestants.map((each) => [each.name, { version: "of npm", contestants: [each] }] as const),
      ...missing.map((name) => [name, { reason: `it is not installed (npm install ${name})` }] as const),
    ]);
  },
};

/** Starts what is asked for and there, and says what is not. */
export async function gatherPeers({ peers: asked }: OdeConfig, watch: Watch): Promise<Peers> {
  if (asked.length > 1 && asked.some((name) => name === "auto" || name === "none")) {
    throw new BenchError(`--peers is ${asked.join(",")}, expected auto or none to stand alone`);
  }
  const contestants: Contestant[] = [];
  const peers: OdeResult["peers"][number][] = [];
  const missing: OdeResult["missing"][number][] = [];
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
      // A run of Python is not waited for.
      const stop = () => started.stop?.();
      stops.push(stop);
      watch.signal.addEventListener("abort", stop);
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
