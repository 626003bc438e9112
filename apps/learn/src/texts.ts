/**
 * What the frame of the page and its shared parts say.
 *
 * @module
 */

import type { Texts } from "./language.ts";

const en = {
  title: "corr2d: convolution, understood",
  subtitle: "convolution, understood",
  skip: "Skip to the stage",
  stages: "Stages",
  language: "Language",
  misunderstood: (names: string) =>
    `The link asks for something that cannot be (${names}); what is shown instead is the usual.`,
  notLoaded: (error: string) => `This stage could not be loaded: ${error}`,
  footer:
    "Everything is computed in your browser by corr2d; no picture leaves it. The [measurements](./benchmarks/) and the [reference](./reference/) are next door.",
  call: "The call",
  copy: "Copy",
  copied: "Copied",
  tryThis: "Try",
  picture: "Picture",
  ownPicture: "your own",
  openFile: "Open a file …",
  camera: "Camera",
  stopCamera: "Stop the camera",
  cameraRate: (rate: string) => `${rate} frames a second`,
  paste: "You can also paste a picture or drop one here. It stays on this machine.",
  noCamera: (error: string) => `The camera cannot be used: ${error}. Choose a sample or open a file instead.`,
  cameraRefused:
    "The camera was refused. Allow it in the browser's settings of this page, choose a sample, or open a file.",
  cameraMissing: "There is no camera on this machine. Choose a sample or open a file.",
  noPicture: "This file is no picture that the browser can read. Try a PNG, JPEG or WebP.",
  samples: { chelsea: "a cat", coins: "coins", camera: "a photographer", astronaut: "an astronaut" },
};

const zh: typeof en = {
  title: "corr2d：看懂卷积",
  subtitle: "看懂卷积",
  skip: "跳到正文",
  stages: "各个环节",
  language: "语言",
  misunderstood: (names) => `链接里有无法理解的内容（${names}），已用默认值代替。`,
  notLoaded: (error) => `这一环节无法加载：${error}`,
  footer:
    "所有计算都由 corr2d 在你的浏览器里完成，图片不会离开本机。旁边还有[测速报告](./benchmarks/)和[参考手册](./reference/)。",
  call: "对应的调用",
  copy: "复制",
  copied: "已复制",
  tryThis: "试一试",
  picture: "图片",
  ownPicture: "你的图片",
  openFile: "打开文件……",
  camera: "摄像头",
  stopCamera: "关闭摄像头",
  cameraRate: (rate) => `每秒 ${rate} 帧`,
  paste: "也可以粘贴图片，或把图片拖到这里。图片只留在本机。",
  noCamera: (error) => `无法使用摄像头：${error}。请改选示例图片或打开文件。`,
  cameraRefused: "摄像头被拒绝。请在浏览器设置中允许本页使用摄像头，或改选示例图片、打开文件。",
  cameraMissing: "这台机器没有摄像头。请改选示例图片或打开文件。",
  noPicture: "浏览器无法读取这个文件。请换一张 PNG、JPEG 或 WebP 图片。",
  samples: { chelsea: "猫", coins: "硬币", camera: "摄影师", astronaut: "宇航员" },
};

/** Texts of the frame. */
export const FRAME: Texts<typeof en> = { en, zh };
