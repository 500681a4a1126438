import { type Static, type TSchema, type TUnsafe, Type } from "typebox";

/* Descriptions are what is expected, in words that an error can end with: "..., expected a name". */

/** An object whose fields are all known: a misspelt one is refused. */
export const only = { additionalProperties: false } as const;

/** Also null, which some clients send for what they leave out. */
export const orNull = <T extends TSchema & { type: string }>(schema: T): TUnsafe<Static<T> | null> =>
  Type.Unsafe<Static<T> | null>({ ...schema, type: [schema.type, "null"] });

/** Parameters that nobody here knows are the client's own business. */
export const parameters = orNull(
  Type.Object(
    {
      binary_data: Type.Optional(Type.Boolean()),
      binary_data_output: Type.Optional(Type.Boolean()),
      binary_data_size: Type.Optional(Type.Unknown()),
      // As Triton's clients send it.
      timeout: Type.Optional(
        Type.Integer({ minimum: 0, description: "a whole number of microseconds, 0 for the server's" }),
      ),
    },
    { description: "an object" },
  ),
);
export type Parameters = Static<typeof parameters>;

export const errorBody: TSchema = Type.Object({ error: Type.String() }, { $id: "Error" });

const reasons: Record<number, string> = {
  400: "The request is wrong; the text says where and what was expected.",
  401: "An API key is needed.",
  403: "This server is read-only.",
  404: "There is no such model, version or route.",
  413: "The body is too large.",
  415: "The body has another type, or another compression than gzip or deflate.",
  503: "The server cannot answer now. The header Retry-After says when to try again.",
};

/** A JSON answer. */
export const answers = (schema: TSchema, ...statuses: number[]): Record<number, unknown> => ({
  200: { description: "Answered.", content: { "application/json": { schema } } },
  ...errors(statuses),
});

/** An answer of another type. */
export const answersWith = (type: string, ...statuses: number[]): Record<number, unknown> => ({
  200: { description: "Answered.", content: { [type]: { schema: Type.String() } } },
  ...errors(statuses),
});

/** `{ "error": text }` with each of these statuses. */
const errors = (statuses: readonly number[]): Record<number, unknown> =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: reasons[status], content: { "application/json": { schema: Type.Ref("Error") } } },
    ]),
  );

/** OpenAPI description of a route. */
export const about = (
  [tag, operationId, summary]: readonly [tag: string, operationId: string, summary: string],
  response: Readonly<Record<number, unknown>>,
) => ({ tags: [tag], operationId, summary, response });
