/** What the stage says. */

import type { Texts } from "../../language.ts";

const en = {
  title: "Flip the kernel",
  lead: [
    "What deep learning calls convolution does not flip the kernel; mathematics calls that *cross-correlation*. A *convolution* takes the weights in the opposite order, in both directions. The stages before did not flip. Move the window: the same kernel, laid on the picture in the two ways.",
  ],
  counting: "Count from",
  from: { one: "1, as the lecture", zero: "0, as code" },
  lecture:
    "The lecture counts k and x from 1, but y from 0: only then is x[i + a, j + b] the window's own pixel. A negative index counts from the end, so k[−1, −1] is the last weight.",
  code: "Code counts everything from 0, so the first weight lies on the window's first pixel.",
  x: "picture x, with the window",
  hint: "Drag the window, or move it with the arrow keys.",
  kernel: "kernel k",
  correlation: "cross-correlation",
  convolution: "convolution",
  asIs: "k as it lies on the window",
  flipped: "k flipped, as it lies on the window",
  result: "its result",
  learnTitle: "Does it matter? Learn it",
  learnLead:
    "Somebody made y of another picture, of noise, by *convolution* with this kernel and added the bias 7. A layer that computes *cross-correlation* learns from x and y alone. What does it find?",
  hidden: "the kernel of the convolution",
  found: "what the layer has learned",
  steps: "steps",
  bias: "bias learned, true 7",
  loss: "mean squared error",
  same: "The kernel, flipped, and the bias: since kernels are learned, it makes no difference which of the two a layer computes.",
  notYet: "Not learned yet.",
  moments: ["the lecture's indices, which count from 1", "an upright kernel: its flip is its negative"],
};

const zh: typeof en = {
  title: "翻转卷积核",
  lead: [
    "深度学习所说的“卷积”并不翻转卷积核，数学上叫*互相关*（交叉相关）。*卷积*则在两个方向上都按相反的顺序取权重。前面几节都没有翻转。移动窗口：同一个卷积核，以两种方式放在图片上。",
  ],
  counting: "下标从",
  from: { one: "1 开始（课上）", zero: "0 开始（代码）" },
  lecture:
    "课上 k 和 x 从 1 数起，而 y 从 0 数起：只有这样 x[i + a, j + b] 才是窗口里的像素。负下标从末尾数起，k[−1, −1] 就是最后一个权重。",
  code: "代码里都从 0 数起，第一个权重就落在窗口的第一个像素上。",
  x: "图片 x 和窗口",
  hint: "拖动窗口，或用方向键移动。",
  kernel: "卷积核 k",
  correlation: "互相关",
  convolution: "卷积",
  asIs: "窗口上的 k",
  flipped: "窗口上翻转的 k",
  result: "结果",
  learnTitle: "有区别吗？学学看",
  learnLead:
    "有人用这个卷积核对另一张噪声图片做了*卷积*，再加上偏置 7，得到 y。一个计算*互相关*的层只凭 x 和 y 来学习，它会找到什么？",
  hidden: "卷积用的核",
  found: "这一层学到的核",
  steps: "步数",
  bias: "学到的偏置，真值为 7",
  loss: "均方误差",
  same: "正是翻转的卷积核，以及偏置：既然卷积核是学来的，层计算的是哪一种并无区别。",
  notYet: "还没有学会。",
  moments: ["课上从 1 数起的下标", "竖直核：翻转后变号"],
};

/** Texts of the stage. */
export const FLIP: Texts<typeof en> = { en, zh };
