import type { ChildProcess } from "node:child_process";

/** Collects a process's standard error. The returned function gives its last part. */
export function complaintsOf(child: ChildProcess): () => string {
  let said = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4000);
  });
  return () => said.trim();
}

/** The first line of it that tells of an error; empty where none does. */
export function errorIn(said: string): string {
  const lines = said.split("\n");
  // The line of a thrown error, before one of the program that mentions errors.
  const found = lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.find((line) => /error/i.test(line));
  return (found ?? "").trim().slice(0, 200);
}
