/** A worker by what it is told and what it answers, without a team: messages go there, items on the tape, and states come back. */

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type I32Local, ModuleBuilder, v128 } from "../simd/engine/assembler.ts";
import { withSharedMemory } from "../simd/engine/shared-memory.ts";
import { hostWebAssembly, type WasmMemory } from "../simd/engine/webassembly.ts";
import { ENDS, ITEM_STATES, type Message, STATE, WORD } from "./control.ts";
import { type StartedWorker, startWorker } from "./hosts.ts";
import { Queue } from "./queue.ts";

const host = hostWebAssembly()!;
const newMemory = (): WasmMemory => new host.Memory({ initial: 1, maximum: 1, shared: true });

/** A module whose function `fill` writes four times a value to an address. */
function filling(value: number): object {
  const module = new ModuleBuilder();
  module.function<[address: I32Local]>("fill", 1, (f, address) => {
    const values = f.v128();
    f.set(values, v128.splatBits(value));
    f.store(address, values, 0);
  });
  return new host.Module(withSharedMemory(module.toBytes(), 1));
}

/** The calling thread computes nothing here. */
const refuse = (): never => {
  throw new Error("a worker was to compute it");
};
let queue: Queue;
let worker: StartedWorker;

async function start(message: Partial<Extract<Message, { control: Int32Array }>>): Promise<void> {
  const first = {
    control: queue.control,
    worker: 0,
    spins: 100,
    posted: 0,
    modules: [],
    ...message,
  };
  worker.post(first);
  await worker.ready;
}

function tell(message: Message): void {
  Atomics.add(queue.control, WORD.posted, 1);
  worker.post(message);
  queue.wake();
}

/** Publishes a call of a function, and gives the state that the worker leaves. */
async function stateAfter(number: number, address: number): Promise<number> {
  const item = queue.end;
  queue.publish(1, [number, 1, address]);
  const state = (): number => Atomics.load(queue.control, ITEM_STATES + item);
  await vi.waitFor(() => expect([STATE.done, STATE.failed]).toContain(state()), { interval: 2, timeout: 20_000 });
  return state();
}

const at = ({ buffer }: WasmMemory, address: number): number => new Int32Array(buffer)[address / 4]!;

beforeEach(() => {
  queue = new Queue({ now: () => 0, lostMs: 1 }, () => refuse, refuse);
  worker = startWorker();
});
afterEach(() => worker.terminate());

it("computes by what was known when it came", async () => {
  const memory = newMemory();
  await start({ modules: [{ module: filling(7), memory, numbers: { fill: 3 } }] });
  expect(await stateAfter(3, 64)).toBe(STATE.done);
  expect(at(memory, 64)).toBe(7);
});

it("computes by what it is told later, until that is forgotten", async () => {
  const memory = newMemory();
  await start({});
  expect(await stateAfter(5, 0)).toBe(STATE.failed);
  tell({ module: filling(8), memory, numbers: { fill: 5 } });
  expect(await stateAfter(5, 32)).toBe(STATE.done);
  expect(at(memory, 32)).toBe(8);
  tell({ forget: [5] });
  expect(await stateAfter(5, 48)).toBe(STATE.failed);
  expect(at(memory, 48)).toBe(0);
});

it("computes in the memory that a function was sent with", async () => {
  const [one, other] = [newMemory(), newMemory()];
  await start({ modules: [{ module: filling(7), memory: one, numbers: { fill: 0 } }] });
  tell({ module: filling(9), memory: other, numbers: { fill: 1 } });
  expect(await stateAfter(1, 16)).toBe(STATE.done);
  expect(await stateAfter(0, 32)).toBe(STATE.done);
  expect([16, 32].map((address) => [at(one, address), at(other, address)])).toEqual([
    [0, 9],
    [7, 0],
  ]);
});

it("goes on after a call that has thrown", async () => {
  const memory = newMemory();
  await start({ modules: [{ module: filling(7), memory, numbers: { fill: 0 } }] });
  expect(await stateAfter(0, 65536)).toBe(STATE.failed);
  expect(await stateAfter(0, 16)).toBe(STATE.done);
});

it("ends when it is told to, asleep or not", { timeout: 20_000 }, async () => {
  for (const spins of [0, 1e6]) {
    worker = startWorker();
    const ended = new Promise<void>((resolve) => worker.onEnd(resolve));
    await start({ worker: 4, spins });
    Atomics.store(queue.control, ENDS + 4, 1);
    queue.wake();
    await ended;
  }
});

it("of a page closes itself at its end, and answers as it does elsewhere", async () => {
  const { getBuiltinModule } = process;
  vi.spyOn(process, "getBuiltinModule").mockImplementation(((name: string) =>
    name === "node:worker_threads" ? undefined : getBuiltinModule(name as never)) as never);
  const [postMessage, close] = [vi.fn(), vi.fn()];
  vi.stubGlobal("postMessage", postMessage);
  vi.stubGlobal("close", close);
  vi.stubGlobal("onmessage", null);
  try {
    await import("./worker.ts");
    const page = globalThis as unknown as { onmessage: ((event: { data: Message }) => void) | null };
    const first = { control: queue.control, worker: 0, spins: 0, posted: 0, modules: [] };
    // A message was posted that has not arrived: it goes back for that.
    Atomics.store(queue.control, WORD.posted, 1);
    page.onmessage!({ data: first });
    expect(postMessage.mock.calls).toEqual([["ready"]]);
    expect(close).not.toHaveBeenCalled();
    Atomics.store(queue.control, ENDS, 1);
    page.onmessage!({ data: { forget: [] } });
    expect(close).toHaveBeenCalledOnce();
    expect(page.onmessage).toBeNull();
  } finally {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  }
});
