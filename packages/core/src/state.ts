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
  return Buffer.concat(stateParts(state));
}

/** The bytes of `encodeState` one part after the other, of which the large ones are the state's own arrays: what is
 *  written from them is copied nowhere. */
export function stateParts(state: TrainingState): Uint8Array[] {
  const { arrays, ...rest } = state;
  const lengths = Object.entries(arrays).map(([name, array]) => [name, array.length]);
  const header = Buffer.from(JSON.stringify({ ...rest, arrays: lengths }, keepNumbers));
  const parts = [uint32(header.length), header, ...Object.values(arrays).map(bytesOf)];
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return [Buffer.from(magic), hash.digest(), ...parts];
}

/** Where the bytes of a state come from, in their order. */
export interface StateSource {
  /** How many there are. */
  readonly size: number;
  /** Fills `into` with the next ones. */
  read(into: Uint8Array): void;
}

/** The inverse of `stateParts`. `name` names the source in errors. */
export function readState(source: StateSource, name: string): TrainingState {
  const { header, lengths, hash, digest, damaged } = open(source, name);
  const arrays = Object.fromEntries(
    lengths.map(([field, length]) => {
      const array = new Float32Array(length);
      source.read(bytesOf(array));
      hash.update(bytesOf(array));
      return [field, array];
    }),
  ) as unknown as TrainingState["arrays"];
  if (!hash.digest().equals(digest)) throw damaged();
  return { ...header, arrays };
}

/** What a state says of itself, without its arrays, which may be large; so its checksum is not looked at. */
export function readStateHeader(source: StateSource, name: string): Omit<TrainingState, "arrays"> {
  return open(source, name).header;
}

/** The inverse of `encodeState`. `name` names the bytes in errors. */
export function decodeState(bytes: Uint8Array, name: string): TrainingState {
  let at = 0;
  const read = (into: Uint8Array): void => {
    into.set(bytes.subarray(at, at + into.length));
    at += into.length;
  };
  return readState({ size: bytes.length, read }, name);
}

/** Reads up to the arrays. Nothing is believed before it was looked at: a damaged length could ask for any memory. */
function open(source: StateSource, name: string) {
  const bad = (what: string) => new StiffnetError(`${name}: ${what}`, { code: "bad_checkpoint" });
  const damaged = () => bad("is damaged (its checksum differs)");
  const start = Buffer.alloc(Math.min(source.size, magic.length + 32 + 4));
  source.read(start);
  if (start.subarray(0, magic.length).toString("latin1") !== magic) throw bad("is not a stiffnet checkpoint");
  if (start.length < magic.length + 32 + 4) throw damaged();
  const digest = start.subarray(magic.length, magic.length + 32);
  const size = start.subarray(magic.length + 32);
  const left = source.size - start.length - size.readUInt32LE();
  if (left < 0) throw damaged();
  const text = Buffer.alloc(size.readUInt32LE());
  source.read(text);
  let header: Omit<TrainingState, "arrays"> & { readonly arrays?: [string, number][] };
  try {
    header = JSON.parse(text.toString("utf8"), reviveNumbers);
  } catch {
    throw damaged();
  }
  const { arrays: lengths = [], ...rest } = header;
  if (lengths.reduce((sum, [, length]) => sum + 4 * length, 0) !== left) throw damaged();
  const hash = createHash("sha256").update(size).update(text);
  return { header: rest, lengths, hash, digest, damaged };
}

const bytesOf = (array: Float32Array): Buffer =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength);

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
