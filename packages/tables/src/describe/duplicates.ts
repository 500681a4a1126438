import type { Table } from "../table/table.ts";

/** Pairs (first, later) of columns, from 0, that are equal in every row; gaps equal gaps. */
export function duplicateColumns(table: Table): [number, number][] {
  const firsts = new Map<number, number[]>();
  const pairs: [number, number][] = [];
  for (let c = 0; c < table.columns.length; c++) {
    let hash = 0;
    for (let r = 0; r < table.count; r++) hash = mix(hash, table.at(r, c));
    const alike = firsts.get(hash) ?? [];
    const first = alike.find((other) => equalColumns(table, other, c));
    if (first === undefined) firsts.set(hash, [...alike, c]);
    else pairs.push([first, c]);
  }
  return pairs;
}

/** How many rows equal an earlier one in every column. */
export function duplicateRows(table: Table): number {
  const width = table.columns.length;
  const firsts = new Map<number, number | number[]>();
  let count = 0;
  for (let r = 0; r < table.count; r++) {
    let hash = 0;
    for (let c = 0; c < width; c++) hash = mix(hash, table.at(r, c));
    const seen = firsts.get(hash);
    const alike = seen === undefined ? [] : Array.isArray(seen) ? seen : [seen];
    if (alike.some((other) => equalRows(table, other, r))) count++;
    else firsts.set(hash, seen === undefined ? r : [...alike, r]);
  }
  return count;
}

function equalColumns(table: Table, a: number, b: number): boolean {
  for (let r = 0; r < table.count; r++) if (!Object.is(table.at(r, a), table.at(r, b))) return false;
  return true;
}

function equalRows(table: Table, a: number, b: number): boolean {
  for (let c = 0; c < table.columns.length; c++) if (!Object.is(table.at(a, c), table.at(b, c))) return false;
  return true;
}

const value = new Float64Array(1);
const words = new Uint32Array(value.buffer);

/** A 32-bit hash of a number's bits, chained. Collisions are resolved by comparing. */
function mix(hash: number, x: number): number {
  value[0] = x;
  let h = Math.imul(hash ^ words[0]!, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15) ^ words[1]!, 0x85ebca77);
  return (h ^ (h >>> 13)) | 0;
}
