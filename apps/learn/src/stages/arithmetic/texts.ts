/** What the stage says. */

import type { Texts } from "../../language.ts";

const en = {
  title: "The arithmetic of sizes",
  lead: [
    "*Stride* s moves the window s cells at a time, *padding* p lays p zeros on each side of the input, *dilation* d spreads the kernel (d = 1: no gaps). How large the result is follows from one formula, along each axis; ⌊ ⌋ rounds down. A *transposed* convolution goes the other way: each cell of the small grid is multiplied by the whole kernel and added into a window of the large one.",
  ],
  kind: "Convolution",
  kinds: { direct: "direct", transposed: "transposed" },
  input: "Input n",
  kernel: "Kernel k",
  stride: "Stride s",
  padding: "Padding p",
  dilation: "Dilation d",
  outputPadding: "Output padding q",
  play: "Play",
  pause: "Pause",
  inputGrid: "input",
  outputGrid: "output",
  move: "The cell that is computed",
  moveBack: "The cell that is laid out",
  hint: "Click a cell, or move with the arrow keys.",
  impossible: "core says why there is no such convolution:",
  tooLarge: (size: number) => `${size} × ${size} cells: too many to draw.`,
  moments: [
    "stride 2 halves, roughly",
    "padding (k − 1) / 2 keeps the size",
    "dilation 2: a 3 × 3 kernel sees 5 × 5",
    "a kernel that does not fit",
    "transposed: from 3 to 7",
    "an output padding that cannot be",
  ],
};

const zh: typeof en = {
  title: "尺寸的算术",
  lead: [
    "*步幅* s 使窗口每次移动 s 个单元，*填充* p 在输入每侧补 p 个零，*膨胀* d 把卷积核撑开（d = 1 没有空隙）。结果有多大，沿每个轴都由一个公式决定；⌊ ⌋ 表示向下取整。*转置*卷积反过来：小网格的每个单元乘以整个卷积核，再加进大网格的一个窗口。",
  ],
  kind: "卷积",
  kinds: { direct: "普通", transposed: "转置" },
  input: "输入 n",
  kernel: "核 k",
  stride: "步幅 s",
  padding: "填充 p",
  dilation: "膨胀 d",
  outputPadding: "输出填充 q",
  play: "播放",
  pause: "暂停",
  inputGrid: "输入",
  outputGrid: "输出",
  move: "正在计算的单元",
  moveBack: "正在铺开的单元",
  hint: "点击单元，或用方向键移动。",
  impossible: "没有这样的卷积，core 给出的原因是：",
  tooLarge: (size) => `${size} × ${size} 个单元，太多，画不下。`,
  moments: [
    "步幅 2 大约减半",
    "填充 (k − 1) / 2 保持尺寸",
    "膨胀 2：3 × 3 的核看到 5 × 5",
    "放不下的核",
    "转置：从 3 到 7",
    "不可能的输出填充",
  ],
};

/** Texts of the stage. */
export const ARITHMETIC: Texts<typeof en> = { en, zh };
