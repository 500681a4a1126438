import { existsSync, rmSync } from "node:fs";
import { StiffnetError } from "@stiffnet/base";
import { append, readFrom, writeWhole } from "@stiffnet/base/files";
import { type EpochRecord, readState, readStateHeader, stateParts, type TrainingState } from "@stiffnet/core";
import { BenchError } from "@stiffnet/terminal";
import { mendRecords } from "./journal.ts";

/** The progress of a trial in two files. The state is replaced as a whole; the history gets a line for each
 *  epoch. So a checkpoint costs the same at epoch 10 and at epoch 10,000. */
export class Checkpoint {
  /** The files. */
  readonly state: string;
  readonly history: string;
  /** Epochs already in the history file. */
  #written = 0;

  constructor(folder: string, id: string) {
    this.state = `${folder}/${id}.state`;
    this.history = `${folder}/${id}.history.jsonl`;
  }

  save(state: TrainingState): void {
    const lines = state.history.slice(this.#written).map((record) => `${JSON.stringify(record)}\n`);
    // The history first: a state must never be ahead of it.
    if (lines.length > 0) append(this.history, lines.join(""));
    this.#written = state.history.length;
    writeWhole(this.state, ...stateParts({ ...state, history: [] }));
  }

  /** Epochs trained so far. */
  epoch(): number {
    return existsSync(this.state) ? checkpointHeader(this.state).epoch : 0;
  }

  /** The last state saved, with its history; undefined where there is none, or where the history does not
   *  reach it. */
  load(): TrainingState | undefined {
    if (!existsSync(this.state)) {
      rmSync(this.history, { force: true });
      return undefined;
    }
    const state = mendable(() => readFrom(this.state, (source) => readState(source, this.state)));
    const records = mendRecords<EpochRecord>(this.history);
    // A process that was killed may have written epochs that will be trained again, or have: to the same
    // numbers.
    const byEpoch = new Map(records.map((record) => [record.epoch, record]));
    const history = Array.from({ length: state.epoch + 1 }, (_, epoch) => byEpoch.get(epoch));
    if (!history.every((record) => record !== undefined)) {
      rmSync(this.history, { force: true });
      return undefined;
    }
    if (history.length < records.length) {
      writeWhole(this.history, history.map((record) => `${JSON.stringify(record)}\n`).join(""));
    }
    this.#written = history.length;
    return { ...state, history };
  }
}

/** A damaged checkpoint costs one trial. */
function mendable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof StiffnetError) || error.code !== "bad_checkpoint") throw error;
    throw new BenchError(
      `${error.message}; delete that file, and this trial starts again while the others continue`,
    );
  }
}

/** Reads the header of a state, without its arrays, which can take most of a gigabyte. */
export function checkpointHeader(path: string): Omit<TrainingState, "arrays" | "history"> {
  return mendable(() => readFrom(path, (source) => readStateHeader(source, path)));
}
