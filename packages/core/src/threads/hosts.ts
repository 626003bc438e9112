/**
 * Workers of the host: of Node, which Deno and Bun have as well, or of browsers.
 *
 * @module
 */

import type { CrewWorker } from "./crew.ts";

/** A worker that is being started. */
export interface StartedWorker extends CrewWorker {
  /** Resolves when it has answered its first message; rejects with why it does not. */
  readonly ready: Promise<unknown>;
  /** Calls back when it is at an end, by itself or another's hand. */
  onEnd(callback: () => void): void;
}

interface NodeWorker {
  postMessage(message: unknown): void;
  terminate(): Promise<unknown>;
  unref(): void;
  on(event: "message" | "error" | "exit", listener: (value: unknown) => void): void;
}

interface WebWorker {
  onmessage: (() => void) | null;
  onerror: ((event: { readonly message?: string; preventDefault?(): void }) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}

/** Globals of browsers, spelt so that bundlers find what is loaded. */
declare const Worker: new (url: URL, options: { readonly type: "module" }) => WebWorker;
declare const URL: new (url: string, base: string) => URL;
interface URL {
  readonly href: string;
}

interface Host {
  readonly process?: { getBuiltinModule?(name: string): unknown };
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly crossOriginIsolated?: boolean;
  readonly SharedArrayBuffer?: unknown;
  readonly Worker?: unknown;
  readonly performance: { now(): number };
}

/** What there is of a host is looked at when it is needed. */
function host(): Host {
  return globalThis as unknown as Host;
}

/** Worker threads as Node has them; undefined elsewhere. */
function nodeThreads(): { readonly Worker: new (url: URL, options: object) => NodeWorker } | undefined {
  return host().process?.getBuiltinModule?.("node:worker_threads") as ReturnType<typeof nodeThreads>;
}

/** Why this host has no threads that share memory; undefined if it has. */
export function obstacleToThreads(): string | undefined {
  const { crossOriginIsolated, SharedArrayBuffer: shared, Worker: web } = host();
  const isNode = nodeThreads() !== undefined;
  if (!isNode && crossOriginIsolated === false) {
    return (
      "the page is not cross-origin isolated; serve it with the headers Cross-Origin-Opener-Policy: same-origin and " +
      "Cross-Origin-Embedder-Policy: require-corp"
    );
  }
  if (shared === undefined) return "this host has no SharedArrayBuffer";
  return isNode || web !== undefined ? undefined : "this host has no workers";
}

/** How many threads the machine runs at once. */
export function coreCount(): number {
  const os = host().process?.getBuiltinModule?.("node:os") as { availableParallelism?(): number } | undefined;
  return os?.availableParallelism?.() ?? host().navigator?.hardwareConcurrency ?? 1;
}

/** Whether the calling thread may sleep: that of a page may not. */
export function maySleep(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds from any moment on. */
export function now(): number {
  return host().performance.now();
}

/** Starts a worker. It does not keep the process. */
export function startWorker(): StartedWorker {
  const node = nodeThreads();
  return node === undefined ? startWebWorker() : startNodeWorker(node.Worker);
}

function startNodeWorker(NodeWorker: new (url: URL, options: object) => NodeWorker): StartedWorker {
  const { url: here } = import.meta as unknown as { readonly url: string };
  const worker = new NodeWorker(new URL("./worker.ts", here), { name: "corr2d", execArgv: [] });
  let end = (): void => undefined;
  const ready = new Promise((resolve, reject) => {
    worker.on("message", resolve);
    worker.on("error", reject);
    worker.on("exit", (code) => {
      reject(new Error(`it ended with code ${code}`));
      end();
    });
  });
  // Until then it holds the process, which waits for it.
  ready.then(() => worker.unref()).catch(() => undefined);
  return {
    ready,
    post: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
    onEnd(callback) {
      end = callback;
    },
  };
}

function startWebWorker(): StartedWorker {
  const worker = new Worker(new URL("./worker.ts", (import.meta as unknown as { readonly url: string }).url), {
    type: "module",
  });
  let end = (): void => undefined;
  const ready = new Promise((resolve, reject) => {
    worker.onmessage = () => resolve(undefined);
    worker.onerror = (event) => {
      event.preventDefault?.();
      reject(new Error(event.message ?? "it could not be loaded"));
      end();
    };
  });
  return {
    ready,
    post: (message) => worker.postMessage(message),
    terminate: async () => worker.terminate(),
    onEnd(callback) {
      end = callback;
    },
  };
}
