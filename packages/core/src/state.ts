import { concatenated, createDigest, StiffnetError } from "@stiffnet/base";
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
const utf8 = new TextEncoder();
const text = new TextDecoder();

/** A state as bytes: a line that names the format, a SHA-256 of the rest, a JSON header, the arrays. */
export function encodeState(state: TrainingState): Uint8Array {
  return concatenated(Uint8Array, stateParts(state));
}

/** The bytes of `encodeState` one part after the other. The large parts are the state's own arrays, which are
 *  not copied. */
export function stateParts(state: TrainingState): Uint8Array[] {
  const { arrays, ...rest } = state;
  const lengths = Object.entries(arrays).map(([name, array]) => [name, array.length]);
  const header = utf8.encode(JSON.stringify({ ...rest, arrays: lengths }, keepNumbers));
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, header.length, true);
  const parts = [size, header, ...Object.values(arrays).map(bytesOf)];
  const digest = createDigest();
  for (const part of parts) digest.update(part);
  return [utf8.encode(magic), digest.bytes(), ...parts];
}

/** Source of a state's bytes, in their order. */
export interface StateSource {
  /** How many there are. */
  readonly size: number;
  /** Fills `into` with the next ones. */
  read(into: Uint8Array): void;
}

/** The inverse of `stateParts`. `name` names the source in errors. */
export function readState(source: StateSource, name: string): TrainingState {
  const { header, lengths, digest, expected, damaged } = open(source, name);
  const arrays = Object.fromEntries(
    lengths.map(([field, length]) => {
      const array = new Float32Array(length);
      source.read(bytesOf(array));
      digest.update(bytesOf(array));
      return [field, array];
    }),
  ) as unknown as TrainingState["arrays"];
  if (`${digest.bytes()}` !== `${expected}`) throw damaged();
  return { ...header, arrays };
}

/** The header of a state without its arrays, which may be large. The checksum is not checked. */
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

/** Reads up to the arrays. Checks each length first, since a damaged length could ask for any amount of
 *  memory. */
function open(source: StateSource, name: string) {
  const bad = (what: string) => new StiffnetError(`${name}: ${what}`, { code: "bad_checkpoint" });
  const damaged = () => bad("is damaged (its checksum differs)");
  const start = new Uint8Array(Math.min(source.size, magic.length + 32 + 4));
  source.read(start);
  if (text.decode(start.subarray(0, magic.length)) !== magic) throw bad("is not a stiffnet checkpoint");
  if (start.length < magic.length + 32 + 4) throw damaged();
  const expected = start.subarray(magic.length, magic.length + 32);
  const length = new DataView(start.buffer).getUint32(magic.length + 32, true);
  const left = source.size - start.length - length;
  if (left < 0) throw damaged();
  const json = new Uint8Array(length);
  source.read(json);
  let header: Omit<TrainingState, "arrays"> & { readonly arrays?: [string, number][] };
  try {
    header = JSON.parse(text.decode(json), reviveNumbers);
  } catch {
    throw damaged();
  }
  const { arrays: lengths = [], ...rest } = header;
  if (lengths.reduce((sum, [, length]) => sum + 4 * length, 0) !== left) throw damaged();
  const digest = createDigest()
    .update(start.subarray(magic.length + 32))
    .update(json);
  return { header: rest, lengths, digest, expected, damaged };
}

const bytesOf = (array: Float32Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** JSON has no infinity or NaN: they travel as tagged strings. */
function keepNumbers(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? `#${value}` : value;
}

function reviveNumbers(_key: string, value: unknown): unknown {
  return value === "#NaN" || value === "#Infinity" || value === "#-Infinity"
    ? Number((value as string).slice(1))
    : value;
}
