import type { StudyName } from "../runner/config.ts";
import type { StudyKind } from "./kind.ts";

/** The studies by their names. Reports, which take a moment to load, are loaded when there is something to
 *  report. */
const kinds: Readonly<Record<StudyName, () => Promise<StudyKind>>> = {
  study: async () => (await import("../experiments/study/command.ts")).study,
  alpine: async () => (await import("../experiments/alpine/command.ts")).alpine,
  train: async () => (await import("../experiments/train/command.ts")).train,
};

export function studyKind(name: StudyName): Promise<StudyKind> {
  return kinds[name]();
}
