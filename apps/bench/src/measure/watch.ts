/**
 * Waits for the answer to a job from whoever does it elsewhere, and notices when that one dies or falls silent.
 *
 * @module
 */

import type { Message } from "./job.ts";

/** How a job ended. */
export type Ending =
  | { readonly kind: "answered"; readonly answer: Exclude<Message, { kind: "step" | "refused" }> }
  /** It threw, died or hung while it did something for `variant` (null: for all of them). */
  | {
      readonly kind: "failed";
      readonly variant: string | null;
      readonly reason: string;
      /** Whether somebody else ended it: that says nothing of what it did. */
      readonly cutOff?: true;
    };

/** How to watch. */
export interface Watch {
  /** Who says nothing for this many milliseconds is ended. */
  readonly silenceLimit: number;
  readonly onStep?: (variant: string | null, doing: string) => void;
}

/** What the one who works says, as it comes. */
export interface Ears {
  hears(message: Message): void;
  /** It cannot go on; `how` is told what it was doing, and says what became of it; `cutOff` if somebody else ended it. */
  isLost(how: (doing: string) => string, cutOff?: boolean): void;
}

/** Starting takes half a second; on a machine that is busy with other things, many times that. */
const START_LIMIT = 60_000;

/** Starts somebody, who is given ears, and waits for the answer or the end. Never rejects. */
export function watch(
  start: (ears: Ears) => { kill(): void; ended(): void },
  { silenceLimit, onStep }: Watch,
): Promise<Ending> {
  return new Promise((resolve) => {
    let current: { variant: string | null; doing: string } = { variant: null, doing: "starting" };
    let isOver = false;
    const end = (ending: Ending) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(silence);
      worker.ended();
      resolve(ending);
    };
    const fail = (reason: string, cutOff = false) =>
      end({ kind: "failed", variant: current.variant, reason, ...(cutOff && { cutOff }) });
    const endAfter = (limit: number) =>
      setTimeout(() => {
        fail(`no sign of life for ${limit / 1000} s while ${current.doing}`);
        worker.kill();
      }, limit);
    let silence = endAfter(START_LIMIT);
    const worker = start({
      hears(message) {
        if (isOver) return;
        clearTimeout(silence);
        silence = endAfter(silenceLimit);
        if (message.kind === "step") {
          current = message;
          onStep?.(message.variant, message.doing);
        } else if (message.kind === "refused") {
          fail(message.reason);
        } else {
          end({ kind: "answered", answer: message });
        }
      },
      isLost: (how, cutOff) => fail(how(current.doing), cutOff),
    });
  });
}
