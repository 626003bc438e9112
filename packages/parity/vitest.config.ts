import type { ViteUserConfig } from "vitest/config";
import { nodeProject } from "../../vitest.shared.ts";

const config: ViteUserConfig = { ...nodeProject, test: { ...nodeProject.test, name: "parity" } };
export default config;
