import { expect, it } from "vitest";
import { readAbi, typescriptOf } from "../scripts/abi.mjs";
import { createKernels } from "../src/index.ts";
import { createStruct } from "../src/struct.ts";

const source = `
#define KINDS(X) X(FIRST, first) X(SECOND, second)
CONSTANT(MOST_ROWS, 7)
/* EXPORT void not_code(int n) { */
STRUCT(Thing) {
  int a, b_c;   /* two */
  float d;
  double e;
  OFFSET(const float) f;
  NULLABLE(int32_t) g;
};
EXPORT double work(const Thing *t, const float *_Nullable x,
                   double *y, int size) {
`;

it("reads constants, tables, structs and functions", () => {
  const abi = readAbi({ "folder/file.c": source });
  expect(abi.constants).toEqual([{ name: "MOST_ROWS", value: 7 }]);
  expect(abi.tables).toEqual([{ name: "KINDS", rows: ["first", "second"] }]);
  // The double stands at a multiple of 8.
  expect(abi.structs[0]!.fields.map(({ name, at, stored }) => [name, at, stored])).toEqual([
    ["a", 0, "int32"],
    ["b_c", 4, "int32"],
    ["d", 8, "float32"],
    ["e", 16, "float64"],
    ["f", 24, "offset"],
    ["g", 28, "offset"],
  ]);
  expect(abi.structs[0]!.size).toBe(32);
  const text = typescriptOf(abi);
  expect(text).toContain("export const mostRows = 7;");
  expect(text).toContain("export const kinds = { first: 0, second: 1 } as const;");
  expect(text).toContain("  bC: number;");
  expect(text).toContain("  g: Block<Int32Array> | undefined;");
  expect(text).toContain("e.work!(given.t.address, (given.x?.address ?? 0), given.y.address, given.size)");
});

it.each([
  ["CONSTANT(N, three)", "c/a.c:2: '(N, three)', expected CONSTANT(NAME, number)"],
  [
    "STRUCT(T) {\n  long a;\n};",
    "c/a.c:2: 'long a' in T, expected int, float, double, OFFSET(type) or NULLABLE(type)",
  ],
  ["STRUCT(T) {\n  OFFSET(Other) a;\n};", "c/a.c:2: no array or STRUCT is called 'Other'"],
  ["EXPORT void f(long n) {", "c/a.c:2: 'long n' of f, expected a scalar or a pointer"],
  ["EXPORT float *f(int n) {", "c/a.c:2: 'float *f(int n)', expected EXPORT type name(parameters)"],
])("refuses %s", (text, message) => {
  expect(() => readAbi({ "a.c": `\n${text}\n` })).toThrow(message);
});

it("a struct holds what was set, also after the memory has moved", () => {
  const { arena } = createKernels();
  const type = (at: number, type: "int32" | "float32" | "float64" | "offset") => ({ at, type });
  const layout = {
    name: "Thing",
    size: 24,
    fields: { i: type(0, "int32"), f: type(4, "float32"), d: type(8, "float64"), p: type(16, "offset") },
  };
  const block = arena.float32(3);
  const struct = createStruct<{ i: number; f: number; d: number; p: typeof block | undefined }>(
    arena,
    layout,
    {
      i: -5,
      f: 0.5,
      d: 0.1,
      p: block,
    },
  );
  arena.float32(5_000_000);
  expect([struct.get("i"), struct.get("f"), struct.get("d"), struct.get("p")]).toEqual([
    -5,
    0.5,
    0.1,
    block.address,
  ]);
  struct.set({ p: undefined, d: 2 });
  expect([struct.get("i"), struct.get("d"), struct.get("p")]).toEqual([-5, 2, 0]);
});
