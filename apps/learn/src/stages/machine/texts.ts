/** What the stage says. */

import type { Texts } from "../../language.ts";

const en = {
  title: "Your machine",
  lead: [
    "Eight kernels of 3 × 3 on your picture, computed in several ways, here and now. All compute the *same sums*; how they go through memory, and how many numbers they take at once, makes the difference.",
    "And are they right? Each result is held against the exact one, number by number. 100 % is the largest error that rounding alone can cause: whoever stays below computes the same.",
  ],
  picture: "The picture",
  measure: "Measure",
  measuring: "Measuring …",
  contender: "way",
  time: "time",
  speed: "as fast as the loop",
  error: "error, of what rounding allows",
  names: {
    naive: "the loops of the definition",
    im2col: "im2col: a matrix product",
    tiled: "tiled: in registers",
    simd: "WebAssembly SIMD",
    "tfjs-cpu": "TensorFlow.js, backend cpu",
  },
  explanations: {
    naive: "A loop for each index of the formula.",
    im2col: "Windows become rows of a matrix.",
    tiled: "Several outputs at once, so that each number is read once for many.",
    simd: "Four numbers in one instruction, emitted for this very layer.",
    "tfjs-cpu": "Another library, to compare with.",
  },
  times: (factor: string) => `${factor} ×`,
  agree: "All agree with the exact result, as closely as rounding allows.",
  disagree: "One of them is further from the exact result than rounding allows.",
  uses: "Compute, prove, measure: these are the three uses of corr2d. The measurements next door compare it with other libraries on the layers of real networks.",
  moments: ["the photographer, 512 × 512", "the coins, 303 × 384"],
};

const zh: typeof en = {
  title: "你的机器",
  lead: [
    "8 个 3 × 3 的卷积核作用在你的图片上，此时此地用几种方法计算。它们算的是*同样的和*；差别在于怎样访问内存、一次处理几个数。",
    "算得对吗？每个结果都与精确值逐个比较。100 % 是舍入本身所能造成的最大误差：低于它的，算的就是同一个结果。",
  ],
  picture: "图片",
  measure: "测量",
  measuring: "正在测量……",
  contender: "方法",
  time: "时间",
  speed: "与循环相比的速度",
  error: "误差占舍入上限的比例",
  names: {
    naive: "定义式的循环",
    im2col: "im2col：矩阵乘法",
    tiled: "分块：用寄存器",
    simd: "WebAssembly SIMD",
    "tfjs-cpu": "TensorFlow.js 的 cpu 后端",
  },
  explanations: {
    naive: "公式中的每个下标一层循环。",
    im2col: "窗口变成矩阵的行。",
    tiled: "同时算几个输出，每个数读一次就用多次。",
    simd: "一条指令处理四个数，代码专为这一层生成。",
    "tfjs-cpu": "另一个库，用来比较。",
  },
  times: (factor) => `${factor} 倍`,
  agree: "全都与精确结果一致，误差不超过舍入所允许的。",
  disagree: "其中有一个偏离精确结果，超过了舍入所允许的。",
  uses: "计算、证明、测量：这就是 corr2d 的三种用途。旁边的测速报告用真实网络的层与其他库比较。",
  moments: ["摄影师，512 × 512", "硬币，303 × 384"],
};

/** Texts of the stage. */
export const MACHINE: Texts<typeof en> = { en, zh };
