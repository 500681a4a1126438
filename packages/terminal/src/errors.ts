import { StiffnetError } from "@stiffnet/base";

/** Wrong use of the command or of a results folder: one line that says what was given and what was
 *  expected. */
export class BenchError extends StiffnetError {
  override readonly name = "BenchError";
  /** 2 where the user can mend it, 1 where the run failed. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 2) {
    super(message, { code: exitCode === 2 ? "wrong_use" : "failed" });
    this.exitCode = exitCode;
  }
}

/** Errors that the packages of the family and Node's file functions throw on wrong input. Any other error is
 *  a defect and keeps its stack. */
export function isExpected(error: unknown): error is Error & { readonly code: string } {
  if (error instanceof StiffnetError) return true;
  if (!(error instanceof Error && "code" in error && typeof error.code === "string")) return false;
  // Its name is compared, because loading the integrators would delay help.
  return "syscall" in error || error.name === "IntegratorError";
}

const systemMessages: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EISDIR: "is a folder, expected a file",
  ENOTDIR: "is a file, expected a folder",
  EEXIST: "is a file, expected a folder",
  ENOSPC: "no space left on the disk",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EMFILE: "too many open files",
};

/** The error in one line: the place first. */
export function oneLine(error: Error & { readonly code: string }): string {
  const known = systemMessages[error.code];
  const path = "path" in error && typeof error.path === "string" ? `${error.path}: ` : "";
  const text = known === undefined || error instanceof BenchError ? error.message : `${path}${known}`;
  return text.replace(/\s*\p{Cc}\s*/gu, " ");
}
