export { nodeProject as default } from "../../vitest.shared.ts";
