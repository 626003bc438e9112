/**
 * Holds any convolution against TensorFlow.js (cpu, wasm, node), with a proven error bound.
 *
 * @module
 */

export type { AdapterSource, ConvAdapter, PreparedCase } from "./adapter.ts";
export {
  type Accuracy,
  type CompareOptions,
  type Comparison,
  compare,
  type Findings,
  REFERENCE,
  type Refusal,
  type VanishedDivergence,
} from "./compare.ts";
export { corr2dAdapter, corr2dNames } from "./corr2d.ts";
export { type Divergence, expectedDivergence, LEDGER } from "./ledger.ts";
export { findOracle, KNOWN_ORACLES, loadOracle } from "./oracles/known.ts";
export {
  makeReport,
  type OracleStatus,
  type Outcome,
  type ParityReport,
  REPORT_SCHEMA,
  type ReportParts,
  type RunFacts,
  type SummaryRow,
} from "./report.ts";
export { DEFAULT_CASES, DEFAULT_SEED, type ParityOptions, type RunObserver, runParity } from "./run.ts";
export type { NativeSource } from "./tfjs-node/native-library.ts";
export {
  findTfjsNode,
  type SetupOptions,
  setupTfjsNode,
  type TfjsNodeLibrary,
  TfjsNodeUnavailableError,
} from "./tfjs-node/setup.ts";
export { type DataKind, type Shard, seededTrial, selectTrials, type Trial, type TrialOptions } from "./trials.ts";
export { type Answer, type Decision, decide, type Evidence, judgeValues, type Rung, type Verdict } from "./verdict.ts";
