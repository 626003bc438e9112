/**
 * A worker: it computes what stands on the tape (`control.ts`) with the functions it was sent, and sleeps when there is nothing.
 * It returns to its event loop only when a message was posted, as no message arrives before.
 *
 * @module
 */

import {
  computeItem,
  type Emitted,
  ENDS,
  ITEM_STATES,
  type LaterMessage,
  type Message,
  type ModuleMessage,
  STATE,
  takeItem,
  WORD,
} from "./control.ts";

/** The part of a worker's scope that is needed, of browsers or of Node. */
interface Port {
  onmessage: ((event: { readonly data: Message }) => void) | null;
  postMessage(message: "ready"): void;
}

interface Scope extends Port {
  readonly process?: { getBuiltinModule?(name: string): { readonly parentPort: Port | null } | undefined };
  readonly WebAssembly: {
    readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, Emitted>> };
  };
  close?(): void;
}

const scope = globalThis as unknown as Scope;
const parentPort = scope.process?.getBuiltinModule?.("node:worker_threads")?.parentPort;
const port: Port = parentPort ?? scope;

const functions = new Map<number, Emitted>();
let control: Int32Array = new Int32Array(0);
let worker = 0;
let spins = 0;
let received = 0;

port.onmessage = ({ data }) => {
  if ("control" in data) {
    ({ control, worker, spins, posted: received } = data);
    for (const module of data.modules) instantiate(module);
    port.postMessage("ready");
  } else {
    receive(data);
    received = (received + 1) | 0;
  }
  serve();
};

function receive(message: LaterMessage): void {
  if ("forget" in message) for (const number of message.forget) functions.delete(number);
  else instantiate(message);
}

function instantiate({ module, memory, numbers }: ModuleMessage): void {
  const { exports } = new scope.WebAssembly.Instance(module, { corr2d: { memory } });
  for (const [name, number] of Object.entries(numbers)) functions.set(number, exports[name]!);
}

/** Computes until a message was posted, or the end has come. */
function serve(): void {
  let idle = 0;
  for (;;) {
    const wake = Atomics.load(control, WORD.wake);
    if (Atomics.load(control, ENDS + worker) !== 0) {
      port.onmessage = null;
      if (parentPort === undefined || parentPort === null) scope.close?.();
      return;
    }
    // An item needs what was posted before it.
    if (Atomics.load(control, WORD.posted) !== received) return;
    const item = takeItem(control, worker);
    if (item !== undefined) {
      compute(item);
      idle = 0;
    } else if (idle++ > spins) {
      Atomics.add(control, WORD.sleepers, 1);
      Atomics.wait(control, WORD.wake, wake);
      Atomics.sub(control, WORD.sleepers, 1);
      idle = 0;
    }
  }
}

function compute(item: number): void {
  let state: number = STATE.done;
  try {
    computeItem(control, item, (number) => functions.get(number)!);
  } catch {
    state = STATE.failed; // the calling thread tries it, and has the error
  }
  Atomics.store(control, ITEM_STATES + item, state);
  Atomics.add(control, WORD.done, 1);
  if (Atomics.load(control, WORD.waits) !== 0) Atomics.notify(control, WORD.done);
}
