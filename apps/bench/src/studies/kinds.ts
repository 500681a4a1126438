import type { StudyKind, StudyName } from "@stiffnet/trials";

/** The studies by their names. Reports, which take a moment to load, are loaded when there is something to
 *  report. */
const kinds: Readonly<Record<StudyName, () => Promise<StudyKind>>> = {
  study: async () => (await import("./study/command.ts")).study,
  alpine: async () => (await import("./alpine/command.ts")).alpine,
  train: async () => (await import("stiffnet")).trainKind,
};

export function studyKind(name: StudyName): Promise<StudyKind> {
  return kinds[name]();
}
