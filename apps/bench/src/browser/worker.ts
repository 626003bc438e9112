/**
 * The worker in which one case is measured: it is started fresh, takes one job and answers.
 *
 * @module
 */

import "./symbol-dispose.ts";
import { answerTo } from "../measure/answer.ts";
import type { Job } from "../measure/job.ts";

addEventListener(
  "message",
  ({ data }: MessageEvent<Job>) => {
    void answerTo(data, async (message) => {
      postMessage(message);
      // What is said leaves before what comes next begins.
      await new Promise((resolve) => setTimeout(resolve));
    });
  },
  { once: true },
);
