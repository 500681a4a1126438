import { noteInput } from "@stiffnet/base/files";
import { BenchError } from "@stiffnet/terminal";
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** The ONNX file that is meant: itself, or that of a results folder. */
export function modelFile(source: string): string {
  const isFolder = existsSync(source) && statSync(source).isDirectory();
  const file = isFolder ? join(source, "model.onnx") : source;
  noteInput(file);
  if (!isFolder || existsSync(file)) return file;
  throw new BenchError(
    `${source}: the folder holds no model.onnx, expected the results of 'alpine' or 'train', or a file`,
  );
}

/** A name for people: the folder's where the file is called model.onnx in one, else the file's. */
export function modelName(file: string): string {
  const name = basename(file, ".onnx");
  return name === "model" ? basename(dirname(resolve(file))) || name : name;
}
