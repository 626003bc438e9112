/**
 * A way to come by the native half of tfjs-node.
 *
 * @module
 */

import type { NativeSource } from "./native-library.ts";

/** Where a route works: it puts `lib/…` and `deps/lib/…` into `target`, and anything else into `work`. */
export interface BuildSite {
  readonly target: string;
  /** Removed when the build has ended, however it ended. */
  readonly work: string;
  readonly env: NodeJS.ProcessEnv;
  /** Says what is being done now. */
  report(message: string): void;
}

/** What a route has put there. */
export interface BuiltLibrary {
  /** Path of the add-on below `target`, with forward slashes. */
  readonly addon: string;
  /** How it was had, to follow the version of TensorFlow in reports. */
  readonly how: string;
}

/** One way; `build` rejects with the reason if it cannot be gone here. */
export interface Route {
  readonly source: NativeSource;
  readonly summary: string;
  build(site: BuildSite): Promise<BuiltLibrary>;
}
