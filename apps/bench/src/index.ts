/**
 * Profiles corr2d beside the peers a user would pick instead, and renders what was found.
 *
 * @module
 */

export { type BenchRequest, BenchRun, type OnStep, THOROUGHNESS } from "./measure/bench-run.ts";
export type { ReportParts } from "./report/compose.ts";
export { hostOf } from "./report/host.ts";
export { type LayerTotal, layerTotals, networkLayers, networkLayersByClass } from "./report/layer-totals.ts";
export { type RenderedReport, renderReport } from "./report/render.ts";
export type {
  Agreement,
  BenchPass,
  BenchReport,
  CaseResult,
  Ceiling,
  Engine,
  Environment,
  Outcome,
  Ratio,
  Settings,
  Slope,
  Timing,
  VariantFacts,
  VariantResult,
} from "./report/results.ts";
export { SCHEMA_VERSION } from "./report/results.ts";
export { parseBenchReport } from "./report/schema.ts";
export { type EdgeShowcase, showEdges } from "./showcase/edge-showcase.ts";
export {
  compareShifted,
  detectEdges,
  edgesAsInk,
  type Shift,
  type ShiftFinding,
  shiftPicture,
} from "./showcase/edges.ts";
export type { Interval } from "./statistics/ratio.ts";
export type { LayerClass } from "./suites/layer-class.ts";
