import { type Static, Type } from "typebox";
import { badRequest } from "../errors.ts";
import { kindOf, quoted } from "../json/parse.ts";
import { only, orNull, type Parameters, parameters } from "../json/schemas.ts";
import type { ServedModel } from "../models/files.ts";
import type { Rows } from "./batch.ts";
import { binaryRows, datatypes, readNumbers, requireLogarithms } from "./tensors.ts";

const example = { name: "inputs", datatype: "FP32", shape: [1, 3], data: [800, 2, 1.5] };

/** An inference request of the Open Inference Protocol v2.
 *  @see https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol */
export const inferBody = Type.Object(
  {
    id: Type.Optional(orNull(Type.String())),
    // The address says so already, but KServe's client repeats the name.
    model_name: Type.Optional(orNull(Type.String())),
    model_version: Type.Optional(orNull(Type.String())),
    parameters: Type.Optional(parameters),
    inputs: Type.Array(
      Type.Object(
        {
          name: Type.Literal("inputs"),
          datatype: Type.String(),
          shape: Type.Array(Type.Integer(), {
            maxItems: 8,
            description: "two whole numbers [rows, columns]",
          }),
          parameters: Type.Optional(parameters),
          // It can be long, so it is checked only while it is turned into numbers, or they are read already.
          data: Type.Optional(Type.Unsafe<unknown>({ description: "numbers, flat (row-major) or nested" })),
        },
        only,
      ),
      { minItems: 1, maxItems: 1, description: 'an array with the one tensor "inputs"' },
    ),
    outputs: Type.Optional(
      orNull(
        Type.Array(Type.Object({ name: Type.String(), parameters: Type.Optional(parameters) }, only), {
          maxItems: 100,
          description: "an array of outputs",
        }),
      ),
    ),
  },
  { ...only, examples: [{ id: "a", inputs: [example], outputs: [{ name: "outputs" }] }] },
);
export type InferBody = Static<typeof inferBody>;

export const inferAnswerBody = Type.Object(
  {
    model_name: Type.String(),
    model_version: Type.String(),
    id: Type.Optional(Type.String()),
    outputs: Type.Array(
      Type.Object({
        name: Type.String(),
        datatype: Type.String(),
        shape: Type.Array(Type.Integer()),
        data: Type.Optional(Type.Array(Type.Number())),
        parameters: Type.Optional(Type.Object({ binary_data_size: Type.Integer() })),
      }),
    ),
  },
  {
    examples: [
      {
        model_name: "model",
        model_version: "1",
        id: "a",
        outputs: [{ name: "outputs", datatype: "FP32", shape: [1, 2], data: [0.31, 0.02] }],
      },
    ],
  },
);

/** An inference request, understood. */
export interface InferRequest {
  readonly id: string | undefined;
  readonly rows: Rows;
  readonly outputs: readonly RequestedOutput[];
  /** Milliseconds that the client is ready to wait. */
  readonly timeout: number | undefined;
}

interface RequestedOutput {
  readonly name: string;
  /** Whether its numbers follow the JSON as bytes. */
  readonly binary: boolean;
}

/** Checks that the schema cannot express: names, widths and numbers that fit the model.
 *  @param binary Bytes behind the JSON (binary tensor extension). */
export function readInfer(
  model: ServedModel,
  body: InferBody,
  binary: Uint8Array,
  maxRows: number,
): InferRequest {
  requireSame("model_name", body.model_name, model.name);
  requireSame("model_version", body.model_version, model.version);
  const { binary_data_output: binaryByDefault = false, timeout } = supported(body.parameters, "parameters");
  const rows = readInput(model, body.inputs[0]!, binary, maxRows);
  requireLogarithms(model, rows, (row, input) => `inputs[0], row ${row + 1}: ${quoted(input)}`);
  const outputs = readOutputs(model, body.outputs, binaryByDefault);
  return { id: body.id ?? undefined, rows, outputs, timeout: timeout ? timeout / 1000 : undefined };
}

/** Refuses a body that asks for another model than the one of the address. */
function requireSame(field: string, given: string | null | undefined, addressed: string): void {
  if (given === undefined || given === null || given === addressed) return;
  throw badRequest(
    `${field} is ${kindOf(given)}, expected ${quoted(addressed)} as in the address, or nothing`,
  );
}

function readInput(
  model: ServedModel,
  input: InferBody["inputs"][number],
  binary: Uint8Array,
  maxRows: number,
): Rows {
  const { dtype } = model.surrogate;
  if (input.datatype !== datatypes[dtype]) {
    throw badRequest(`inputs[0].datatype is ${kindOf(input.datatype)}, expected "${datatypes[dtype]}"`);
  }
  const shape = readShape(input.shape, model.surrogate.inputs.length, maxRows);
  const size = supported(input.parameters, "inputs[0].parameters").binary_data_size;
  if (size === undefined) {
    if (binary.length > 0) {
      throw badRequest(
        `${binary.length} bytes follow the JSON, but inputs[0] has no parameter binary_data_size`,
      );
    }
    return readNumbers(input.data, shape, dtype, "inputs[0].data");
  }
  if (input.data !== undefined)
    throw badRequest("inputs[0] has data and binary_data_size, expected one of them");
  return binaryRows(binary, size, shape, dtype);
}

function readShape(shape: readonly number[], columns: number, maxRows: number): readonly [number, number] {
  const [rows = 0, second] = shape;
  if (shape.length !== 2 || rows < 1 || rows > maxRows || second !== columns) {
    throw badRequest(
      `inputs[0].shape is ${JSON.stringify(shape)}, expected [rows, ${columns}] with 1 to ${maxRows} rows`,
    );
  }
  return [rows, columns];
}

function readOutputs(
  model: ServedModel,
  outputs: InferBody["outputs"],
  binaryByDefault: boolean,
): readonly RequestedOutput[] {
  const known = model.description.outputs.map(({ name }) => name);
  if (outputs === undefined || outputs === null || outputs.length === 0)
    return known.map((name) => ({ name, binary: binaryByDefault }));
  const requested: RequestedOutput[] = [];
  outputs.forEach(({ name, parameters: given }, k) => {
    const where = `outputs[${k}]`;
    if (!known.includes(name)) {
      throw badRequest(`${where}.name is ${kindOf(name)}, expected ${known.map(quoted).join(" or ")}`);
    }
    if (requested.some((other) => other.name === name))
      throw badRequest(`${where}.name is ${quoted(name)}, which outputs has already`);
    const { binary_data: binary = binaryByDefault } = supported(given, `${where}.parameters`);
    requested.push({ name, binary });
  });
  return requested;
}

/** Refuses parameters that would change the answer in a way that is not possible here. */
function supported(value: Parameters | undefined, where: string): NonNullable<Parameters> {
  if (value === undefined || value === null) return {};
  if (Object.hasOwn(value, "classification")) {
    throw badRequest(`${where}.classification is not supported: the outputs are not classes`);
  }
  // An answer elsewhere than in the response would be waited for in vain.
  if (Object.hasOwn(value, "shared_memory_region")) {
    throw badRequest(`${where}.shared_memory_region is not supported: tensors go with request and response`);
  }
  return value;
}
