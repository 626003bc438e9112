/** What the stage says. */

import type { Texts } from "../../language.ts";

const en = {
  title: "From fully connected to convolution",
  lead: [
    "Let each of 8 × 8 hidden units look at each of 8 × 8 pixels: 4096 weights, a matrix with a row for each unit. These here were made of a detector of upright edges and much random noise. Two demands bring the detector out.",
    "*Sharing*: every unit looks for the same thing, so weights depend only on the distance (a, b): how far down and across from the unit the pixel lies. *Locality*: beyond a distance Δ there is nothing to see. Move the two sliders, and see equal weights line up along diagonals (a doubly blocked Toeplitz matrix), then all others vanish: a convolution, of (2Δ + 1)² weights, however large the picture.",
  ],
  sharing: "Sharing",
  delta: "Reach Δ",
  matrix: "All weights: a row for each unit, a column for each pixel",
  matrixLabel: "The weights as a matrix of 64 × 64; the unit looked at is a row",
  matrixHint: "The arrow keys move to neighbouring units.",
  byPixel: (i: number, j: number) => `W[${i}, ${j}, ·, ·], by pixel`,
  byDistance: (i: number, j: number) => `V[${i}, ${j}, ·, ·], by distance; grey: no pixel there`,
  variance: "not shared, ‖V − shared V‖ / ‖V‖; 0: all units share",
  energy: "energy beyond distance 1; 0: nothing lies there",
  counts: "Weights that such a layer has to learn",
  dense: "fully connected",
  shared: "shared",
  local: "local: each unit its own, distances beyond the picture counted",
  convolution: "both: a convolution",
  isConvolution: "This matrix is a convolution, with the kernel",
  isNot: "Not a convolution yet: only where all units share their weights is there one kernel.",
  kernel: "The kernel",
  moments: [
    "neither: noise, 4096 weights",
    "only shared: the noise averages out, and diagonals appear",
    "only local: a noisy band, as a locally connected layer has",
    "both: a convolution with 9 weights",
  ],
};

const zh: typeof en = {
  title: "从全连接到卷积",
  lead: [
    "让 8 × 8 个隐藏单元中的每一个都看 8 × 8 个像素中的每一个：共 4096 个权重，写成矩阵，每个单元一行。这里的权重由一个竖直边缘检测器加上许多随机噪声而成，两个要求能让检测器显现出来。",
    "*权重共享*（平移不变性）：每个单元寻找同样的东西，权重只取决于距离 (a, b)：像素在单元下方多少、右方多少。*局部性*：距离超过 Δ 就不再看。移动两个滑块，看相等的权重沿对角线排列（双重分块 Toeplitz 矩阵），其余的随后消失：这就是卷积，只有 (2Δ + 1)² 个权重，与图片大小无关。",
  ],
  sharing: "共享程度",
  delta: "范围 Δ",
  matrix: "全部权重：每个单元一行，每个像素一列",
  matrixLabel: "64 × 64 的权重矩阵，所看的单元是其中一行",
  matrixHint: "方向键移到相邻的单元。",
  byPixel: (i, j) => `W[${i}, ${j}, ·, ·]，按像素`,
  byDistance: (i, j) => `V[${i}, ${j}, ·, ·]，按距离；灰色处没有像素`,
  variance: "未共享的部分 ‖V − 共享 V‖ / ‖V‖；0 表示完全共享",
  energy: "距离大于 1 的能量；0 表示那里没有权重",
  counts: "这样的层要学习的权重个数",
  dense: "全连接",
  shared: "共享",
  local: "局部：每个单元各有一份，连图片外的距离也算",
  convolution: "两者兼有：卷积",
  isConvolution: "这个矩阵就是卷积，卷积核为",
  isNot: "还不是卷积：完全共享之后，所有单元才有同一个卷积核。",
  kernel: "卷积核",
  moments: [
    "都没有：噪声，4096 个权重",
    "只有共享：噪声被平均掉，出现对角线",
    "只有局部：带噪声的带状矩阵，即局部连接层",
    "两者兼有：9 个权重的卷积",
  ],
};

/** Texts of the stage. */
export const DENSE: Texts<typeof en> = { en, zh };
