/**
 * A process that runs test files whenever its parent asks: one after the other, in the order asked for, until one fails. It
 * stays, so that what has not changed is neither read nor translated again.
 *
 * @module
 */

import { join, relative, sep } from "node:path";
import { createVitest, type TestModule, type TestSpecification } from "vitest/node";

/** What a process is started with, as JSON. */
export interface Setup {
  /** The copy of the workspace that the tests run in. */
  readonly root: string;
  /** Folders of the packages the tests belong to. */
  readonly packages: readonly string[];
  /** A folder where each test file leaves what it executed; no file is left out then, even if one fails. */
  readonly reach?: string;
}

/** What it is asked for. Paths are from the root. */
export interface Request {
  readonly files: readonly string[];
  /** Files that have changed since. */
  readonly changed: readonly string[];
}

/** A test file begins or has ended, or all that were asked for have. */
export interface Progress {
  readonly file: string;
  readonly event: "start" | "passed" | "failed" | "end";
}

const { root, packages, reach } = JSON.parse(process.argv[2]!) as Setup;
let place = new Map<string, number>();

function tell(path: string, event: Progress["event"]): void {
  process.send!({ file: relative(root, path).replaceAll(sep, "/"), event } satisfies Progress);
}

const vitest = await createVitest("test", {
  root,
  config: false,
  projects: packages.map((folder) => ({
    extends: join(root, folder, "vitest.config.ts"),
    root: join(root, folder),
    test: {
      name: folder,
      env: reach === undefined ? {} : { CORR2D_REACH: reach },
      setupFiles: reach === undefined ? [] : [join(import.meta.dirname, "reach-setup.ts")],
    },
  })),
  watch: false,
  bail: reach === undefined ? 1 : 0,
  retry: 0,
  // On a busy machine a test takes its time; what hangs is ended from outside.
  testTimeout: 600_000,
  hookTimeout: 600_000,
  fileParallelism: false,
  maxWorkers: 1,
  reporters: [
    {
      // Not `onTestModuleStart`: that is when the file has been loaded, which may never end.
      onTestModuleQueued: ({ moduleId }: TestModule) => tell(moduleId, "start"),
      onTestModuleEnd: (module: TestModule) => tell(module.moduleId, module.ok() ? "passed" : "failed"),
    },
  ],
  sequence: {
    sequencer: class {
      shard = (specifications: TestSpecification[]) => Promise.resolve(specifications);
      sort = (specifications: TestSpecification[]) =>
        Promise.resolve(specifications.sort((a, b) => place.get(a.moduleId)! - place.get(b.moduleId)!));
    },
  },
});
await vitest.standalone();

process.on("message", async ({ files, changed }: Request) => {
  const paths = files.map((file) => join(root, file));
  place = new Map(paths.map((path, index) => [path, index]));
  for (const file of changed) vitest.invalidateFile(join(root, file));
  vitest.state.filesMap.clear();
  await vitest.runTestSpecifications(
    paths.flatMap((path) => vitest.getModuleSpecifications(path)),
    false,
  );
  tell(root, "end");
});
process.on("disconnect", () => process.exit());
