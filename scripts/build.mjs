// Builds the Worker as it is deployed, `dist/worker.js`: bundled by esbuild without what only describes the API (that is written
// into assets/openapi.json), and minified by terser. wrangler uploads it as it stands. docs/decisions/0009-a-slim-bundle.md.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { minify } from "terser";
import { withoutDescriptions } from "./bundle/descriptions.mjs";

const root = path.join(import.meta.dirname, "..");
await import("./registry.mjs");
await import("./assets.mjs");

const slim = (file) => path.join(root, "scripts", "bundle", file);

/** Where bodies and endpoints are declared. */
const declarations = /src[\\/](modules|http)[\\/].*\.ts$/;
const describing = {
  name: "without descriptions",
  setup({ onLoad }) {
    onLoad({ filter: declarations }, ({ path: file }) => ({
      contents: withoutDescriptions(readFileSync(file, "utf8")),
      loader: "ts",
    }));
  },
};

/** zod writes JSON Schema for whoever asks; here the build has asked already. */
const schemaless = {
  name: "without JSON Schema",
  setup({ onLoad }) {
    onLoad({ filter: /zod[\\/]v4[\\/]core[\\/](json-schema-processors|to-json-schema)\.js$/ }, ({ path: file }) => ({
      contents: [...readFileSync(file, "utf8").matchAll(/^export (?:const|function) (\w+)/gm)]
        .map(([, name]) => `export const ${name} = () => {};`)
        .join("\n"),
      loader: "js",
    }));
  },
};

const { outputFiles } = await build({
  entryPoints: [path.join(root, "src", "worker.ts")],
  bundle: true,
  write: false,
  minify: true,
  format: "esm",
  target: "es2024",
  conditions: ["workerd", "worker", "browser"],
  external: ["cloudflare:*", "node:*"],
  alias: {
    zod: slim("zod.js"),
    "@hono/zod-openapi": slim("zod-openapi.js"),
    "@marcbachmann/cel-js": slim("cel.js"),
  },
  plugins: [describing, schemaless],
  logLevel: "warning",
});
const { code } = await minify(outputFiles[0].text, {
  module: true,
  mangle: true,
  compress: { passes: 3, ecma: 2020, unsafe_arrows: true, pure_getters: true },
  format: { ecma: 2020 },
});
mkdirSync(path.join(root, "dist"), { recursive: true });
writeFileSync(path.join(root, "dist", "worker.js"), code);
