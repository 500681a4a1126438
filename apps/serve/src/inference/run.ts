import type { Share } from "../budget.ts";
import type { ServedModel } from "../models/files.ts";
import type { Service } from "../service.ts";
import type { OutputTensor } from "./batch.ts";
import type { InferRequest } from "./infer.ts";
import { bytesOf, datatypes, numbersText, requireFinite } from "./tensors.ts";

/** Who asked. `wanted` is false once nobody waits any more, `share` counts the memory of the request. */
interface Caller {
  readonly wanted: () => boolean;
  readonly share: Share;
}

/** Numbers of the outputs that one row is answered with. */
function numbersPerRow({ description }: ServedModel, names: readonly string[]): number {
  const asked = description.outputs.filter(({ name }) => names.includes(name));
  // The batch is a dimension without a number.
  const sizes = asked.map(({ shape }) =>
    shape.reduce<number>((n, d) => n * (typeof d === "number" ? d : 1), 1),
  );
  return sizes.reduce((a, b) => a + b, 0);
}

/** Runs what was asked; `timeout` milliseconds are all that a caller has. What it holds in memory from now on
 *  is its rows and, as the worker's and as ours, its results. */
export async function runInfer(
  service: RunService,
  model: ServedModel,
  asked: Pick<InferRequest, "rows" | "timeout"> & { readonly outputs: readonly { readonly name: string }[] },
  { wanted, share }: Caller,
): Promise<OutputTensor[]> {
  const { pool, statistics, timeout } = service;
  const { length } = model.surrogate.inputs;
  const names = asked.outputs.map(({ name }) => name);
  const count = (asked.rows.length / length) * numbersPerRow(model, names);
  const text = textBytes * Math.min(count, numbersAtOnce);
  share.hold(asked.rows.byteLength + 2 * asked.rows.BYTES_PER_ELEMENT * count + text);
  const since = performance.now();
  const counts = statistics.of(model);
  counts.last = Date.now();
  try {
    const results = await pool.run(model.key, asked.rows, length, names, {
      timeout: Math.min(asked.timeout ?? timeout, timeout),
      wanted,
    });
    service.metrics.inferred(model, asked.rows.length / length, (performance.now() - since) / 1000);
    counts.requests++;
    counts.seconds += (performance.now() - since) / 1000;
    return results;
  } catch (error) {
    counts.failures++;
    counts.failedSeconds += (performance.now() - since) / 1000;
    throw error;
  }
}

type RunService = Pick<Service, "pool" | "metrics" | "statistics" | "timeout">;

/** Numbers that are written as text at once: a few milliseconds' work. */
const numbersAtOnce = 2 ** 16;
/** Of a number in float64, with its comma. */
const textBytes = 26;

/** JSON text, in parts where it is long, and the bytes that follow it where outputs were asked for as
 *  binary. */
export interface InferAnswer {
  readonly json: string | Iterable<string>;
  readonly binary: readonly Uint8Array[];
}

export function inferAnswer(
  model: ServedModel,
  request: InferRequest,
  results: readonly OutputTensor[],
): InferAnswer {
  const head: Record<string, string> = { model_name: model.name, model_version: model.version };
  if (request.id !== undefined) head.id = request.id;
  const datatype = datatypes[model.surrogate.dtype];
  const tensors = request.outputs.map((output) => {
    const tensor = results.find((result) => result.name === output.name)!;
    if (!output.binary) requireFinite(tensor.name, tensor.data);
    return { ...tensor, binary: output.binary };
  });
  const count = tensors.reduce((sum, { binary, data }) => sum + (binary ? 0 : data.length), 0);
  const binary = tensors.filter((tensor) => tensor.binary).map(({ data }) => bytesOf(data));

  function* parts(): Generator<string> {
    let before = `${JSON.stringify(head).slice(0, -1)},"outputs":[`;
    for (const { name, data, dims, binary: asBytes } of tensors) {
      const start = `${before}{"name":"${name}","datatype":"${datatype}","shape":[${dims.join(",")}]`;
      if (asBytes) yield `${start},"parameters":{"binary_data_size":${data.byteLength}}}`;
      else {
        yield `${start},"data":[`;
        for (let at = 0; at < data.length; at += numbersAtOnce) {
          const text = numbersText(data.subarray(at, at + numbersAtOnce));
          yield at === 0 ? text : `,${text}`;
        }
        yield "]}";
      }
      before = ",";
    }
    yield "]}";
  }
  // The length of what stands before bytes must be told first.
  if (count > numbersAtOnce && binary.length === 0) return { json: parts(), binary };
  let json = "";
  for (const part of parts()) json += part;
  return { json, binary };
}
