// The Worker as it is deployed, in the runtime that wrangler brings, without the proxies of `wrangler dev`.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { unstable_getMiniflareWorkerOptions as optionsOf } from "wrangler";

export const root = path.join(import.meta.dirname, "..", "..");
const require = createRequire(import.meta.url);
const wranglerMain = require.resolve("wrangler");
// The copy wrangler uses: there must be no second workerd.
const {
  convertV4MiniflareOptions,
  Miniflare,
  NoOpLog,
  Response: AnyResponse,
} = createRequire(wranglerMain)("miniflare");

const quiet = {
  ...process.env,
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  CI: "1",
};

/** The class of answers that functions behind a service binding give. */
export { AnyResponse as BindingResponse };

/** Runs wrangler in the repository; answers what it printed. */
export function wrangler(...args) {
  const file = path.join(path.dirname(wranglerMain), "..", "bin", "wrangler.js");
  return execFileSync(process.execPath, [file, ...args], { cwd: root, env: quiet, encoding: "utf8", stdio: "pipe" });
}

/** A directory for the run; it is gone when the process ends. */
export const scratch = mkdtempSync(path.join(tmpdir(), "cloudglass-bench-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

/** The Worker as `wrangler deploy` would send it; answers its code. */
export function bundle(name, ...args) {
  const directory = path.join(scratch, name);
  wrangler("deploy", "--dry-run", "-c", "wrangler.toml", "--outdir", directory, ...args);
  return readFileSync(path.join(directory, "worker.js"), "utf8");
}

let built;
/** The minified bundle, made once. */
export const product = () => (built ??= bundle("minified"));

export const workerdVersion = () => createRequire(wranglerMain)("workerd/package.json").version;

/** One of the small Workers in `workers/`, bundled as they stand. */
function script(name) {
  const { buildSync } = createRequire(wranglerMain)("esbuild");
  const { outputFiles } = buildSync({
    entryPoints: [path.join(import.meta.dirname, "workers", `${name}.mjs`)],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    write: false,
  });
  return outputFiles[0].text;
}

const module = (name, contents) => ({ type: "ESModule", path: `/${name}.js`, contents });
const moduleOf = (name, contents) => ({ modules: [module(name, contents)], modulesRoot: "/" });

const entryAround = `import product from "./worker.js";
import { around } from "./around.js";
export { OrgGate, ScanFeed } from "./worker.js";
export default around(product);`;

/** The product, with one of the modules in `workers/` around it. */
const modulesAround = (name) => {
  const around = readFileSync(path.join(import.meta.dirname, "workers", `${name}.mjs`), "utf8");
  const modules = [module("entry", entryAround), module("around", around), module("worker", product())];
  return { modules, modulesRoot: "/" };
};

const direct = { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] };

/** Bindings, queues and variables of `wrangler.dev.toml`: those of production, with secrets that open nothing. */
function productOptions({ aws, around, services }) {
  const { workerOptions } = optionsOf(path.join(root, "wrangler.dev.toml"));
  const { assets: _, modulesRules: __, rootPath: ___, ...options } = workerOptions;
  return {
    ...options,
    ...direct,
    name: "cloudglass",
    ...(around ? modulesAround(around) : moduleOf("worker", product())),
    serviceBindings: { AWS: aws, ASSETS: asset, ...services },
  };
}

/** A Worker to compare with: `bindings` as miniflare names them. */
export const other = (name, compatibilityDate, bindings = {}) => ({
  ...direct,
  ...bindings,
  name,
  compatibilityDate,
  ...moduleOf(name, script(name)),
});

/**
 * Starts the product, and others beside it that share its database. `aws` answers its requests to AWS; `around` names a module
 * in `workers/` that stands around it, and `services` are what that one binds. Answers their origins, the database, what the
 * Worker logged, and `stop`.
 */
export async function startRuntime({ aws = refuse, around = null, services = {}, others = () => [] } = {}) {
  const main = productOptions({ aws, around, services });
  const workers = [main, ...others(main)];
  const logs = [];
  const keep = ({ level, message }) => (logs.length < 10_000 ? logs.push(`${level} ${message}`) : undefined);
  const mf = new Miniflare(
    convertV4MiniflareOptions({ workers, log: new NoOpLog(), cf: false, handleStructuredLogs: keep }),
  );
  await mf.ready;
  const db = await mf.getD1Database("DB", "cloudglass");
  await migrate(db);
  const names = workers.map(({ name }) => name);
  const urls = await Promise.all(names.map((name) => mf.unsafeGetDirectURL(name)));
  const origins = Object.fromEntries(names.map((name, at) => [name, urls[at].origin]));
  return { origin: origins.cloudglass, origins, db, mf, logs, stop: () => mf.dispose() };
}

/** A file of `assets/`, which the build has written. */
function asset({ url }) {
  const file = path.join(root, "assets", path.basename(new URL(url).pathname));
  return existsSync(file) ? new AnyResponse(readFileSync(file)) : new AnyResponse(null, { status: 404 });
}

const refuse = () => new AnyResponse("There is no AWS here.", { status: 503 });

async function migrate(db) {
  const directory = path.join(root, "migrations");
  for (const file of readdirSync(directory).toSorted()) {
    const text = readFileSync(path.join(directory, file), "utf8").replaceAll(/^--.*$/gm, "");
    const statements = text
      .split(/;\s*$/m)
      .map((one) => one.trim())
      .filter(Boolean);
    await db.batch(statements.map((one) => db.prepare(one)));
  }
}
