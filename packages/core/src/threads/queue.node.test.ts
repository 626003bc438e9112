import { expect, it } from "vitest";
import { ITEMS, takeItem, WORD } from "./control.ts";
import { Queue } from "./queue.ts";

const host = { now: () => performance.now(), lostMs: 1000 };
const nobodyIsLost = (worker: number): never => {
  throw new Error(`worker ${worker} is lost`);
};

/** Not in the library that core is compiled with. */
const { waitAsync } = Atomics as unknown as {
  waitAsync(array: Int32Array, index: number, value: number, timeout: number): { readonly value: Promise<string> };
};

it("an item wakes one of those that sleep, be it the only one", async () => {
  const queue = new Queue(host, () => () => {}, nobodyIsLost);
  for (const sleepers of [1, 2]) {
    const asleep = Array.from({ length: sleepers }, () =>
      waitAsync(queue.control, WORD.wake, Atomics.load(queue.control, WORD.wake), sleepers === 1 ? 5000 : 50),
    );
    Atomics.store(queue.control, WORD.sleepers, sleepers);
    expect(queue.publish(1, [7, 0])).toBe(true);
    const woken = await Promise.all(asleep.map(({ value }) => value));
    expect(woken.filter((how) => how === "ok")).toHaveLength(1);
  }
});

it("takes no more items than there is room for, and computes them in order, round and round", () => {
  const seen: (number | undefined)[] = [];
  const queue = new Queue(host, (number) => (a, b) => seen.push(number, a, b), nobodyIsLost);
  for (let round = 0; round < 3; round++) {
    const expected: number[] = [];
    let published = 0;
    while (queue.publish(2, [published, 2, round, 9, 5, 2, 1, 2])) expected.push(published++, round, 9, 5, 1, 2);
    expect(published).toBe(ITEMS);
    expect(queue.publish(1, [0, 0])).toBe(false);
    expect(queue.isDone(queue.end)).toBe(false);
    queue.finish(queue.end);
    expect(queue.isDone(queue.end)).toBe(true);
    expect(seen.splice(0)).toEqual(expected);
  }
});

it("takes back what nobody has taken, after an error", () => {
  const queue = new Queue(host, () => () => {}, nobodyIsLost);
  for (let item = 0; item < 3; item++) queue.publish(1, [item, 0]);
  queue.abandon();
  expect(queue.isPast(queue.end)).toBe(true);
  expect(takeItem(queue.control, 0)).toBeUndefined();
});
