import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type OnnxDescription, requireSurrogate, type SurrogateDescription } from "@stiffnet/onnx";
import { takesLogarithm } from "@stiffnet/preparation";
import { type Calibration, readCalibration } from "@stiffnet/uncertainty";
import { ServeError } from "../errors.ts";
import { readAside } from "./reader.ts";

/** One version of a model, loaded. */
export interface ServedModel {
  readonly name: string;
  readonly version: string;
  /** Unique to this load: a file that was replaced is another key. */
  readonly key: string;
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly description: OnnxDescription;
  readonly surrogate: SurrogateDescription;
  /** Of each input, whether the model takes its logarithm. */
  readonly logarithmic: readonly boolean[];
  /** For intervals; undefined if the file is not calibrated. */
  readonly intervals: Calibration | undefined;
}

/** Place of a model's file. */
export interface ModelFile {
  readonly name: string;
  readonly version: string;
  readonly path: string;
}

/** The models of the given arguments: FILE.onnx (named by its stem), NAME=FILE.onnx, or a folder with
 *  FILE.onnx and NAME/VERSION/model.onnx in it. */
export async function findModels(sources: readonly string[]): Promise<ModelFile[]> {
  const found: ModelFile[] = [];
  for (const source of sources) {
    // A file whose own name has an equals sign is meant before NAME=FILE.
    const itself = await stat(source).catch(() => undefined);
    const named = itself ? null : /^([^=]*)=(.+)$/.exec(source);
    const path = named ? named[2]! : source;
    const info = itself ?? (await stat(path).catch(() => undefined));
    if (!info) throw new ServeError(`${path}: no such file or folder`, { code: "not_found" });
    if (named && !/^[A-Za-z0-9_.-]+$/.test(named[1]!)) {
      throw new ServeError(
        `${source}: '${named[1]}' is no name for a model, expected letters, digits, '.', '_' or '-' before the '='`,
        { code: "bad_option" },
      );
    }
    if (info.isDirectory()) found.push(...(await modelsIn(path)));
    else found.push({ name: named?.[1] ?? stemOf(path), version: "1", path });
  }
  return found;
}

/** Files that have the name and version of an earlier one, with a sentence about each. */
export function duplicatesOf(files: readonly ModelFile[]): Map<ModelFile, string> {
  const first = new Map<string, string>();
  const duplicates = new Map<ModelFile, string>();
  for (const file of files) {
    const { name, version, path } = file;
    const other = first.get(`${name}/${version}`);
    if (other === undefined) first.set(`${name}/${version}`, path);
    else {
      duplicates.set(
        file,
        `${path} and ${other} are both named '${name}'; give one another name: NAME=${path}`,
      );
    }
  }
  return duplicates;
}

/** FILE.onnx and NAME/VERSION/model.onnx in a folder, versions being whole numbers. Links are followed. Names
 *  with a dot in front, such as the ..data of a mounted ConfigMap, are ignored. */
async function modelsIn(folder: string): Promise<ModelFile[]> {
  const found: ModelFile[] = [];
  for (const entry of (await readdir(folder)).sort()) {
    const path = join(folder, entry);
    const info = entry.startsWith(".") ? undefined : await stat(path).catch(() => undefined);
    if (info?.isFile() && entry.endsWith(".onnx")) {
      found.push({ name: stemOf(entry), version: "1", path });
    } else if (info?.isDirectory()) {
      for (const version of await readdir(path)) {
        if (!/^[1-9][0-9]{0,8}$/.test(version)) continue;
        const file = join(path, version, "model.onnx");
        if ((await stat(file).catch(() => undefined))?.isFile())
          found.push({ name: entry, version, path: file });
      }
    }
  }
  return found;
}

const stemOf = (path: string): string => basename(path).replace(/\.onnx$/i, "");

let loads = 0;

/** Reads one file of at most so many bytes. Refuses files that are not ONNX, or not written by stiffnet, in
 *  one line. */
export async function readModel(file: ModelFile, maxModel: number): Promise<ServedModel> {
  const { bytes, description } = await readAside(file.path, maxModel);
  const surrogate = requireSurrogate(description, file.path);
  const intervals = readCalibration(surrogate.metadata.intervals, surrogate.outputs.length, file.path);
  return {
    ...file,
    key: `${file.name}/${file.version}#${++loads}`,
    bytes,
    description,
    surrogate,
    logarithmic: takesLogarithm(surrogate.preparation[0]!.inputs),
    intervals,
  };
}
