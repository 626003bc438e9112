/** What the stage says. */

import type { Texts } from "../../language.ts";

const en = {
  title: "Learn a hidden kernel",
  lead: [
    "Nobody writes the kernels of a network; they are *learned*. Paint a kernel that the layer does not know. It sees a picture and what your kernel makes of it, nothing else, and begins with zeros. Each step goes a little against the gradient of its error.",
  ],
  hidden: "your hidden kernel",
  presets: "Hidden kernels",
  names: { edge: "[1, −1]", cross: "cross", corner: "corner", ring: "ring" },
  hiddenBias: "Hidden bias",
  examples: "It learns from",
  kinds: { bar: "a black bar on white, 6 × 8", noise: "noise", picture: "the shared picture, made small" },
  size: "Size of the kernel that learns",
  rows: "Rows",
  columns: "Columns",
  learned: "what it has learned",
  bias: "bias learned",
  steps: "steps",
  loss: "mean squared error",
  found: "Found: every weight is within 0.01.",
  notYet: "Not found yet.",
  otherSize: "The kernel that learns has another size than the hidden one: it finds what comes nearest.",
  sweepTitle: "How large should it be?",
  sweepLead:
    "The size is not learned; it is a *hyperparameter*. Where what it is shown carries random errors, a larger kernel is always better on just that, since it can learn the errors too. On pictures it was not shown, the true size wins.",
  trueSize: "True size",
  sweep: "Try all sizes",
  chart: "Mean squared error by size of the kernel, on pictures that were shown and on held-out ones",
  shown: "on what was shown",
  heldOut: "on held-out pictures",
  best: (size: number, trueSize: number) =>
    `Best on held-out pictures: ${size} × ${size}; true: ${trueSize} × ${trueSize}.`,
  moments: [
    "the textbook's experiment: [1, −1] from a black bar",
    "a kernel of 5 × 5 with a bias, from noise",
    "a kernel that is too small",
    "from a real picture, whose neighbours are alike, it takes longer",
  ],
};

const zh: typeof en = {
  title: "学出隐藏的卷积核",
  lead: [
    "网络里的卷积核不是人写的，而是*学*来的。画一个这一层不知道的卷积核。它只看到一张图片和你的核对它的处理结果，从零开始，每一步都沿误差梯度的反方向走一点。",
  ],
  hidden: "你隐藏的卷积核",
  presets: "隐藏的卷积核",
  names: { edge: "[1, −1]", cross: "十字", corner: "角", ring: "环" },
  hiddenBias: "隐藏的偏置",
  examples: "学习材料",
  kinds: { bar: "白底黑条，6 × 8", noise: "噪声", picture: "缩小的共享图片" },
  size: "学习的卷积核的大小",
  rows: "行数",
  columns: "列数",
  learned: "它学到的",
  bias: "学到的偏置",
  steps: "步数",
  loss: "均方误差",
  found: "找到了：每个权重都在 0.01 以内。",
  notYet: "还没有找到。",
  otherSize: "学习的核与隐藏的核大小不同：它只能找到最接近的。",
  sweepTitle: "应该多大？",
  sweepLead:
    "大小不是学来的，它是*超参数*。若学习材料带有随机误差，核越大，在学过的图片上误差总是越小，因为它连误差也学了；而在没见过的图片上，真实的大小获胜。",
  trueSize: "真实大小",
  sweep: "尝试所有大小",
  chart: "不同大小的卷积核在学过的与没见过的图片上的均方误差",
  shown: "学过的图片",
  heldOut: "没见过的图片",
  best: (size, trueSize) => `在没见过的图片上最好的是 ${size} × ${size}，真实大小是 ${trueSize} × ${trueSize}。`,
  moments: [
    "课本实验：从黑条学出 [1, −1]",
    "从噪声学 5 × 5 的核和偏置",
    "太小的核",
    "真实图片的相邻像素相似，学得更慢",
  ],
};

/** Texts of the stage. */
export const LEARN: Texts<typeof en> = { en, zh };
