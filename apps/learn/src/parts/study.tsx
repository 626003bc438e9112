/**
 * Watching a layer learn: begin, go on, stop, one step; and the curve of its loss.
 *
 * @module
 */

import { effect, type Signal, signal, untracked } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { engine, workshop } from "../engine/client.ts";
import type { Learned, Lesson } from "../engine/lesson.ts";
import { spoken, type Texts } from "../language.ts";

const TEXTS: Texts<Record<"learn" | "pause" | "step" | "again" | "curve", string>> = {
  en: {
    learn: "Learn",
    pause: "Pause",
    step: "One step",
    again: "Begin again",
    curve: "The loss, on a logarithmic scale, step by step",
  },
  zh: { learn: "开始学习", pause: "暂停", step: "走一步", again: "重新开始", curve: "损失（对数坐标）随步数的变化" },
};

/** One layer that learns. */
export interface Study {
  /** By which the worker knows it. */
  readonly name: string;
  readonly learned: Signal<Learned | undefined>;
  readonly losses: Signal<readonly number[]>;
  readonly running: Signal<boolean>;
  /** Settled when it has begun: before that it cannot go on. */
  begun: Promise<void>;
}

/** Steps between two pictures of it, more the longer it goes on. */
const STEPS_A_FRAME = 2;
const LONGEST_CURVE = 400;
/** Side of pictures to learn from, as engine/lesson.ts takes them. */
const EXAMPLE_SIDE = 24;
/** A mean squared error that cannot be told from none. */
const LEARNED = 1e-10;

/** A study that has not begun. */
export function createStudy(name: string): Study {
  return { name, learned: signal(undefined), losses: signal([]), running: signal(false), begun: Promise.resolve() };
}

/** Begins the study anew whenever the lesson changes, and stops it when its stage is left. */
export function useStudy(study: Study, lesson: () => Lesson | undefined): void {
  // Before the page is painted, so that nobody goes on with what was to be begun anew.
  useLayoutEffect(() => {
    const stop = effect(() => {
      const next = lesson();
      if (next !== undefined) untracked(() => begin(study, next));
    });
    return () => {
      stop();
      study.running.value = false;
    };
  }, []);
}

function begin(study: Study, lesson: Lesson): void {
  study.running.value = false;
  const beginNow = async (): Promise<void> => {
    const picture = lesson.examples === "picture" ? await engine().smallPicture(EXAMPLE_SIDE, EXAMPLE_SIDE) : undefined;
    const learned = await workshop().beginLesson(study.name, { ...lesson, picture });
    study.learned.value = learned;
    study.losses.value = [learned.loss];
  };
  study.begun = study.begun.then(beginNow, beginNow);
}

async function advance(study: Study, steps: number): Promise<void> {
  await study.begun;
  const learned = await workshop().continueLesson(study.name, steps);
  study.learned.value = learned;
  const losses = [...study.losses.peek(), learned.loss];
  // Every second point of a curve that is long enough says as much.
  study.losses.value = losses.length > LONGEST_CURVE ? losses.filter((_, n) => n % 2 === 0) : losses;
}

async function run(study: Study): Promise<void> {
  study.running.value = true;
  while (study.running.peek()) {
    await advance(study, STEPS_A_FRAME + Math.floor((study.learned.peek()?.steps ?? 0) / 50));
    if ((study.learned.peek()?.loss ?? 0) < LEARNED) study.running.value = false;
    await new Promise(requestAnimationFrame);
  }
}

/** Its buttons. */
export function StudyControls({
  study,
  lesson,
}: {
  readonly study: Study;
  readonly lesson: () => Lesson;
}): JSX.Element {
  const texts = spoken(TEXTS);
  const running = study.running.value;
  return (
    <div class="choices">
      <button
        type="button"
        class="primary"
        onClick={() => {
          if (running) study.running.value = false;
          else void run(study);
        }}
      >
        {running ? texts.pause : texts.learn}
      </button>
      <button type="button" disabled={running} onClick={() => void advance(study, 1)}>
        {texts.step}
      </button>
      <button type="button" onClick={() => begin(study, lesson())}>
        {texts.again}
      </button>
    </div>
  );
}

/** The curve of its loss. */
export function LossCurve({ study }: { readonly study: Study }): JSX.Element {
  const losses = study.losses.value;
  const logs = losses.map((loss) => Math.log10(Math.max(loss, LEARNED)));
  const top = Math.max(...logs, -9);
  const bottom = Math.log10(LEARNED);
  const points = logs.map((log, n) => {
    const x = (300 * n) / Math.max(1, logs.length - 1);
    const y = (100 * (top - log)) / (top - bottom);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg class="curve" viewBox="-4 -6 308 112" preserveAspectRatio="none" role="img" aria-label={spoken(TEXTS).curve}>
      <line x1={0} y1={100} x2={300} y2={100} class="axis" />
      <polyline points={points.join(" ")} />
    </svg>
  );
}
