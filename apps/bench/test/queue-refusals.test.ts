import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { expectRefusal, inTurn, temporaryFolder } from "../../../scripts/commands/run.ts";
import { needs } from "../../../scripts/needs.ts";
import { RedisServer } from "./redis.ts";

describe("wrong use of a queue", () => {
  const wrong: [string, ...string[]][] = [
    ["study --queue localhost:6379", "--queue", "'localhost:6379'", "redis://host:port"],
    ["study --queue http://localhost", "--queue", "redis://host:port"],
    ["study --queue redis://", "--queue", "redis://host:port"],
    ["study --queue redis://host/name", "--queue", "host:port/database"],
    ["work --queue redis:/host", "--queue", "redis://host:port"],
    ["work", "--queue"],
    ["study --queue redis://localhost --shard 1/2", "--queue", "--shard"],
    ["study --queue redis://localhost --workers 2", "--queue", "--workers"],
    ["study --queue redis://localhost --lost-after 0", "--lost-after", "'0'"],
    // No server listens on this port.
    ["study --queue redis://127.0.0.1:1", "redis://127.0.0.1:1", "expected a Redis server"],
    ["work --queue redis://127.0.0.1:1", "redis://127.0.0.1:1", "expected a Redis server"],
    ["work --queue redis://no-such-host.invalid", "no-such-host.invalid"],
  ];
  it.each(wrong)("%s", async (line, ...parts) => {
    const cwd = temporaryFolder();
    expectRefusal(await inTurn(line.split(" "), { cwd }), ...parts);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("a password that is missing or wrong, which is not shown", needs("redis"), async () => {
    const server = await RedisServer.start("--requirepass", "secret");
    const cwd = temporaryFolder();
    const wrong = server.url.replace("//", "//:hunter2@");
    for (const command of ["study", "work"]) {
      expectRefusal(await inTurn([command, "--queue", server.url], { cwd }), "asks for a password");
      const refused = await inTurn([command, "--queue", wrong], { cwd });
      expectRefusal(refused, "refuses the user or password");
      expect(refused.stderr).not.toContain("hunter2");
    }
    expect(readdirSync(cwd)).toEqual([]);
    await server.kill();
  });
});
