// Builds the Worker as it is deployed, `dist/worker.js`: bundled by esbuild without what only describes the API and without what of
// libraries does not run, and minified by terser. wrangler uploads it as it stands. docs/decisions/0009-a-slim-bundle.md.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { minify } from "terser";
import { deadMembers } from "./bundle/dead-members.mjs";
import { options, terserOptions } from "./bundle/options.mjs";

await import("./registry.mjs");
await import("./assets.mjs");

const { outputFiles } = await build({ ...options, plugins: [...options.plugins, await deadMembers(options)] });
const { code } = await minify(outputFiles[0].text, terserOptions);
const dist = path.join(import.meta.dirname, "..", "dist");
mkdirSync(dist, { recursive: true });
writeFileSync(path.join(dist, "worker.js"), code);
