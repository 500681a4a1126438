import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import type { TSchema } from "typebox";
import { errorBody } from "../json/schemas.ts";
import { createCheck } from "../json/validation.ts";
import { version } from "../service.ts";

interface Body {
  required: boolean;
  readonly content: Record<string, { schema?: { required?: readonly string[] } }>;
}
interface Described {
  readonly paths: Record<string, Record<string, { readonly requestBody?: Body }>>;
}

/** Makes the schemas of later routes check requests and describe them in OpenAPI. */
export async function addOpenApi(app: FastifyInstance): Promise<void> {
  app.addSchema(errorBody);
  app.setValidatorCompiler<TSchema>(({ schema }) => {
    const check = createCheck(schema, "the body");
    return (value) => {
      const error = check(value);
      return error ? { error } : { value };
    };
  });
  // An answer is written as it is: a serializer made from the schema would coerce numbers and leave fields
  // out.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  await app.register(swagger, {
    hideUntagged: true,
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "stiffnet-serve",
        version,
        description:
          "Answers from exported surrogates: the Open Inference Protocol v2 and named values in physical units.",
      },
      components: {
        securitySchemes: {
          bearer: { type: "http", scheme: "bearer" },
          key: { type: "apiKey", in: "header", name: "X-API-Key" },
        },
      },
    },
    transformObject(document) {
      // @fastify/swagger says that every body is needed; one without needed fields may be left out.
      const { paths } = (document as { openapiObject: Described }).openapiObject;
      for (const { requestBody } of Object.values(paths).flatMap((path) => Object.values(path))) {
        if (requestBody) {
          requestBody.required = Object.values(requestBody.content).some(
            ({ schema }) => schema?.required !== undefined,
          );
        }
      }
      return (document as { openapiObject: object }).openapiObject;
    },
    refResolver: { buildLocalReference: ({ $id }, _base, _fragment, i) => `${$id ?? `schema-${i}`}` },
  });
}
