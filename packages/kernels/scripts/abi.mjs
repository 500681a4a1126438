// Reads what crosses the border from the C sources, in the forms that c/target/abi.h describes, and writes it
// down for TypeScript. Whatever is not one of these forms is an error that names file and line.

/** Scalars: how TypeScript sees them, and their size and alignment. */
const scalars = {
  int: { type: "int32", size: 4 },
  float: { type: "float32", size: 4 },
  double: { type: "float64", size: 8 },
};
const offset = { type: "offset", size: 4 };
/** Elements of arrays. */
const arrays = {
  float: "Float32Array",
  double: "Float64Array",
  int32_t: "Int32Array",
  uint32_t: "Uint32Array",
  uint8_t: "Uint8Array",
};

const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
const lower = (name) => camel(name.toLowerCase());
const lowerFirst = (name) => name[0].toLowerCase() + name.slice(1);

/** files: text by path. */
export function readAbi(files) {
  const abi = { constants: [], tables: [], structs: [], functions: [] };
  for (const [path, text] of Object.entries(files)) {
    if (path === "target/abi.h") continue;
    // Comments become blanks, so that positions stay.
    const bare = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " "));
    const where = (index) => `c/${path}:${bare.slice(0, index).split("\n").length}`;
    for (const match of bare.matchAll(/^CONSTANT\b(.*)$/gm)) abi.constants.push(readConstant(match, where));
    for (const match of bare.matchAll(/^#define (\w+S)\(X(?:, \.\.\.)?\)((?:.*\\\n)*.*)$/gm))
      abi.tables.push(readTable(match));
    for (const match of bare.matchAll(/^STRUCT\b([^{]*)\{([\s\S]*?)^\}(.*)$/gm)) {
      abi.structs.push({ path, ...readStruct(match, where) });
    }
    for (const match of bare.matchAll(/^EXPORT\b([^{;]*)[{;]/gm))
      abi.functions.push(readFunction(match, where));
  }
  const known = new Set(abi.structs.map(({ name }) => name));
  for (const { at, target } of references(abi)) {
    if (!(target in arrays) && !known.has(target))
      throw new Error(`${at}: no array or STRUCT is called '${target}'`);
  }
  return abi;
}

function readConstant({ 1: rest, index }, where) {
  const found = /^\((\w+), (\d+)\)\s*$/.exec(rest);
  if (!found) throw new Error(`${where(index)}: '${rest.trim()}', expected CONSTANT(NAME, number)`);
  return { name: found[1], value: Number(found[2]) };
}

/** Codes of an X macro's rows: their positions. */
function readTable({ 1: name, 2: rows }) {
  return { name, rows: [...rows.matchAll(/\bX\(\w+, (\w+)/g)].map(([, row]) => row) };
}

function readStruct({ 1: head, 2: body, 3: tail, index }, where) {
  const at = where(index);
  const name = /^\((\w+)\) $/.exec(head)?.[1];
  if (!name || tail !== ";") throw new Error(`${at}: expected STRUCT(Name) { ... };`);
  const fields = [];
  let size = 0;
  for (const line of body.split(";").map((part) => part.trim().replace(/\s+/g, " "))) {
    if (line === "") continue;
    const found = /^(int|float|double|(OFFSET|NULLABLE)\((?:const )?(\w+)\)) (\w+(?:, \w+)*)$/.exec(line);
    if (!found)
      throw new Error(
        `${at}: '${line}' in ${name}, expected int, float, double, OFFSET(type) or NULLABLE(type)`,
      );
    const [, type, kind, target, names] = found;
    const { type: stored, size: width } = scalars[type] ?? offset;
    for (const field of names.split(", ")) {
      size = Math.ceil(size / width) * width;
      fields.push({ name: field, at: size, stored, target, nullable: kind === "NULLABLE" });
      size += width;
    }
  }
  const widest = fields.some(({ stored }) => stored === "float64") ? 8 : 4;
  return { at, name, fields, size: Math.ceil(size / widest) * widest };
}

function readFunction({ 1: text, index }, where) {
  const at = where(index);
  const head = text.trim().replace(/\s+/g, " ");
  const found = /^(void|int|float|double) (\w+)\((.*)\)$/.exec(head);
  if (!found) throw new Error(`${at}: '${head}', expected EXPORT type name(parameters)`);
  const parameters = found[3].split(", ").map((parameter) => {
    const scalar = /^(?:const )?(int|float|double) (\w+)$/.exec(parameter);
    if (scalar) return { name: scalar[2], type: scalar[1] };
    const pointer = /^(?:const )?(\w+) \*(_Nullable )?(\w+)$/.exec(parameter);
    if (!pointer) throw new Error(`${at}: '${parameter}' of ${found[2]}, expected a scalar or a pointer`);
    return { name: pointer[3], target: pointer[1], nullable: pointer[2] !== undefined };
  });
  return { at, name: found[2], result: found[1], parameters };
}

function* references({ structs, functions }) {
  for (const { at, fields } of structs) for (const { target } of fields) if (target) yield { at, target };
  for (const { at, parameters } of functions)
    for (const { target } of parameters) if (target) yield { at, target };
}

/** C that does not compile where the compiler lays the structs of a file out otherwise. */
export function assertions({ structs }, path) {
  let text = "\n";
  for (const { name, fields, size } of structs.filter((struct) => struct.path === path)) {
    for (const field of fields) {
      text += `_Static_assert(__builtin_offsetof(${name}, ${field.name}) == ${field.at}, "abi.mjs");\n`;
    }
    text += `_Static_assert(sizeof(${name}) == ${size}, "abi.mjs");\n`;
  }
  return text;
}

const typeOf = ({ target, nullable }) => {
  if (!target) return "number";
  const type = target in arrays ? `Block<${arrays[target]}>` : `Struct<${target}Fields>`;
  return nullable ? `${type} | undefined` : type;
};
const argumentOf = ({ target, nullable }, name) =>
  target ? (nullable ? `(${name}?.address ?? 0)` : `${name}.address`) : name;

/** Parameters in a row up to three, by name beyond: no wrong order compiles. */
const fewest = 3;

function signature({ parameters }) {
  const typed = parameters.map((parameter) => `${camel(parameter.name)}: ${typeOf(parameter)}`);
  return typed.length > fewest ? `given: { ${typed.join("; ")} }` : typed.join(", ");
}

function binding({ name, parameters }) {
  const many = parameters.length > fewest;
  const names = parameters.map((parameter) => camel(parameter.name));
  const passed = parameters.map((p, k) => argumentOf(p, many ? `given.${names[k]}` : names[k]));
  return `    ${camel(name)}: (${many ? "given" : names.join(", ")}) => e.${name}!(${passed.join(", ")}),\n`;
}

export function typescriptOf({ constants, tables, structs, functions }) {
  let text = "// Made by scripts/compile.mjs from c/.\n";
  text +=
    'import type { Block } from "../memory.ts";\nimport type { Struct, StructLayout } from "../struct.ts";\n\n';
  for (const { name, value } of constants) text += `export const ${lower(name)} = ${value};\n`;
  for (const { name, rows } of tables) {
    const codes = rows.map((row, code) => `${row}: ${code}`);
    text += `\nexport const ${lower(name)} = { ${codes.join(", ")} } as const;\n`;
  }
  for (const { name, fields, size } of structs) {
    const typed = fields.map((field) => `  ${camel(field.name)}: ${typeOf(field)};\n`);
    text += `\nexport interface ${name}Fields {\n${typed.join("")}}\n`;
    const places = fields.map(
      (field) => `    ${camel(field.name)}: { at: ${field.at}, type: "${field.stored}" },\n`,
    );
    text += `export const ${lowerFirst(name)}Layout: StructLayout<${name}Fields> = {\n`;
    text += `  name: "${name}",\n  size: ${size},\n  fields: {\n${places.join("")}  },\n};\n`;
  }
  text += "\n/** The compiled functions; the C files document each. */\nexport interface KernelFunctions {\n";
  for (const f of functions)
    text += `  ${camel(f.name)}(${signature(f)}): ${f.result === "void" ? "void" : "number"};\n`;
  text += "}\n\n/** What the module exports, taking byte offsets into the arena for arrays and structs. */\n";
  text += "export type RawFunctions = Record<string, (...values: number[]) => number>;\n\n";
  text += "export function bindFunctions(e: RawFunctions): KernelFunctions {\n  return {\n";
  for (const f of functions) text += binding(f);
  return `${text}  };\n}\n`;
}

/** C that takes the same functions from JavaScript, for addon/addon.c. */
export function callbacksOf({ functions }) {
  let text = "/* Made by scripts/build-native.mjs from c/. */\n";
  for (const { name, result, parameters } of functions) {
    const types = parameters.map(({ type }) => type ?? "void *");
    const kinds = parameters.map(({ type }) => type ?? "pointer");
    text += `\n${result} ${name}(${types.join(", ")});\n`;
    text += `static napi_value call_${name}(napi_env env, napi_callback_info info) {\n`;
    text += `  napi_value values[${parameters.length}];\n  int valid = 1;\n`;
    text += `  if (!enter(env, info, ${parameters.length}, values)) return 0;\n`;
    kinds.forEach((kind, k) => {
      text += `  ${types[k]} const a${k} = ${kind}_of(env, values[${k}], &valid);\n`;
    });
    text += `  if (!valid) return refuse(env, "${name}: expected numbers");\n`;
    const call = `${name}(${parameters.map((_, k) => `a${k}`).join(", ")})`;
    text += result === "void" ? `  ${call};\n  return 0;\n}\n` : `  return number_of(env, ${call});\n}\n`;
  }
  const rows = functions.map(({ name }) => `  {"${name}", call_${name}},\n`);
  return `${text}\nstatic const Function functions[] = {\n${rows.join("")}};\n`;
}
