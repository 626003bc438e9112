/**
 * Runs test files one after the other, in the order given, and tells its parent process how it goes.
 *
 * @module
 */

import { join, relative, sep } from "node:path";
import { startVitest, type TestModule, type TestSpecification } from "vitest/node";

/** What a process is asked for. */
export interface Request {
  /** The copy of the workspace that the tests run in. */
  readonly root: string;
  /** Folders of the packages the tests belong to. */
  readonly packages: readonly string[];
  /** Test files, from the root. */
  readonly files: readonly string[];
  /** A folder where each test file leaves what it executed; no file is left out then, even if one fails. */
  readonly reach?: string;
}

/** A test file begins or has ended. */
export interface Progress {
  readonly file: string;
  readonly event: "start" | "passed" | "failed";
}

process.once("message", async ({ root, packages, files, reach }: Request) => {
  const tell = (module: TestModule, event: Progress["event"]): void => {
    process.send!({ file: relative(root, module.moduleId).replaceAll(sep, "/"), event } satisfies Progress);
  };
  const place = new Map(files.map((file, index) => [join(root, file), index]));
  const vitest = await startVitest(
    files.map((file) => join(root, file)),
    {
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
          onTestModuleStart: (module) => tell(module, "start"),
          onTestModuleEnd: (module) => tell(module, module.ok() ? "passed" : "failed"),
        },
      ],
      sequence: {
        sequencer: class {
          shard = (specifications: TestSpecification[]) => Promise.resolve(specifications);
          sort = (specifications: TestSpecification[]) =>
            Promise.resolve(specifications.sort((a, b) => place.get(a.moduleId)! - place.get(b.moduleId)!));
        },
      },
    },
  );
  await vitest.close();
  process.exit();
});
