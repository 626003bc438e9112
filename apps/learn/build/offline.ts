/**
 * The page works without a network once it was loaded: a service worker that keeps every file of the build. Its text is
 * `service-worker.js` with the list of the files, and a version that changes when any of them does, put in.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const TEMPLATE = fileURLToPath(new URL("service-worker.js", import.meta.url));
const ASSETS = fileURLToPath(new URL("assets", import.meta.url));

/** The plugin: adds `service-worker.js` to the build. */
export function offline(): Plugin {
  return {
    name: "offline",
    apply: "build",
    async generateBundle(_, bundle) {
      const hash = createHash("sha256");
      const files = new Set(["./", ...Object.keys(bundle).filter((name) => name !== "index.html")]);
      for (const [name, file] of Object.entries(bundle)) {
        hash.update(name).update(file.type === "chunk" ? file.code : file.source);
      }
      for (const name of (await readdir(ASSETS)).sort()) {
        files.add(name);
        hash.update(name).update(await readFile(join(ASSETS, name)));
      }
      const template = await readFile(TEMPLATE, "utf8");
      this.emitFile({
        type: "asset",
        fileName: "service-worker.js",
        source: template
          .replace('"VERSION"', JSON.stringify(hash.digest("hex").slice(0, 16)))
          .replace('["FILES"]', JSON.stringify([...files].sort())),
      });
    },
  };
}
