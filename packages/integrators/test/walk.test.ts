import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { oneStepSolvers, symplecticSolvers } from "../src/index.ts";
import { features, outcome, reference, solvers, uses } from "./walk.ts";

const guide = new URL("../../../docs/guide/integrators.md", import.meta.url);
const [BEGIN, END] = ["<!-- combinations: begin -->\n", "<!-- combinations: end -->"];

/** Names that replace a list of solvers when the list has all of them. */
const groups: readonly (readonly [string, readonly string[]])[] = [
  ["symplectic", symplecticSolvers.map(({ name }) => name)],
  ["explicit", oneStepSolvers.filter(({ kind }) => kind === "explicit").map(({ name }) => name)],
];

/** Names of solvers, groups first. */
function listed(names: readonly string[]): string {
  const whole = groups.filter(([, members]) => members.every((name) => names.includes(name)));
  const rest = names.filter((name) => !whole.some(([, members]) => members.includes(name)));
  return [...whole.map(([group]) => group), ...rest.map((name) => `\`${name}\``)].join(", ");
}

/** Lists the solvers that are right in a cell, or those that are refused, whichever list is shorter. */
function cell(feature: string, use: string): string {
  const right = reference(feature, use);
  const outcomes = solvers.map((solver) => ({
    name: solver.name.replace(/^auto\(.*, (.*)\)$/, "auto with $1"),
    outcome: outcome(solver, feature, use, right),
  }));
  const wrong = outcomes.flatMap(({ name, outcome: each }) =>
    "wrong" in each ? [`${name}: ${each.wrong}`] : [],
  );
  expect(wrong).toEqual([]);
  const names = (accepted: boolean) =>
    outcomes.filter(({ outcome: each }) => "right" in each === accepted).map(({ name }) => name);
  const [yes, no] = [names(true), names(false)];
  if (yes.length === 0) return "refused";
  if (no.length === 0) return "all";
  return yes.length <= no.length ? listed(yes) : `all but ${listed(no)}`;
}

describe("every solver with everything", () => {
  const cells = new Map<string, string>();

  describe.each(Object.keys(features))("%s", (feature) => {
    test.each(Object.keys(uses))("%s: right for every solver, or refused by name", (use) => {
      cells.set(`${feature}/${use}`, cell(feature, use));
    });
  });

  test("the guide has the table", () => {
    const columns = Object.keys(uses);
    const rows = Object.keys(features).map((feature) => [
      feature,
      ...columns.map((use) => cells.get(`${feature}/${use}`) ?? "?"),
    ]);
    const cellsOf = [["with", ...columns], ...rows];
    const widths = cellsOf[0]!.map((_, j) => Math.max(...cellsOf.map((row) => row[j]!.length)));
    const line = (row: readonly string[], fill = " ") =>
      `| ${row.map((text, j) => text.padEnd(widths[j]!, fill)).join(" | ")} |\n`;
    const [head, ...body] = cellsOf.map((row) => line(row));
    const table = [
      head,
      line(
        widths.map(() => ""),
        "-",
      ),
      ...body,
    ].join("");
    const text = readFileSync(guide, "utf8");
    const [start, end] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
    if (process.env.UPDATE_GUIDE === "1")
      writeFileSync(guide, text.slice(0, start) + table + text.slice(end));
    else expect(text.slice(start, end)).toBe(table);
  });
});
