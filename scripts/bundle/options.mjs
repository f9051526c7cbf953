// How the Worker is bundled as it is deployed.
import { readFileSync } from "node:fs";
import path from "node:path";
import { declarations } from "./declarations.mjs";

const root = path.join(import.meta.dirname, "..", "..");
const slim = (file) => path.join(import.meta.dirname, file);

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

/** cel-js's operators check and evaluate; what parses asks for their names. */
const operators = {
  name: "names of operators",
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /cel-js[\\/]lib[\\/]operators\.js$/ }, ({ path: file }) => {
      const names = [...readFileSync(file, "utf8").matchAll(/^  '?([^' ]+?)'?: \{(?:\s*alias: '(\w+)')?/gm)].map(
        ([, name, alias]) => [name, alias ?? name],
      );
      const binary = ["!=", "==", "in", "+", "-", "*", "/", "%", "<", "<=", ">", ">="].map((name) => [name, name]);
      return {
        contents: `export const OPERATORS = {}; for (const [name, alias] of ${JSON.stringify([...names, ...binary])}) OPERATORS[name] = OPERATORS[alias] = { name };`,
      };
    });
    onResolve({ filter: /^\.\/registry\.js$/ }, ({ path: file, resolveDir }) =>
      resolveDir.includes("cel-js") ? { path: path.join(resolveDir, file), sideEffects: false } : null,
    );
  },
};

export const options = {
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
  plugins: [declarations, schemaless, operators],
  logLevel: "warning",
  logOverride: { "import-is-undefined": "error" },
};

export const terserOptions = {
  module: true,
  mangle: true,
  compress: { passes: 3, ecma: 2020, unsafe_arrows: true, pure_getters: true, keep_fargs: false, inline: 1 },
  format: { ecma: 2020 },
};
