/**
 * SciPy in a process of its own that is asked, request by request, to time itself: see `scipy/timed.py`.
 *
 * @module
 */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { UsageError } from "../usage-error.ts";

/** What every request says. */
export interface ScipyRequest {
  readonly function: string;
  /** A file of numbers. */
  readonly data: string;
  readonly milliseconds: number;
  /** Where the output goes, or null. */
  readonly result: string | null;
}

/** Path of a script, the same from `src` and from `dist`. */
const scriptPath = (name: string): string => fileURLToPath(new URL(`../../scipy/${name}`, import.meta.url));

/** What keeps every library below NumPy to one thread. */
const ONE_THREAD = Object.fromEntries(
  ["OMP", "OPENBLAS", "MKL", "VECLIB", "NUMEXPR"].map((library) => [
    library === "VECLIB" ? "VECLIB_MAXIMUM_THREADS" : `${library}_NUM_THREADS`,
    "1",
  ]),
);

/**
 * A Python that has SciPy.
 *
 * @param wanted the only one to try.
 * @throws UsageError if there is none, with how to get one.
 */
export function findPython(wanted: string | undefined): string {
  const candidates = wanted === undefined ? ["python3", "python"] : [wanted];
  for (const python of candidates) {
    const { status } = spawnSync(python, ["-c", "import numpy, scipy.signal, scipy.ndimage"], { stdio: "ignore" });
    if (status === 0) return python;
  }
  throw new UsageError(
    `no SciPy in ${candidates.join(" or ")}; make a place for it by "python3 -m venv scipy-env" and ` +
      '"scipy-env/bin/pip install numpy scipy", and name it by --python scipy-env/bin/python',
  );
}

/** A running SciPy that takes requests of one kind. */
export class Scipy<Request extends ScipyRequest> {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  /** Starts a script; {@link versions} must be read first. */
  constructor(python: string, script: string) {
    this.#process = spawn(python, [scriptPath(script)], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...ONE_THREAD },
    });
    this.#lines = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** Versions of SciPy and NumPy. */
  async versions(): Promise<{ readonly scipy: string; readonly numpy: string }> {
    return (await this.#next()) as { scipy: string; numpy: string };
  }

  /** Lets a function be timed; the median is in milliseconds. */
  async time(request: Request): Promise<number> {
    this.#process.stdin!.write(`${JSON.stringify(request)}\n`);
    return ((await this.#next()) as { median: number }).median;
  }

  /** Ends it. */
  stop(): void {
    this.#process.stdin!.end();
  }

  async #next(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("SciPy's process has ended; what it said stands above");
    return JSON.parse(value);
  }
}
