import { formatDuration } from "./format.ts";

/** How far a command is. */
export interface Progress {
  /** Pieces of work done and in all. */
  readonly done: number;
  readonly total: number;
  /** Further texts; empty ones are left out. */
  readonly details: readonly string[];
}

export interface ProgressDisplay {
  update(progress: Progress): void;
  /** A line that stays. */
  note(text: string): void;
  close(): void;
}

const barWidth = 16;
/** Seconds to the first line where there is no terminal, and between two. */
const [plainFirst, plainInterval] = [2, 10];

/** One line that is redrawn in a terminal; plain lines, now and then, elsewhere. */
export function showProgress(
  label: string,
  stream: NodeJS.WriteStream,
  now: () => number = () => performance.now(),
): ProgressDisplay {
  const terminal = stream.isTTY === true;
  let start: { time: number; done: number } | undefined;
  let shown = terminal ? Number.NEGATIVE_INFINITY : now() - 1000 * (plainInterval - plainFirst);
  let lineLength = 0;
  const clear = (): void => {
    if (lineLength > 0) stream.write("\r\x1b[2K");
    lineLength = 0;
  };
  return {
    update(progress) {
      const time = now();
      start ??= { time, done: progress.done };
      if (time - shown < (terminal ? 100 : 1000 * plainInterval)) return;
      shown = time;
      const fraction = progress.total === 0 ? 1 : progress.done / progress.total;
      const elapsed = (time - start.time) / 1000;
      const speed = (progress.done - start.done) / elapsed;
      const left = speed > 0 ? `${formatDuration((progress.total - progress.done) / speed)} left` : "";
      const parts = [`${Math.floor(100 * fraction)} %`, ...progress.details, left].filter(Boolean);
      if (!terminal) {
        stream.write(`${label}: ${parts.join(", ")}\n`);
        return;
      }
      const full = Math.round(barWidth * fraction);
      const bar = "█".repeat(full) + "░".repeat(barWidth - full);
      const line = `${label} ${bar} ${parts.join(" · ")}`.slice(0, (stream.columns || 80) - 1);
      clear();
      lineLength = line.length;
      stream.write(line);
    },
    note(text) {
      clear();
      stream.write(`${text}\n`);
    },
    close: clear,
  };
}
