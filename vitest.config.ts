import { execFileSync } from "node:child_process";
import path from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { OPERATOR_ACCESS_KEY_ID, OPERATOR_SECRET_ACCESS_KEY } from "./simulator/demo.ts";

const root = import.meta.dirname;
execFileSync(process.execPath, [path.join(root, "scripts/registry.mjs")]);
execFileSync(process.execPath, [path.join(root, "scripts/assets.mjs")]);

// wrangler.toml asks the environment for it.
const MASTER_KEYS = `1:${Buffer.alloc(32, 1).toString("base64")}`;
process.env["MASTER_KEYS"] = MASTER_KEYS;

interface Simulator {
  fetch(request: Request): Promise<Response>;
}

let started: Promise<Simulator> | null = null;

/** The simulated AWS account, from the first request to it on. */
async function simulator(): Promise<Simulator> {
  // safe: simulator/simulator.ts exports it.
  const module = (await import(path.join(root, "simulator/simulator.ts"))) as { createSimulator(): Simulator };
  return module.createSimulator();
}

export default defineConfig(async () => {
  return {
    plugins: [
      cloudflareTest({
        // The source itself, not what is built of it to be deployed.
        main: "./src/worker.ts",
        wrangler: { configPath: "./wrangler.toml" },
        miniflare: {
          // Lets tests call the queue and scheduled handlers of the entry point.
          compatibilityFlags: ["global_fetch_strictly_public", "service_binding_extra_handlers"],
          bindings: {
            // How much of the simulation runs; scripts/sim.mjs asks for all of it.
            SIMULATION: { seeds: 10, first: 1, stride: 97, ...JSON.parse(process.env["SIMULATION"] ?? "{}") },
            TEST_MIGRATIONS: await readD1Migrations(path.join(root, "migrations")),
            MASTER_KEYS,
            BOOTSTRAP_TOKEN: "bootstrap-token-for-tests",
            CORS_ORIGINS: "https://app.example.com,https://admin.example.com",
            WEBHOOKS_ALLOW_LOOPBACK: "true",
            ISSUER_URL: "https://cloudglass.test",
            EMAIL_FROM: "alerts@cloudglass.test",
            // A machine that is busy takes its time between opening a socket and sending the credential.
            WEBSOCKET_AUTH_TIMEOUT_SECONDS: "3",
            OPERATOR_ACCESS_KEY_ID,
            OPERATOR_SECRET_ACCESS_KEY,
          },
          // Miniflare's own: takes what it is sent, and puts it into files.
          email: { send_email: [{ name: "EMAIL" }] },
          serviceBindings: { AWS: async (request: Request) => (await (started ??= simulator())).fetch(request) },
          queueConsumers: {
            "scan-tasks": { maxBatchSize: 1, maxBatchTimeout: 0.02, maxRetries: 5, deadLetterQueue: "scan-tasks-dead" },
            deliveries: { maxBatchSize: 10, maxBatchTimeout: 0.02, maxRetries: 5, deadLetterQueue: "deliveries-dead" },
            alerts: { maxBatchSize: 1, maxBatchTimeout: 0.02, maxRetries: 5, deadLetterQueue: "alerts-dead" },
            "scan-tasks-dead": { maxBatchTimeout: 0.02 },
            "deliveries-dead": { maxBatchTimeout: 0.02 },
            "alerts-dead": { maxBatchTimeout: 0.02 },
          },
          // Whatever a test did not provide for is refused, not sent.
          outboundService: (request: Request) =>
            new Response(`unexpected ${request.method} ${request.url}`, { status: 599 }),
        },
      }),
    ],
    test: {
      include: ["test/**/*.test.ts"],
      setupFiles: ["./test/setup.ts"],
      // Tests share a worker's storage, and each makes an organization of its own: starting a runtime takes longer than most files.
      isolate: false,
      maxWorkers: 2,
      silent: "passed-only" as const,
      // They end what hangs; how long something takes is for benchmarks to say.
      testTimeout: 180_000,
      hookTimeout: 180_000,
      expect: { poll: { timeout: 60_000 } },
    },
  };
});
