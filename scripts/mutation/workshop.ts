/**
 * A copy of the workspace, in which mutants live while the tests run. The packages of npm are shared with the original, those
 * of the workspace are the copy's own.
 *
 * @module
 */

import { type ChildProcess, fork } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Progress, Request } from "./run-tests.ts";

/** How a run of test files ended. */
export interface Verdict {
  readonly outcome: "killed" | "timeout" | "survived";
  /** The file that failed or took too long. */
  readonly by?: string;
  /** How many files had passed by then. */
  readonly passed: number;
}

/** How long a run may take. */
export interface Limits {
  /** Seconds that a test file may take before it is said to hang. */
  readonly file: (file: string) => number;
  /** Seconds after which no further file is waited for; what has not failed by then has survived. */
  readonly all: number;
}

export class Workshop implements Disposable {
  readonly root: string = realpathSync(mkdtempSync(join(tmpdir(), "corr2d-mutation-")));

  constructor(original: string) {
    const skipped = new Set([".git", ".turbo", ".cache", ".pnpm"]);
    const filter = (path: string): boolean => !skipped.has(basename(path));
    cpSync(original, this.root, { recursive: true, verbatimSymlinks: true, filter });
    symlinkSync(join(original, "node_modules", ".pnpm"), join(this.root, "node_modules", ".pnpm"));
    process.once("exit", this.#remove);
  }

  #child: ChildProcess | undefined;

  read(file: string): string {
    return readFileSync(join(this.root, file), "utf8");
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.root, file), text);
  }

  /** Runs test files until one fails. */
  async test(request: Omit<Request, "root">, limits: Limits): Promise<Verdict> {
    let current = "";
    let outcome: Verdict["outcome"] | undefined;
    const passed = new Set<string>();
    const end = (how: Verdict["outcome"]): void => {
      outcome = how;
      this.#end();
    };
    const whole = setTimeout(() => end("survived"), 1000 * limits.all);
    let timer: NodeJS.Timeout | undefined;
    await this.run(request, ({ file, event }) => {
      current = file;
      clearTimeout(timer);
      if (event === "passed") passed.add(file);
      else if (event === "failed") end("killed");
      else timer = setTimeout(() => end("timeout"), 1000 * limits.file(file));
    });
    clearTimeout(timer);
    clearTimeout(whole);
    // Without a word: a file that could not be loaded, a worker that died.
    outcome ??= request.files.every((file) => passed.has(file)) ? "survived" : "killed";
    return { outcome, passed: passed.size, ...(outcome === "survived" ? {} : { by: current }) };
  }

  /** Runs test files; the promise is kept when the process has ended. */
  run(request: Omit<Request, "root">, listen: (progress: Progress) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      // A group of its own, so that workers that hang end with it.
      const child = fork(join(import.meta.dirname, "run-tests.ts"), {
        cwd: this.root,
        detached: true,
        stdio: ["ignore", "ignore", "pipe", "ipc"],
      });
      this.#child = child;
      let errors = "";
      let isHeard = false;
      child.stderr!.on("data", (text) => (errors += text));
      child.on("message", (progress: Progress) => {
        isHeard = true;
        listen(progress);
      });
      child.once("exit", () => {
        this.#child = undefined;
        if (isHeard || request.files.length === 0) resolve();
        else reject(new Error(`no test file was run:\n${errors}`));
      });
      child.send({ ...request, root: this.root } satisfies Request);
    });
  }

  #end(): void {
    if (this.#child?.pid !== undefined) process.kill(-this.#child.pid, "SIGKILL");
  }

  #remove = (): void => {
    this.#end();
    rmSync(this.root, { recursive: true, force: true });
  };

  [Symbol.dispose](): void {
    process.off("exit", this.#remove);
    this.#remove();
  }
}
