import { book, zip } from "./made-files.ts";
import type { Malformed } from "./malformed-files.ts";

const one = "<c><v>1</v></c>";

export const malformedWorkbooks: Malformed[] = [
  [
    "XLSX that is a page",
    "a.xlsx",
    () => "<html><table>",
    "malformed_file",
    /does not begin like a XLSX file/,
  ],
  ["XLSX that is no zip", "a.xlsx", () => "PK\x03\x04 nothing more", "malformed_file", /not a complete XLSX/],
  [
    "XLSX under a password, or XLS in disguise",
    "a.xlsx",
    () => Buffer.from("d0cf11e0a1b11ae1", "hex"),
    "unknown_format",
    /^a.xlsx: is an Excel file with a password or in the old format \(.xls\)/,
  ],
  ["XLS", "a.xls", () => Buffer.from("d0cf11e0a1b11ae1", "hex"), "unknown_format", /save it as .xlsx/],
  [
    "zip without a workbook",
    "a.xlsx",
    () => zip(["readme.txt", "hello"]),
    "malformed_file",
    /^a.xlsx: not a complete XLSX file: /,
  ],
  [
    "XLSX bomb",
    "a.xlsx",
    () => zip(["xl/sharedStrings.xml", Buffer.alloc(2 ** 27)]),
    "zip_bomb",
    /part 'xl\/sharedStrings.xml': \d+ bytes declare 134217728 bytes/,
  ],
  [
    "XLSX with rows out of order",
    "a.xlsx",
    () => book(`<row r="2">${one}</row><row r="1">${one}</row>`),
    "malformed_file",
    /sheet 'S': row 1 follows row 2/,
  ],
  [
    "XLSX with a row beyond Excel's",
    "a.xlsx",
    () => book(`<row r="99999999999">${one}</row>`),
    "malformed_file",
    /sheet 'S': row 99999999999 follows/,
  ],
  [
    "XLSX with a column beyond Excel's",
    "a.xlsx",
    () => book('<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>'),
    "malformed_file",
    /^a.xlsx: not a complete XLSX file: /,
  ],
  [
    "XLSX with a cell beside the table",
    "a.xlsx",
    () => book(`<row>${one}${one}</row><row>${one}${one}</row><row>${one}${one}${one}</row>`),
    "ragged_row",
    /^a.xlsx, sheet 'S', row 3: '1' is in column C, expected cells only in A to B, as in row 1/,
  ],
  [
    "XLSX with a title above the table",
    "a.xlsx",
    () => book(`<row><c t="str"><v>Runs of May</v></c></row><row>${one}${one}</row>`),
    "ragged_row",
    /row 2: '1' is in column B, expected cells only in A, as in row 1/,
  ],
  [
    "XLSX with a header alone",
    "a.xlsx",
    () => book('<row><c t="str"><v>x</v></c></row>'),
    "no_rows",
    /a header and no rows/,
  ],
  [
    "XLSX with names twice",
    "a.xlsx",
    () => book(`<row r="4">${'<c t="str"><v>x</v></c>'.repeat(2)}</row><row>${one}${one}</row>`),
    "duplicate_column",
    /^a.xlsx, sheet 'S', row 4: columns 1 and 2 are both called 'x'/,
  ],
  [
    "XLSX with a name among numbers",
    "a.xlsx",
    () => book(`<row><c t="str"><v>x</v></c>${one}</row>`),
    "ambiguous_header",
    /^a.xlsx, sheet 'S', row 1: 'x' looks like a column name and '1' like data/,
  ],
];
