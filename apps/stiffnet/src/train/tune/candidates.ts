import { type RandomStream, randomStream } from "@stiffnet/base";
import type { NetworkSpec, PenaltySpec, StudyFile, TrainingSpec } from "@stiffnet/trials";

/** Settings that replace those of the user's configuration. The first candidate replaces none. */
export interface Candidate {
  readonly network?: Partial<NetworkSpec>;
  readonly training?: Partial<TrainingSpec>;
  /** null: without a penalty. */
  readonly penalty?: PenaltySpec | null;
}

/** 1, 1.5, 2, 3, 5 and 7 times powers of ten: steps of about a half. */
const digits = [1, 1.5, 2, 3, 5, 7] as const;

function steps(from: number, to: number): number[] {
  const decades = Array.from({ length: 9 }, (_, k) => digits.map((digit) => Number(`${digit}e${k - 7}`)));
  return decades.flat().filter((value) => value >= from && value <= to);
}

const rates = steps(2e-3, 3e-2);
const widths = [20, 30, 40, 60, 80];
const depths = [2, 3, 4, 6, 8];
const activations = ["softplus", "tanh", "gelu", "silu"] as const;
/** identity: outputs have a linear way from the inputs. */
const lifts = ["identity", "identity", "tanh"] as const;
/** A penalty on the size of the weights is their decay. */
const penalties: readonly (() => readonly (PenaltySpec | null)[])[] = [
  () => [null],
  () => steps(1e-5, 1e-1).map((weight) => ({ kind: "l2", weight })),
  () => steps(1e-5, 1e-2).map((weight) => ({ kind: "stiff", weight })),
];

function pick<T>(random: RandomStream, members: readonly T[]): T {
  return members[Math.floor(random.uniform() * members.length)]!;
}

/** Beyond the streams that the first trials draw from. */
const stream = 1001;

/** The first `count` candidates of a seed. A larger budget begins with the candidates of a smaller one.
 *  Candidates never replace a setting that `asked` gives. */
export function candidatesOf(
  seed: number,
  count: number,
  asked: Pick<StudyFile, "network" | "training" | "models">,
): Candidate[] {
  const random = randomStream(seed, stream);
  return Array.from({ length: count }, (_, k) => {
    if (k === 0) return {};
    const drawn = {
      width: pick(random, widths),
      depth: pick(random, depths),
      activation: pick(random, activations),
      lift: pick(random, lifts),
    };
    const rate = pick(random, rates);
    const penalty = pick(random, pick(random, penalties)());
    const free = Object.entries(drawn).filter(([name]) => !Object.hasOwn(asked.network ?? {}, name));
    return {
      ...(free.length > 0 && { network: Object.fromEntries(free) }),
      ...(asked.training?.rate === undefined && { training: { rate } }),
      ...(asked.models === undefined && { penalty }),
    };
  });
}

/** In words, as a table and a line say it. */
export function settingsOf({ network, training, penalty }: Candidate): string {
  const { width, depth, activation, lift } = network ?? {};
  const parts = {
    rate: training?.rate,
    width,
    depth,
    activation,
    lift,
    penalty: penalty === undefined ? undefined : penalty ? `${penalty.kind}=${penalty.weight}` : "none",
  };
  const words = Object.entries(parts).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${value}`],
  );
  return words.length === 0 ? "as asked for" : words.join(", ");
}
