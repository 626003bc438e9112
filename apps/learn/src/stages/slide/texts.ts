/** What the stage says. */

import type { Texts } from "../../language.ts";

const en = {
  title: "Slide a window over numbers",
  lead: [
    "A convolution layer looks at a picture through a small window. Lay the kernel, a small table of weights, on the window. Multiply each number by the *weight* that lies on it, and add up the products: one number of the result. Then the window moves on, with the same weights.",
  ],
  window: "The window on the picture",
  windowHint: "Drag it, or move it with the arrow keys.",
  x: "picture x",
  kernel: "kernel w",
  y: "result y",
  products: "The products under the window, and their sum",
  more: (count: number) => ` … ${count} more … `,
  presets: "Kernels",
  names: {
    same: "nothing",
    upright: "upright edges",
    sobel: "Sobel",
    laplace: "Laplace",
    box: "mean",
    gauss: "Gauss",
    sharp: "sharpen",
    emboss: "emboss",
  },
  onPicture: "The same kernel on a real picture",
  before: "The picture",
  after: "What the kernel makes of it (grey is 0, dark below, bright above; zeros around it keep the size)",
  time: (milliseconds: string, height: number, width: number) => `${height} × ${width} in ${milliseconds} ms`,
  moments: [
    "a difference of neighbours finds upright edges",
    "the mean of 5 × 5 neighbours blurs",
    "a single 1 in the corner moves the picture",
    "weights that add up to 0 turn flat areas grey",
  ],
};

const zh: typeof en = {
  title: "在数字上滑动窗口",
  lead: [
    "卷积层透过一个小窗口看图片。把卷积核（一张小小的权重表）放在窗口上，每个数乘以压在它上面的*权重*，再把乘积加起来，就得到结果中的一个数。然后窗口移到下一处，权重不变。",
  ],
  window: "图片上的窗口",
  windowHint: "拖动它，或用方向键移动。",
  x: "图片 x",
  kernel: "卷积核 w",
  y: "结果 y",
  products: "窗口下的乘积及其和",
  more: (count) => ` ……还有 ${count} 项…… `,
  presets: "常用卷积核",
  names: {
    same: "不变",
    upright: "竖直边缘",
    sobel: "Sobel",
    laplace: "拉普拉斯",
    box: "均值",
    gauss: "高斯",
    sharp: "锐化",
    emboss: "浮雕",
  },
  onPicture: "同一个卷积核作用在真实图片上",
  before: "图片",
  after: "卷积核处理后的图片（灰色为 0，暗为负，亮为正；四周补零以保持大小）",
  time: (milliseconds, height, width) => `${height} × ${width}，用时 ${milliseconds} 毫秒`,
  moments: [
    "相邻像素之差能找到竖直边缘",
    "5 × 5 邻域的均值使图片模糊",
    "角上单独一个 1 使图片平移",
    "权重之和为 0 时，平坦处变成灰色",
  ],
};

/** Texts of the stage. */
export const SLIDE: Texts<typeof en> = { en, zh };
