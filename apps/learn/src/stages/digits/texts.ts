/** What the stage says. */

import type { Texts } from "../../language.ts";

const en = {
  title: "Read digits",
  lead: [
    "Three convolutions, one after the other: 28 × 28 pixels become 8 maps of 14 × 14, 16 of 7 × 7, and ten numbers, one for each digit. Where there are several maps, each new one has a kernel for each old one, and their results are added: 208 + 3216 + 7850 = 11 274 weights, biases included. Train them here on 3000 handwritten digits; judge them by 500 others. It takes some seconds.",
    "Then draw a digit, and see what the first layer makes of it: eight maps, one for each of its kernels, which are random before they have learned a *feature*. Click a cell of a map to see the window it looked at.",
  ],
  loading: "The digits are being loaded …",
  notLoaded: (error: string) => `The digits could not be loaded: ${error}`,
  train: "Train",
  pause: "Pause",
  again: "Begin again",
  accuracy: "of the held-out digits read rightly",
  steps: "steps of 32 digits",
  loss: "loss of the last batch; guessing costs ln 10 ≈ 2.303",
  draw: "Draw a digit",
  drawHint: "Drag to draw; or move with the arrow keys and draw with the space bar.",
  clear: "Clear",
  another: "A held-out digit",
  isA: (kind: number) => `This is a held-out ${kind}.`,
  read: "What the network reads",
  untrained: "It has not learned anything yet.",
  maps: "The maps of the first layer",
  map: (n: number) => `Map ${n}`,
  mapHint: "Click a cell, or move with the arrow keys.",
  window: "What this cell saw",
  weights: (n: number) => `Kernel ${n} of the first layer`,
  cell: (n: number, i: number, j: number, value: string) =>
    `Map ${n}, cell (${i}, ${j}): the 25 products and the bias add up to ${value}; relu keeps what is above 0.`,
  moments: ["a held-out 7", "the fourth map, in the middle"],
};

const zh: typeof en = {
  title: "识别数字",
  lead: [
    "三个卷积层，一个接一个：28 × 28 个像素变成 8 张 14 × 14 的特征图，再变成 16 张 7 × 7 的，最后变成十个数，每个数字一个。特征图有几张时，每张新图对每张旧图各有一个核，结果相加：208 + 3216 + 7850 = 11 274 个权重，含偏置。就在这里用 3000 个手写数字训练，再用另外 500 个检验，只要几秒钟。",
    "然后画一个数字，看第一层如何处理它：八张特征图，每张对应一个卷积核；学到*特征*之前，核是随机的。点击特征图的一个单元，可以看到它所看的窗口。",
  ],
  loading: "正在加载数字……",
  notLoaded: (error) => `数字无法加载：${error}`,
  train: "训练",
  pause: "暂停",
  again: "重新开始",
  accuracy: "没学过的数字识别正确",
  steps: "步，每步 32 个数字",
  loss: "最近一批的损失；瞎猜为 ln 10 ≈ 2.303",
  draw: "画一个数字",
  drawHint: "拖动来画；或用方向键移动、空格键画。",
  clear: "清除",
  another: "换一个没学过的数字",
  isA: (kind) => `这是一个没学过的 ${kind}。`,
  read: "网络的判断",
  untrained: "它还什么都没有学。",
  maps: "第一层的特征图",
  map: (n) => `特征图 ${n}`,
  mapHint: "点击单元，或用方向键移动。",
  window: "这个单元看到的",
  weights: (n) => `第一层的第 ${n} 个核`,
  cell: (n, i, j, value) => `特征图 ${n} 的单元 (${i}, ${j})：25 个乘积与偏置之和为 ${value}，relu 只保留大于 0 的。`,
  moments: ["一个没学过的 7", "第四张特征图的中央"],
};

/** Texts of the stage. */
export const DIGITS: Texts<typeof en> = { en, zh };
