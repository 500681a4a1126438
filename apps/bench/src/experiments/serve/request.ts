/** What is sent to a service, again and again. */
export interface LoadRequest {
  readonly path: string;
  readonly body: string;
}

/** `rows` points of `columns` inputs, as float64 like a program holds them. */
export function pointsOf(rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, (_, i) =>
    // Fractions of the golden ratio: spread over [-1, 1), with all their digits.
    Array.from({ length: columns }, (_, j) => 2 * (((i * columns + j + 1) * 0.618033988749895) % 1) - 1),
  );
}

/** In the words of the Open Inference Protocol. */
export function protocolRequest(
  points: readonly (readonly number[])[],
  datatype: "FP32" | "FP64",
): LoadRequest {
  const shape = [points.length, points[0]!.length];
  const data = points.flat();
  return {
    path: "/v2/models/model/infer",
    body: JSON.stringify({ inputs: [{ name: "inputs", datatype, shape, data }] }),
  };
}

export const protocolAnswer = (text: string): number[] => JSON.parse(text).outputs[0].data;

/** In the words of the Python service. */
export const pythonRequest = (points: readonly (readonly number[])[]): LoadRequest => ({
  path: "/predict",
  body: JSON.stringify({ rows: points }),
});

export const pythonAnswer = (text: string): number[] => JSON.parse(text).outputs.flat();
