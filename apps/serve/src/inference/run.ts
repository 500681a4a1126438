import type { Share } from "../budget.ts";
import type { ServedModel } from "../models/files.ts";
import type { Service } from "../service.ts";
import type { Trace } from "../telemetry.ts";
import type { OutputTensor, Rows } from "./batch.ts";
import { numbersText } from "./decimals.ts";
import type { InferRequest } from "./infer.ts";
import { bytesOf, datatypes, requireFinite } from "./tensors.ts";

/** Who asked. `wanted` is false once nobody waits any more, `share` counts the memory of the request. */
interface Caller {
  readonly wanted: () => boolean;
  readonly share: Share;
  /** Instead of that of the request that is being answered. */
  readonly trace?: Trace | undefined;
}

/** Numbers of the outputs that one row is answered with. */
function numbersPerRow({ description }: ServedModel, names: readonly string[]): number {
  let numbers = 0;
  for (const { name, shape } of description.outputs) {
    if (!names.includes(name)) continue;
    // The batch is a dimension without a number.
    let size = 1;
    for (const dimension of shape) if (typeof dimension === "number") size *= dimension;
    numbers += size;
  }
  return numbers;
}

/** Runs a request within its `timeout`. The request holds its rows, and its results twice: the worker's and
 *  our copy. */
export async function runInfer(
  service: RunService,
  model: ServedModel,
  asked: Pick<InferRequest, "rows" | "timeout"> & { readonly outputs: readonly { readonly name: string }[] },
  { wanted, share, trace = service.telemetry?.current() }: Caller,
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
      ran: trace && ((...times) => trace.ran(`${model.name}/${model.version}`, ...times)),
    });
    service.metrics.inferred(model, asked.rows.length / length, (performance.now() - since) / 1000);
    return results;
  } catch (error) {
    counts.failures.add((performance.now() - since) / 1000);
    throw error;
  }
}

type RunService = Pick<Service, "pool" | "metrics" | "statistics" | "telemetry" | "timeout">;

/** Numbers that are written as text at once: a few milliseconds' work. */
const numbersAtOnce = 2 ** 16;
/** Bytes of a number in float64, with its comma. */
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
  const datatype = datatypes[model.surrogate.dtype];
  const id = request.id === undefined ? "" : `,"id":${JSON.stringify(request.id)}`;
  const parts: (string | Rows)[] = [
    `{"model_name":${JSON.stringify(model.name)},"model_version":"${model.version}"${id},"outputs":[`,
  ];
  const binary: Uint8Array[] = [];
  for (const [k, output] of request.outputs.entries()) {
    const { name, data, dims } = results.find((result) => result.name === output.name)!;
    const comma = k > 0 ? "," : "";
    parts.push(`${comma}{"name":"${name}","datatype":"${datatype}","shape":[${dims.join(",")}]`);
    if (output.binary) {
      binary.push(bytesOf(data));
      parts.push(`,"parameters":{"binary_data_size":${data.byteLength}}}`);
    } else {
      requireFinite(name, data);
      parts.push(',"data":[', data, "]}");
    }
  }
  parts.push("]}");
  const isLong = parts.some((part) => typeof part !== "string" && part.length > numbersAtOnce);
  // The length of what stands before bytes must be told first.
  return { json: isLong && binary.length === 0 ? textsOf(parts) : [...textsOf(parts)].join(""), binary };
}

function* textsOf(parts: readonly (string | Rows)[]): Generator<string> {
  for (const part of parts) {
    if (typeof part === "string") {
      yield part;
      continue;
    }
    for (let at = 0; at < part.length; at += numbersAtOnce) {
      const text = numbersText(part.subarray(at, at + numbersAtOnce));
      yield at === 0 ? text : `,${text}`;
    }
  }
}
