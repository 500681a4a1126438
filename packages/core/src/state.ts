import { createHash } from "node:crypto";
import { StiffnetError } from "./errors.ts";
import type { EpochRecord } from "./history.ts";
import type { PlateauState } from "./plateau.ts";

/** Everything a run needs to go on to the same bits. */
export interface TrainingState {
  /** Configuration of the run, for `resume` to compare with. */
  readonly fingerprint: Readonly<Record<string, string>>;
  /** Finished epochs. */
  readonly epoch: number;
  /** Adam's count of updates. */
  readonly time: number;
  readonly plateau: PlateauState;
  readonly random: readonly number[];
  readonly history: readonly EpochRecord[];
  readonly best: { readonly epoch: number; readonly risk: number };
  /** Spent training so far. */
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly arrays: {
    readonly parameters: Float32Array;
    readonly first: Float32Array;
    readonly second: Float32Array;
    readonly best: Float32Array;
    readonly penalty: Float32Array;
  };
}

const magic = "stiffnet checkpoint 1\n";

/** A state as bytes: a line that names the format, a SHA-256 of the rest, a JSON header, the arrays. */
export function encodeState(state: TrainingState): Uint8Array {
  const { arrays, ...rest } = state;
  const lengths = Object.entries(arrays).map(([name, array]) => [name, array.length]);
  const header = Buffer.from(JSON.stringify({ ...rest, arrays: lengths }, keepNumbers));
  const body = Buffer.concat([
    uint32(header.length),
    header,
    ...Object.values(arrays).map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength)),
  ]);
  return Buffer.concat([Buffer.from(magic), createHash("sha256").update(body).digest(), body]);
}

/** The inverse of `encodeState`. `source` names the bytes in errors. */
export function decodeState(bytes: Uint8Array, source: string): TrainingState {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bad = (what: string) => new StiffnetError(`${source}: ${what}`, { code: "bad_checkpoint" });
  if (buffer.subarray(0, magic.length).toString("latin1") !== magic)
    throw bad("is not a stiffnet checkpoint");
  const digest = buffer.subarray(magic.length, magic.length + 32);
  const body = buffer.subarray(magic.length + 32);
  if (!createHash("sha256").update(body).digest().equals(digest))
    throw bad("is damaged (its checksum differs)");
  const headerEnd = 4 + body.readUInt32LE(0);
  const header = JSON.parse(body.subarray(4, headerEnd).toString("utf8"), reviveNumbers);
  let at = headerEnd;
  const arrays = Object.fromEntries(
    (header.arrays as [string, number][]).map(([name, length]) => {
      const part = Uint8Array.from(body.subarray(at, at + 4 * length));
      at += 4 * length;
      return [name, new Float32Array(part.buffer)];
    }),
  );
  return { ...header, arrays };
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

/** JSON has no infinity or NaN: they travel as tagged strings. */
function keepNumbers(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? `#${value}` : value;
}

function reviveNumbers(_key: string, value: unknown): unknown {
  return value === "#NaN" || value === "#Infinity" || value === "#-Infinity"
    ? Number((value as string).slice(1))
    : value;
}
