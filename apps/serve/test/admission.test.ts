import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Admission } from "../src/inference/admission.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const nobody = (): void => undefined;

it("lets in as many as it is told, and the next one once somebody left", () => {
  const admission = new Admission(2);
  const first = admission.admit(1000, nobody);
  admission.admit(1000, nobody);
  expect(() => admission.admit(1000, nobody)).toThrow("2 requests are waiting already");
  first.leave();
  expect(admission.waiting).toBe(1);
  admission.admit(1000, nobody);
  expect(admission.waiting).toBe(2);
});

it.each([
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
])("counts who leaves once, in the order %d, %d, %d", (...order) => {
  const admission = new Admission(3);
  const told = [0, 1, 2].map(() => vi.fn());
  const requests = told.map((onLate) => admission.admit(100, onLate));
  order.forEach((which, k) => {
    requests[which]!.leave();
    requests[which]!.leave();
    expect(admission.waiting).toBe(2 - k);
    // Those that have not left by then are late, and nobody else.
    if (k === 0) vi.advanceTimersByTime(200);
    expect(told.map(({ mock }) => mock.calls.length)).toEqual([0, 1, 2].map((i) => (i === order[0] ? 0 : 1)));
  });
});

it("tells of the end of a request's time, once, at the time and not before", () => {
  const admission = new Admission(2);
  const onLate = vi.fn();
  const request = admission.admit(50, onLate);
  vi.advanceTimersByTime(49);
  expect([request.late, onLate.mock.calls.length]).toEqual([false, 0]);
  vi.advanceTimersByTime(1);
  expect([request.late, onLate.mock.calls.length]).toEqual([true, 1]);
  vi.advanceTimersByTime(100);
  expect(onLate).toHaveBeenCalledTimes(1);
  expect(String(onLate.mock.calls[0]![0])).toContain("was not answered within its time");
});

it("lets nobody in after its end, and tells nobody any more", () => {
  const admission = new Admission(2);
  const onLate = vi.fn();
  admission.admit(20, onLate);
  admission.close();
  expect(() => admission.admit(1000, nobody)).toThrow("shutting down");
  vi.advanceTimersByTime(100);
  expect(onLate).not.toHaveBeenCalled();
});
