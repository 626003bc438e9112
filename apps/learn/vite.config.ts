import { defineConfig, type UserConfig } from "vite";
import { mathml } from "./build/mathml.ts";
import { offline } from "./build/offline.ts";

/** Core is bundled from its source, as all tests read it. */
const conditions = ["@corr2d/source", "module", "browser", "production"];

const config: UserConfig = defineConfig({
  // Pages may serve the site from any folder.
  base: "./",
  resolve: { conditions },
  plugins: [mathml(), offline()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es" },
  publicDir: "build/assets",
  build: {
    target: "es2022",
    // TensorFlow.js is large, and loaded only where it is measured.
    chunkSizeWarningLimit: 1000,
    modulePreload: { polyfill: false },
    // Everything is a file of its own: the policy of the page allows no data in scripts and styles.
    assetsInlineLimit: 0,
  },
});
export default config;
