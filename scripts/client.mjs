// `npm run client`: the types of a client from `docs/openapi.json`, and whether a program written against them compiles.
// `--lint` also holds the document against Redocly's rules. The generators are fetched by npx: nothing else needs them.
import { execFileSync } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { lint: { type: "boolean", default: false } } });

const root = path.join(import.meta.dirname, "..");
const document = path.join("docs", "openapi.json");
const schema = path.join("test", "client", "schema.d.ts");
const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
const options = { cwd: root, stdio: "inherit" };

try {
  if (values.lint) execFileSync("npx", ["-y", "@redocly/cli@2.77.0", "lint", document], options);
  // It works on the syntax tree of TypeScript 5, which the compiler of this repository no longer has.
  const generator = ["-y", "-p", "typescript@5.9.3", "-p", "openapi-typescript@7.13.0"];
  execFileSync("npx", [...generator, "openapi-typescript", document, "-o", schema], options);
  execFileSync(process.execPath, [tsc, "--noEmit", "-p", path.join("test", "client", "tsconfig.json")], options);
  console.log(`${schema} is written, and test/client compiles.`);
} catch (error) {
  process.exit(error.status ?? 1);
}
