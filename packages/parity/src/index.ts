/**
 * Holds any convolution against TensorFlow.js (cpu, wasm, node), with a proven error bound.
 *
 * @module
 */

export {
  type AdapterSource,
  askable,
  type ConvAdapter,
  FULL_REACH,
  type LoadOptions,
  type PreparedCase,
  type Reach,
  type ReachedOperation,
  type Unasked,
  USUAL_REACH,
  type WeakerPromise,
} from "./adapter.ts";
export {
  type ConvModule,
  loadModule,
  type ModuleCase,
  type ModulePass,
  moduleAdapter,
} from "./check/module-adapter.ts";
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
export { type GeneratedProblem, generateProblems, problemAt, type Shrunk, shrink } from "./generate/arbitrary.ts";
export { pairwiseCases } from "./generate/pairwise.ts";
export type { DataKind, Problem } from "./generate/problem.ts";
export type { KnownFailure } from "./known-failures.ts";
export { checkLaws, type LawFinding, type LawOptions } from "./laws/check.ts";
export { LAWS, type Law } from "./laws/laws.ts";
export {
  ACCEPTANCES,
  type Acceptance,
  type Divergence,
  expectedDivergence,
  LEDGER,
  type Limitation,
} from "./ledger.ts";
export { type HuntOptions, type HuntReport, type HuntResult, hunt } from "./mutants/hunt.ts";
export type { Mutant, MutantKind } from "./mutants/mutant.ts";
export { MUTANTS } from "./mutants/mutants.ts";
export { checkRequests, type RequestFinding } from "./negative/check.ts";
export { IMPOSSIBLE_REQUESTS, type ImpossibleRequest } from "./negative/requests.ts";
export type { LayerResult, NetworkResult, WholeResult } from "./networks/replay.ts";
export { type NetworksOptions, type NetworksReport, replayNetworks } from "./networks/replay-networks.ts";
export { findOracle, KNOWN_ORACLES, loadOracle } from "./oracles/known.ts";
export { LIMITATIONS } from "./oracles/limitations.ts";
export type { BackendName } from "./oracles/tensorflow.ts";
export type { TfjsBackend } from "./oracles/tfjs-adapter.ts";
export { tfjsBackend } from "./oracles/tfjs-backend.ts";
export { type Float64Adapter, float64Adapter, type PreparedFloat64 } from "./precision/float64.ts";
export { renderHtml } from "./render/html.ts";
export { renderJson } from "./render/json.ts";
export { policyOf } from "./render/policy.ts";
export {
  type DeadWorker,
  makeReport,
  type OracleStatus,
  type Outcome,
  type ParityReport,
  REPORT_SCHEMA,
  type ReportParts,
  type RunFacts,
  type SummaryRow,
} from "./report.ts";
export { mergeRecords, type ReportOfOptions, reportOf } from "./results/merge.ts";
export { appendRecords, readRecords } from "./results/record-file.ts";
export type { EndRecord, GeneralRecord, ResultRecord, RunRecord, SetupRecord } from "./results/result-record.ts";
export type { AnswerRecord, ExceptionRecord, QuestionRecord, Setup, TrialRecord, Who } from "./results/trial-record.ts";
export { DEFAULT_CASES, DEFAULT_SEED, type ParityOptions, type RunObserver, runParity } from "./run.ts";
export type { Reduction } from "./shrink/reduce.ts";
export { FEATURES, type Feature, type SupportCount } from "./support.ts";
export type { Coverage, RefusalCount, Tally, Worst } from "./tally.ts";
export type { NativeSource } from "./tfjs-node/native-library.ts";
export {
  findTfjsNode,
  type SetupOptions,
  setupTfjsNode,
  type TfjsNodeLibrary,
  TfjsNodeUnavailableError,
} from "./tfjs-node/setup.ts";
export { type Shard, seededTrial, selectTrials, type Trial, type TrialOptions } from "./trials.ts";
export {
  type Answer,
  type Decision,
  decide,
  type Evidence,
  type JudgedAnswer,
  judgeValues,
  RUNGS,
  type Rung,
  type Verdict,
} from "./verdict.ts";
export type { GeneralFindings, Loaded } from "./workers/task.ts";
