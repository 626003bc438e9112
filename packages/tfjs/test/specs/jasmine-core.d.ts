/** The part of jasmine-core that is used; it has no types of its own. */
declare module "jasmine-core" {
  interface SpecResult {
    readonly fullName: string;
    readonly status: "passed" | "failed" | "pending" | "excluded";
    readonly failedExpectations: readonly { readonly message: string }[];
  }

  interface Environment {
    configure(options: { readonly random?: boolean; readonly forbidDuplicateNames?: boolean }): void;
    addReporter(reporter: { specDone(result: SpecResult): void }): void;
    execute(): Promise<unknown>;
  }

  const jasmineCore: {
    /** Makes `describe`, `it`, `expect` and the others global. */
    installGlobals(): void;
    readonly jasmine: { getEnv(): Environment };
  };
  export default jasmineCore;
}
