import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command, Option } from "commander";
import { describe, expect, it } from "vitest";
import { makeCommand } from "../../../packages/terminal/src/command.ts";
import {
  above,
  between,
  choice,
  collect,
  finite,
  list,
  type OptionParser,
  share,
  whole,
} from "../../../packages/terminal/src/option-parsers.ts";
import { parserOf } from "../../../packages/terminal/src/options.ts";
import { expectRefusal, inTurn, stiffnet, temporaryFolder } from "../../../scripts/commands/run.ts";
import { commands as product } from "../../stiffnet/src/cli.ts";
import { commands } from "../src/cli.ts";

interface Case {
  readonly name: string;
  readonly long: string;
  readonly make: () => Command;
  readonly option: Option;
  readonly parser: OptionParser<unknown>;
}

/** Every option with a value, of every command. */
const cases: Case[] = [];
for (const [command, row] of Object.entries({ ...product, ...commands })) {
  const definition = await row.load();
  const make = (): Command =>
    makeCommand(command, row, definition, () => {})
      .exitOverride()
      .configureOutput({ outputError: () => {} })
      .action(() => {});
  for (const option of make().options) {
    const parser = parserOf(option);
    const long = option.long!;
    if (parser) cases.push({ name: `${command} ${long}`, long, make, option, parser });
  }
}

const isList = ({ expected }: OptionParser<unknown>): boolean =>
  expected.endsWith("several are separated by commas");

/** Parses options alone: what else the command needs is not asked for. */
function parse(make: () => Command, ...words: string[]): Record<string, unknown> {
  const command = make();
  command.parseOptions(words);
  return command.opts();
}

describe.each(cases)("$name", ({ name, long, make, option, parser }) => {
  it("takes its example, and names itself in a complaint of one line", () => {
    expect(parse(make, long, parser.example)[option.attributeName()]).toEqual(parser.read(parser.example));
    expect(() => parse(make, `${long}=`)).toThrow(`${long}: is ''`);
    expect(parser.expected).not.toContain("\n");
  });

  it("is refused twice, unless each counts", () => {
    const twice = (): unknown => parse(make, long, parser.example, long, parser.example);
    if (parser.repeatable) expect(twice()).toMatchObject({ [option.attributeName()]: { length: 2 } });
    else expect(twice).toThrow(`${long}: is given twice, expected once`);
  });

  it("is a number, or a list of them, without exception", () => {
    if (!/^[+-]?\d/.test(parser.example) || /[/-]\d/.test(parser.example)) return;
    const several = isList(parser);
    for (const wrong of ["many", "1x", "NaN", "Infinity", "0x10", "1_000", " ", "1 2", ",", "1,,2", "1,"]) {
      expect(() => parse(make, long, wrong), wrong).toThrow(`${long}: is '`);
    }
    if (!several) expect(() => parse(make, long, "1,2")).toThrow(`${long}: is '1,2', expected `);
  });

  it("is a list without gaps and repeats where it is one", () => {
    if (!isList(parser)) return;
    const member = parser.example;
    expect(() => parse(make, long, `${member},,${member}`)).toThrow(/^--[a-z-]+: is '.*', expected /);
    // The configuration compares models, which are objects.
    if (name !== "study --models") {
      expect(() => parse(make, long, `${member}, ${member}`)).toThrow(`expected '${member}' once`);
    }
    expect(parse(make, long, ` ${member} `)).toEqual(parse(make, long, member));
  });
});

it("every command has options, and most have many", () => {
  expect(new Set(cases.map(({ name }) => name.split(" ")[0])).size).toBeGreaterThan(15);
  expect(cases.length).toBeGreaterThan(120);
});

describe("one way to read", () => {
  it.each<[string, OptionParser<unknown>, string, unknown]>([
    ["a whole number", whole(1), "1e3", 1000],
    ["a whole number", whole(0), "+7", 7],
    ["a number", above(0), "2.5e-3", 0.0025],
    ["a number", finite, "-.5", -0.5],
    ["a fraction of the rows", share, "0.25", 0.25],
    ["a count of rows", share, "1", 1],
    ["a count of rows", share, "1e3", 1000],
    ["no rows", share, "0", 0],
    ["a list", list(whole(1)), "1, 2,1e3", [1, 2, 1000]],
    ["a name", choice(["yes", "no"]), "no", "no"],
  ])("%s", (_, parser, text, value) => {
    expect(parser(text)).toEqual(value);
  });

  it.each<[OptionParser<unknown>, string, string]>([
    [whole(1), "1.0", "is '1.0', expected a whole number of at least 1"],
    [whole(1), "1e-3", "is '1e-3', expected a whole number"],
    [whole(1, 5), "6", "is '6', expected a whole number from 1 to 5"],
    [whole(0), "9007199254740993", "expected a whole number"],
    [above(0), "1e999", "is '1e999', expected a number above 0"],
    [between(0, 1), "1", "expected a number above 0 and below 1"],
    [share, "1.0", "is '1.0', expected a fraction below 1 or a whole number of rows"],
    [share, "2.5", "is '2.5', expected a fraction below 1"],
    [share, "-1", "is '-1'"],
    [list(whole(1)), "1,two,3", "is 'two' in '1,two,3', expected a whole number of at least 1; several are"],
    [choice(["yes", "no"]), "maybe", "is 'maybe', expected one of yes, no"],
    [collect(whole(1)), "0", "is '0', expected a whole number"],
  ])("%o refuses %s", (parser, text, complaint) => {
    expect(() => parser(text)).toThrow(complaint);
  });
});

describe("as users give them", () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "file"), "");
  writeFileSync(join(cwd, "table.csv"), "a,b,y\n1,2,3\n2,1,5\n3,5,4\n4,3,9\n5,4,7\n6,1,2\n");
  const train = "train table.csv --inputs 1-2 --outputs 3";
  it.each([
    ["study --out file", "--out: is 'file', expected a folder, and it is a file"],
    ["study --out file/inner", "file", "is a file, expected a folder"],
    ["study --width 3 --width 4", "--width: is given twice, expected once"],
    ["study --sweep width=3 --sweep width=4", "--sweep width: is given twice, expected once"],
    ["train table.csv --inputs 1,,2 --outputs 3", "--inputs: is '1,,2', expected columns of a table"],
    [`${train} --test 1.0`, "--test: is '1.0', expected a fraction below 1 or a whole number of rows"],
    [`${train} --penalty l2=1 --penalty stiff=1`, "--penalty: is given twice, expected once"],
    ["study --models res,l2=1e-5,l2=0.00001", "RES L2 0.00001", "told apart"],
    ["work --queue redis://:secret@host/a/b", "--queue: is 'redis://host/a/b', expected the address"],
  ])("%s", async (line, ...parts) => {
    expectRefusal(await inTurn(line.split(" "), { cwd }), ...parts);
  });

  it("1e3 epochs are a thousand", async () => {
    const shown = await stiffnet("study --preset quick --epochs 1e3 --show-config".split(" "), { cwd });
    expect(JSON.parse(shown.stdout).training.epochs).toBe(1000);
  });
});
