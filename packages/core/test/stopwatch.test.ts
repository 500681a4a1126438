import { describe, expect, it } from "vitest";
import { stopwatch } from "../src/stopwatch.ts";

const wait = (): void => {
  const until = performance.now() + 60;
  while (performance.now() < until);
};

describe("the stopwatch", () => {
  it("does not count what is done aside, whether it runs or has not begun", () => {
    const watch = stopwatch();
    expect(watch.aside(() => 7)).toBe(7);
    expect(watch.spent).toEqual({ seconds: 0, processorSeconds: 0 });
    watch.start();
    watch.aside(wait);
    watch.stop();
    const { seconds } = watch.spent;
    expect(seconds).toBeGreaterThan(0);
    watch.start();
    wait();
    watch.stop();
    // Both hold the same rest; only the second counted the wait.
    expect(watch.spent.seconds - seconds).toBeGreaterThan(0.0599);
    const after = watch.spent;
    watch.aside(wait);
    expect(watch.spent).toEqual(after);
  });
});
