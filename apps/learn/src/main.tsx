/**
 * Begins: shows the page, follows the address, and keeps everything for when there is no network.
 *
 * @module
 */

import { render } from "preact";
import { followAddress } from "./address.ts";
import { App } from "./app.tsx";
import { STAGE_IDS } from "./stage-ids.ts";

followAddress(STAGE_IDS);
render(<App />, document.getElementById("page")!);

if ("serviceWorker" in navigator && import.meta.env.PROD) {
  // After everything else: keeping the page must not delay it. Without it the page works, only not offline.
  addEventListener("load", () => void navigator.serviceWorker.register("./service-worker.js").catch(() => {}));
}
