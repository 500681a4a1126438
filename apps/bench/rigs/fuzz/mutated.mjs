// Right requests made wrong in one place.
import { isError, json, post, wellFormed } from "./well-formed.mjs";

const oddValues = [
  "1",
  true,
  false,
  null,
  [],
  {},
  "",
  "NaN",
  [1],
  { a: 1 },
  "漢",
  "\u0000",
  "x".repeat(2000),
  ["1"],
  [[]],
];

/** A right request made wrong in one place: it must be refused. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a list of mutations, over what they change
export function mutated(context, random) {
  const path = `/v2/models/${encodeURIComponent(context.model.name)}/infer`;
  const { body } = wellFormed(context, random);
  const input = body.inputs[0];
  input.data = input.data.flat();
  const [rows, columns] = input.shape;
  const place = random.below(input.data.length);
  const odd = random.among(oddValues);
  let headers = json;
  let edit = (text) => text;
  const replaceNumber = (token) => {
    input.data[place] = "@@";
    edit = (text) => text.replace('"@@"', token);
  };
  const mutations = [
    () => (input.data[place] = odd),
    () =>
      replaceNumber(
        random.among([
          "NaN",
          "Infinity",
          "-Infinity",
          "1e400",
          "-1e400",
          "1e39",
          "01",
          "0x10",
          "+1",
          "1.",
          ".5",
          "1e",
          "--1",
          "undefined",
        ]),
      ),
    () => input.data.push(1),
    () => input.data.pop(),
    () => (input.data = random.among([null, undefined, "1,2", 3, {}, [], true])),
    () =>
      (input.shape = random.among([
        [columns],
        [rows, columns, 1],
        [rows + 1, columns],
        [rows, columns + 1],
        [-1, columns],
        [0, columns],
        [rows + 0.5, columns],
        ["1", columns],
        null,
        undefined,
        "x",
        {},
        [1e9, columns],
        [2 ** 53, columns],
        [true, columns],
        [],
      ])),
    () =>
      (input.datatype = random.among(["FP64", "fp32", "INT64", "BYTES", "BOOL", "", null, undefined, 1, []])),
    () =>
      (input.name = random.among([
        "input",
        "Inputs",
        "",
        null,
        undefined,
        1,
        "__proto__",
        "constructor",
        "漢字",
      ])),
    () =>
      (body.inputs = random.among([[], [input, input], null, undefined, {}, "x", input, [null], [[]], [1]])),
    () =>
      (body.outputs = random.among([
        {},
        "outputs",
        [1],
        [null],
        [{}],
        [{ name: "y" }],
        [{ name: 1 }],
        [{ name: "outputs" }, { name: "outputs" }],
        [{ name: "__proto__" }],
        [{ name: "outputs", parameters: { classification: 3 } }],
        [{ name: "outputs", parameters: { shared_memory_region: "a" } }],
        [{ name: "outputs", parameters: { binary_data: 1 } }],
        [{ name: "outputs", data: 1 }],
      ])),
    () =>
      (body.parameters = random.among([
        1,
        "x",
        [],
        { binary_data_output: "yes" },
        { timeout: -1 },
        { timeout: "1" },
        { timeout: 0.5 },
        { classification: 1 },
      ])),
    () => (body.id = random.among([1, true, [], {}])),
    () =>
      (input.parameters = random.among([
        1,
        "x",
        { binary_data_size: 4 },
        { binary_data_size: "4" },
        { binary_data_size: -1 },
        { binary_data_size: 1e300 },
      ])),
    () => (body[random.among(["input", "ouputs", "data", "toString", "hasOwnProperty"])] = odd),
    () =>
      (edit = (text) =>
        text.replace(
          "{",
          `{"${random.among(["id", "inputs", "__proto__", "constructor", "x"])}":${random.among(["1", "[]", "{}", '"a"'])},"id":"a","id":"b",`,
        )),
    () => (edit = (text) => text.slice(0, 1 + random.below(text.length - 1))),
    () => (edit = (text) => `${text}${random.among(["}", "]", "x", ",", "{}", "1"])}`),
    () =>
      (edit = () =>
        random.among([
          "",
          " ",
          "null",
          "1",
          '"x"',
          "[]",
          "[[]]",
          "true",
          "[".repeat(100_000),
          `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
          `{"inputs":${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}}`,
        ])),
    () =>
      (headers = {
        "content-type": random.among([
          "text/plain",
          "application/x-www-form-urlencoded",
          "multipart/form-data; boundary=x",
          "application/xml",
          "application/jsonx",
          "a/b",
        ]),
      }),
    () => (headers = { ...json, "content-encoding": random.among(["gzip", "br", "deflate", "x"]) }),
    () =>
      (headers = {
        "inference-header-content-length": random.among([
          "-1",
          "1",
          "99999999",
          "abc",
          "1e3",
          "0x10",
          "7, 7",
          "1.5",
          "",
          "9".repeat(30),
        ]),
      }),
    () =>
      (edit = (text) =>
        Buffer.concat([
          Buffer.from(text.slice(0, 5)),
          Buffer.from([0xff, 0xfe, 0xc0]),
          Buffer.from(text.slice(5)),
        ])),
  ];
  random.among(mutations)();
  const payload = edit(JSON.stringify(body));
  return { send: () => post(context, path, payload, headers), check: isError };
}
