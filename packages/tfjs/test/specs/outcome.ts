/**
 * What a run of TensorFlow.js's specs says.
 *
 * @module
 */

/** The specs to run: those that concern convolution, or all of tfjs-core. */
export type Selection = "convolution" | "all";

/** A backend they run on. */
export type BackendUnderTest = "corr2d" | "cpu" | "wasm" | "wasm with ours";

/** One spec. */
export interface SpecOutcome {
  /** Full name without that of the backend; the second of the same name ends with ` (2)`. */
  readonly name: string;
  /** Whether it runs on the backend; the others test what needs none. */
  readonly onBackend: boolean;
  readonly status: "passed" | "failed" | "pending" | "excluded";
  readonly failures: readonly string[];
  /** How often it called each convolution kernel of the backend. */
  readonly calls: Readonly<Record<string, number>>;
  /** How often our kernels left the work to a convolution kernel of the cpu backend. */
  readonly fallbacks: number;
}

/** A run. */
export interface SpecRun {
  /** Version of tfjs-core, whose specs these are. */
  readonly version: string;
  readonly seconds: number;
  readonly specs: readonly SpecOutcome[];
}
