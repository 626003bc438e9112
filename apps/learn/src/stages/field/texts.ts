/** What the stage says. */

import type { Texts } from "../../language.ts";

const en = {
  title: "Receptive field",
  lead: [
    "One kernel sees little. But a cell of the second layer sees cells of the first, each of which sees a window of the picture: with every layer the *receptive field* grows. Strides multiply its growth: the product in the formula goes over the layers before, and is 1 for the first.",
    "What a cell could see, and what it does see, are two things. The figure shows the gradient of one output cell with respect to every pixel: many paths lead to it from the middle of the field, few from its rim, one from a corner.",
  ],
  layers: "Layers, from the picture to the output",
  layer: (n: number) => `Layer ${n}`,
  kernel: "kernel",
  stride: "stride",
  dilation: "dilation",
  sees: (side: number) => `sees ${side} × ${side}`,
  add: "Add a layer",
  remove: "Remove the last",
  weights: "Weights",
  kinds: { equal: "all alike", random: "random" },
  map: "Gradient of the middle output cell with respect to each pixel",
  theory: "receptive field r",
  seen: "side where the gradient is not 0",
  effective: "side that counts: √ of the number of cells with more than 4.55 % of the largest (Luo and others, 2016)",
  moments: [
    "two layers of 3 × 3 see as much as one of 5 × 5",
    "five layers of 3 × 3: most of the field hardly counts",
    "strides of 2 make it grow fast",
    "dilation without a plan leaves holes",
  ],
};

const zh: typeof en = {
  title: "感受野",
  lead: [
    "一个卷积核看到的很少。但第二层的单元看第一层的单元，而后者各自看图片的一个窗口：每多一层，*感受野*就变大，步幅还使它成倍增长：公式中的连乘遍及前面各层，对第一层为 1。",
    "能看到的和真正看到的是两回事。下图是一个输出单元对每个像素的梯度：从感受野中央出发的路径很多，边缘的很少，角上只有一条。",
  ],
  layers: "从图片到输出的各层",
  layer: (n) => `第 ${n} 层`,
  kernel: "核",
  stride: "步幅",
  dilation: "膨胀",
  sees: (side) => `看到 ${side} × ${side}`,
  add: "加一层",
  remove: "去掉最后一层",
  weights: "权重",
  kinds: { equal: "全都相同", random: "随机" },
  map: "中央输出单元对每个像素的梯度",
  theory: "感受野 r",
  seen: "梯度不为 0 的边长",
  effective: "起作用的边长：超过最大值 4.55 % 的单元数的平方根（Luo 等，2016）",
  moments: [
    "两层 3 × 3 与一层 5 × 5 看得一样远",
    "五层 3 × 3：感受野的大部分几乎不起作用",
    "步幅 2 使它迅速变大",
    "随意的膨胀会留下空洞",
  ],
};

/** Texts of the stage. */
export const FIELD: Texts<typeof en> = { en, zh };
