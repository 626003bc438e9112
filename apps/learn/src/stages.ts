/**
 * The stages: what the link to each is called, and the module that shows it, loaded when it is first shown.
 *
 * @module
 */

import type { JSX } from "preact";
import type { Texts } from "./language.ts";
import { STAGE_IDS, type StageId } from "./stage-ids.ts";

/** A stage. */
export interface StageEntry {
  readonly title: Texts<string>;
  load(): Promise<{ readonly default: () => JSX.Element }>;
}

/** By name. */
export const STAGES: Readonly<Record<StageId, StageEntry>> = {
  slide: { title: { en: "Slide", zh: "滑动" }, load: () => import("./stages/slide/slide.tsx") },
  dense: {
    title: { en: "From dense to convolution", zh: "从全连接到卷积" },
    load: () => import("./stages/dense/dense.tsx"),
  },
  drag: { title: { en: "Drag the picture", zh: "拖动图片" }, load: () => import("./stages/drag/drag.tsx") },
  flip: { title: { en: "Flip", zh: "翻转" }, load: () => import("./stages/flip/flip.tsx") },
  arithmetic: {
    title: { en: "Arithmetic", zh: "尺寸的算术" },
    load: () => import("./stages/arithmetic/arithmetic.tsx"),
  },
  field: { title: { en: "Receptive field", zh: "感受野" }, load: () => import("./stages/field/field.tsx") },
  learn: { title: { en: "Learn", zh: "学习" }, load: () => import("./stages/learn/learn.tsx") },
  digits: { title: { en: "Digits", zh: "数字识别" }, load: () => import("./stages/digits/digits.tsx") },
  machine: { title: { en: "Your machine", zh: "你的机器" }, load: () => import("./stages/machine/machine.tsx") },
};

/** The stage of that name. */
export function stageOf(id: string): StageId {
  return STAGE_IDS.find((known) => known === id) ?? STAGE_IDS[0];
}
