// The local runtime as `npm start` has it, as processes that can be killed: wrangler, workerd, and the simulated AWS account.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { applyMigrations } from "../../../scripts/start/runtime.mjs";

const root = path.join(import.meta.dirname, "..", "..", "..");
const wrangler = path.join(root, "node_modules", "wrangler", "bin", "wrangler.js");
const environment = {
  ...process.env,
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  CI: "1",
};
// A test run tells its children so, and wrangler need not know.
delete environment.NODE_TEST_CONTEXT;

const scratch = mkdtempSync(path.join(tmpdir(), "cloudglass-e2e-"));
const groups = new Set();

/** Whatever happens, nothing of ours goes on running and nothing is left behind. */
process.on("exit", () => {
  killAll();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

/** Ends every runtime of this test file at once. */
export function killAll() {
  for (const group of groups) killGroup(group);
}

function killGroup(group) {
  groups.delete(group);
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

let template;

/** A state directory of its own, with an up-to-date and empty database. */
export function newState(name) {
  if (!template) {
    template = path.join(scratch, "template");
    applyMigrations(template);
  }
  const state = path.join(scratch, name);
  cpSync(template, state, { recursive: true });
  return state;
}

/** A configuration of ours with another entry than its own; what else it names stays where it is. */
function configWith(file, name, main, more = "") {
  const own = path.join(root, file);
  const toml = readFileSync(own, "utf8")
    .replace(/^main = .*$/m, `main = ${JSON.stringify(path.join(import.meta.dirname, main))}`)
    .replaceAll('"./', `"${path.dirname(own)}/`);
  const target = path.join(scratch, name, "wrangler.toml");
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, `${toml}${more}`);
  return target;
}

/** `simulator/wrangler.toml`, with a delay before each answer. */
function simulatorConfig(delayMs) {
  if (delayMs === 0) return path.join(root, "simulator", "wrangler.toml");
  const more = `\n[vars]\nDELAY_MS = ${delayMs}\n`;
  return configWith("simulator/wrangler.toml", `simulator-${delayMs}`, "slow-simulator.mjs", more);
}

let overheard;

/** Cloudglass, printing every message that its queues deliver. */
export const overheardConfig = () => (overheard ??= configWith("wrangler.dev.toml", "overheard", "overheard.mjs"));

/** Cloudglass as it is deployed: `dist/worker.js`, which must have been built. */
export function builtConfig() {
  const source = readFileSync(path.join(root, "wrangler.dev.toml"), "utf8");
  const toml = source
    .replace(/^main = .*$/m, `main = ${JSON.stringify(path.join(root, "dist", "worker.js"))}\nno_bundle = true`)
    .replace(/\[build\]\n(?:.+\n)*/, "")
    .replaceAll('"./', `"${root}/`);
  const target = path.join(scratch, "built", "wrangler.toml");
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, toml);
  return target;
}

/**
 * Starts it (`config`), with what stands in for AWS (`awsConfig`) beside it, and waits until it answers. `kill()` is `kill -9` of wrangler
 * and workerd at once; nothing gets to say goodbye. `log()` is what was printed.
 */
export async function startRuntime({
  port,
  state,
  delayMs = 0,
  config = process.env.E2E_BUILT ? builtConfig() : "wrangler.dev.toml",
  awsConfig = simulatorConfig(delayMs),
}) {
  const configs = ["-c", config, "-c", awsConfig];
  const quiet = ["--inspector-port", "0", "--show-interactive-dev-session=false", "--log-level=log"];
  const args = [wrangler, "dev", ...configs, "--port", String(port), "--persist-to", state, ...quiet];
  // A process group of its own: workerd and the bundler are in it.
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  groups.add(child.pid);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  const ended = new Promise((resolve) => {
    child.once("exit", resolve);
  });
  const origin = `http://127.0.0.1:${port}`;
  const kill = async () => {
    killGroup(child.pid);
    await ended;
  };
  await answers(origin, () => output, child);
  return { origin, kill, log: () => output };
}

async function answers(origin, output, child) {
  const until = Date.now() + 300_000;
  while (Date.now() < until && child.exitCode === null) {
    try {
      const answer = await fetch(`${origin}/health`);
      await answer.body?.cancel();
      if (answer.ok) return;
    } catch {
      // Not up yet.
    }
    await sleep(100);
  }
  throw new Error(`The local runtime did not answer.\n${output()}`);
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until `look` answers something; throws what was being waited for. */
export async function eventually(what, look, { timeoutMs = 120_000, everyMs = 100 } = {}) {
  const until = Date.now() + timeoutMs;
  while (Date.now() < until) {
    const seen = await look();
    if (seen) return seen;
    await sleep(everyMs);
  }
  throw new Error(`Not within ${timeoutMs} ms: ${what}`);
}

/** One tick of the cron job, at a time of our choosing. */
export async function tick(origin, at = new Date()) {
  const query = new URLSearchParams({ cron: "* * * * *", time: String(at.getTime()), format: "json" });
  const answer = await fetch(`${origin}/cdn-cgi/local/scheduled?${query}`);
  return answer.json();
}
