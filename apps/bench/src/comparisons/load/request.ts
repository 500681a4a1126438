export interface LoadRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Answer {
  readonly headers: Headers;
  readonly body: Buffer;
}

type Points = readonly (readonly number[])[];

export interface Dialect {
  request(points: Points): LoadRequest;
  /** Row-major. */
  outputs(answer: Answer): number[];
}

/** `rows` points of `columns` inputs, as float64 like a program holds them. */
export function pointsOf(rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, (_, i) =>
    // Fractions of the golden ratio: spread over [-1, 1), with all their digits.
    Array.from({ length: columns }, (_, j) => 2 * (((i * columns + j + 1) * 0.618033988749895) % 1) - 1),
  );
}

const path = "/v2/models/model/infer";
const json = { "content-type": "application/json" };
const headLength = "inference-header-content-length";

const jsonOf = ({ body }: Answer) => JSON.parse(body.toString());
const jsonRequest = (to: string, content: object): LoadRequest => ({
  path: to,
  headers: json,
  body: Buffer.from(JSON.stringify(content)),
});

/** The Open Inference Protocol in JSON. */
export const protocol: Dialect = {
  request: (points) =>
    jsonRequest(path, {
      inputs: [{ name: "inputs", datatype: "FP32", shape: shapeOf(points), data: points.flat() }],
    }),
  outputs: (answer) => jsonOf(answer).outputs[0].data,
};

/** The same with tensors as bytes behind the JSON: what `tritonclient.http` sends of an array of numpy, to
 *  the byte. */
export const binary: Dialect = {
  request(points) {
    const values = Float32Array.from(points.flat());
    const parameters = { binary_data_size: values.byteLength };
    const head = JSON.stringify({
      inputs: [{ name: "inputs", shape: shapeOf(points), datatype: "FP32", parameters }],
      parameters: { binary_data_output: true },
    });
    const headers = { "content-type": "application/octet-stream", [headLength]: `${head.length}` };
    return { path, headers, body: Buffer.concat([Buffer.from(head), new Uint8Array(values.buffer)]) };
  },
  outputs({ headers, body }) {
    const from = Number(headers.get(headLength));
    const { outputs } = JSON.parse(body.subarray(0, from).toString());
    const bytes = Uint8Array.from(body.subarray(from, from + outputs[0].parameters.binary_data_size));
    return [...new Float32Array(bytes.buffer)];
  },
};

/** Rows as lists of lists, as Python's services take and give them. */
export function nestedRows(rowsOf: (answer: number[][] & { outputs: number[][] }) => number[][]): Dialect {
  return {
    request: (points) => jsonRequest("/predict", { rows: points }),
    outputs: (answer) => rowsOf(jsonOf(answer)).flat(),
  };
}

const shapeOf = (points: Points): number[] => [points.length, points[0]!.length];
