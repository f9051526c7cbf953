// The local runtime: wrangler dev with D1, KV, Durable Objects and Queues, and the simulated AWS account beside it.
import { execFileSync, spawn } from "node:child_process";
import path from "node:path";

const root = path.join(import.meta.dirname, "..", "..");
const wrangler = path.join(root, "node_modules", "wrangler", "bin", "wrangler.js");
const environment = {
  ...process.env,
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  CI: "1",
};

/** Brings the local database up to date. */
export function applyMigrations(state) {
  const args = ["d1", "migrations", "apply", "DB", "--local", "--persist-to", state, "-c", "wrangler.dev.toml"];
  try {
    execFileSync(process.execPath, [wrangler, ...args], { cwd: root, env: environment, stdio: "pipe" });
  } catch (error) {
    throw new Error(`The local database could not be made:\n${error.stdout ?? ""}${error.stderr ?? ""}`, {
      cause: error,
    });
  }
}

/** Starts it and waits until it answers. `stop(code)` ends it and this process. */
export async function startRuntime({ port, state }) {
  const args = ["dev", "-c", "wrangler.dev.toml", "-c", "simulator/wrangler.toml", "--port", String(port)];
  const quiet = ["--inspector-port", "0", "--show-interactive-dev-session=false", "--log-level=error"];
  const child = spawn(process.execPath, [wrangler, ...args, "--persist-to", state, ...quiet], {
    cwd: root,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => (output = (output + data).slice(-20_000)));
  const origin = `http://127.0.0.1:${port}`;
  let stopping = false;
  const stop = async (code = 0) => {
    if (stopping) return;
    stopping = true;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5_000))]);
    process.exit(code);
  };
  child.once("exit", () => {
    if (stopping) return;
    console.error(output || "The local runtime ended.");
    process.exit(1);
  });
  await answers(`${origin}/health`, () => output);
  everyMinute(origin);
  return { origin, stop };
}

/** Crons do not fire by themselves in the local runtime: this is their clock. */
function everyMinute(origin) {
  const timer = setInterval(() => {
    const url = `${origin}/cdn-cgi/local/scheduled?cron=${encodeURIComponent("* * * * *")}`;
    fetch(url)
      .then((answer) => answer.body?.cancel())
      .catch(() => {});
  }, 60_000);
  timer.unref();
}

async function answers(url, output) {
  const until = Date.now() + 300_000;
  while (Date.now() < until) {
    try {
      const answer = await fetch(url);
      await answer.body?.cancel();
      if (answer.ok) return;
    } catch {
      // Not up yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`The local runtime did not answer within five minutes.\n${output()}`);
}
