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
import type { Progress, Request, Setup } from "./run-tests.ts";

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
  readonly #setup: Setup;
  readonly #changed = new Set<string>();
  #child: ChildProcess | undefined;
  #isEnded = false;

  /** @param packages folders of the packages whose tests are run. */
  constructor(original: string, packages: readonly string[]) {
    this.#setup = { root: this.root, packages };
    const skipped = new Set([".git", ".turbo", ".cache", ".pnpm"]);
    const filter = (path: string): boolean => !skipped.has(basename(path));
    cpSync(original, this.root, { recursive: true, verbatimSymlinks: true, filter });
    symlinkSync(join(original, "node_modules", ".pnpm"), join(this.root, "node_modules", ".pnpm"));
    process.once("exit", this.#remove);
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), "utf8");
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.root, file), text);
    this.#changed.add(file);
  }

  /** Runs test files until one fails. */
  async test(files: readonly string[], limits: Limits): Promise<Verdict> {
    let current = "";
    let outcome: Verdict["outcome"] | undefined;
    const passed = new Set<string>();
    const end = (how: Verdict["outcome"]): void => {
      outcome ??= how;
      this.#end();
    };
    const whole = setTimeout(() => end("survived"), 1000 * limits.all);
    let timer: NodeJS.Timeout | undefined;
    this.#child ??= this.#start(this.#setup);
    await this.#ask(this.#child, files, ({ file, event }) => {
      clearTimeout(timer);
      if (event === "end") return;
      current = file;
      if (event === "passed") passed.add(file);
      else if (event === "failed") outcome = "killed";
      else timer = setTimeout(() => end("timeout"), 1000 * limits.file(file));
    });
    clearTimeout(timer);
    clearTimeout(whole);
    // Without a word: a file that could not be loaded, a worker that died.
    outcome ??= files.every((file) => passed.has(file)) ? "survived" : "killed";
    return { outcome, passed: passed.size, ...(outcome === "survived" ? {} : { by: current }) };
  }

  /** Runs test files that leave in the folder `reach` what they call; whether one of them fails is the listener's affair. */
  async measure(files: readonly string[], reach: string, listen: (progress: Progress) => void): Promise<void> {
    this.#end();
    this.#child = this.#start({ ...this.#setup, reach });
    await this.#ask(this.#child, files, listen);
    this.#end();
  }

  #start(setup: Setup): ChildProcess {
    this.#isEnded = false;
    // A group of its own, so that workers that hang end with it.
    const child = fork(join(import.meta.dirname, "run-tests.ts"), [JSON.stringify(setup)], {
      cwd: this.root,
      detached: true,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    child.once("exit", () => {
      if (this.#child === child) this.#child = undefined;
    });
    return child;
  }

  /** The promise is kept when all files have been run, or the process has ended. */
  #ask(child: ChildProcess, files: readonly string[], listen: (progress: Progress) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      let errors = "";
      let isHeard = files.length === 0;
      const hearError = (text: Buffer): void => {
        errors += text;
      };
      const hear = (progress: Progress): void => {
        isHeard = true;
        listen(progress);
        if (progress.event === "end") done();
      };
      const done = (): void => {
        child.off("message", hear).off("exit", done);
        child.stderr!.off("data", hearError);
        if (isHeard || this.#isEnded) resolve();
        else reject(new Error(`no test file was run:\n${errors}`));
      };
      child.on("message", hear).on("exit", done);
      child.stderr!.on("data", hearError);
      child.send({ files, changed: [...this.#changed] } satisfies Request);
      this.#changed.clear();
    });
  }

  #end(): void {
    const { pid } = this.#child ?? {};
    this.#child = undefined;
    this.#isEnded = true;
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
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
