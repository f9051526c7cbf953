// What collecting takes of memory: everything of an account is listed, described, judged and compared in a process of its own
// whose heap is bounded, the account being another process's (scripts/bench/collector.mjs).
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { createSimulator } from "../../simulator/simulator.ts";
import { newGroup } from "./report.mjs";

const run = promisify(execFile);
const awsAccountId = "222233334444";
const keys = { accessKeyId: "AKIABENCHMARK0000001", secretAccessKey: "secret-of-a-simulated-account" };
const regions = ["eu-west-1", "us-east-1", "eu-central-1"];
const mib = (bytes) => bytes / 2 ** 20;
/** Node has `toHex` of byte arrays, which workerd has, behind a flag. */
const flags = ["--expose-gc", "--js-base-64"];
/** A queue's consumer may use five minutes of CPU where wrangler.toml says so, thirty seconds where it does not. */
const cpuMaxS = 30;
/** What a collecting process may take beside what it takes of an empty account. */
const extraMib = 64;

/** The simulated account behind a port, the host a request was for in a header. */
async function serve() {
  const simulator = createSimulator();
  const server = createServer(async (request, response) => {
    const chunks = await Array.fromAsync(request);
    const { "x-host": host = "simulator.internal", connection: _, ...headers } = request.headers;
    delete headers["content-length"];
    delete headers["transfer-encoding"];
    const body = request.method === "GET" ? undefined : Buffer.concat(chunks);
    const said = await simulator.fetch(
      new Request(`https://${host}${request.url}`, { method: request.method, headers: { ...headers, host }, body }),
    );
    response.writeHead(said.status, Object.fromEntries(said.headers));
    response.end(Buffer.from(await said.arrayBuffer()));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const arrange = (settings) =>
    simulator.fetch(
      new Request(`https://simulator.internal/accounts/${awsAccountId}`, {
        method: "PUT",
        body: JSON.stringify({ ...keys, regions, ...settings }),
      }),
    );
  return { origin: `http://127.0.0.1:${server.address().port}`, arrange, stop: () => server.close() };
}

const factFolder = path.join(tmpdir(), `cloudglass-facts-${process.pid}`);
/** A Worker has 128 MB. */
const workerMib = 128;

/** The second wave over all that was kept, in a process as large as a Worker may be. */
async function judgeAll() {
  const script = path.join(import.meta.dirname, "second-wave.mjs");
  const bound = `--max-old-space-size=${workerMib}`;
  const { stdout } = await run(process.execPath, [bound, ...flags, script, factFolder, awsAccountId]);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

async function collect({ origin }, heapMib) {
  const script = path.join(import.meta.dirname, "collector.mjs");
  rmSync(factFolder, { recursive: true, force: true });
  mkdirSync(factFolder);
  const bound = heapMib === undefined ? [] : [`--max-old-space-size=${heapMib}`];
  const { stdout } = await run(
    process.execPath,
    [
      ...bound,
      ...flags,
      script,
      origin,
      awsAccountId,
      regions.join(","),
      keys.accessKeyId,
      keys.secretAccessKey,
      factFolder,
    ],
    { maxBuffer: 2 ** 24 },
  );
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

export async function measureMemory({ collected }) {
  const { group, table, atMost, exactly } = newGroup("memory", "Collecting");
  const server = await serve();
  try {
    await server.arrange({ resources: 0 });
    const empty = await collect(server);
    const base = Math.ceil(mib(empty.heapLeft));
    const rows = [];
    const waves = [];
    for (const resources of collected) {
      await server.arrange({ resources });
      const heapMib = base + extraMib;
      const startedAt = performance.now();
      // A process that needs more dies, and the measurement with it.
      const one = await collect(server, heapMib);
      const seconds = (performance.now() - startedAt) / 1_000;
      rows.push([
        resources,
        one.tasks,
        one.calls,
        one.mostResources,
        one.mostCalls,
        one.longestRow / 1024,
        mib(one.heapPeak),
        heapMib,
        one.mostCpuMs / 1_000,
        one.cpuMs / 1_000,
        seconds,
      ]);
      const kept = mib(
        readdirSync(factFolder).reduce((sum, file) => sum + statSync(path.join(factFolder, file)).size, 0),
      );
      const wave = await judgeAll();
      waves.push([resources, kept, wave.judged, wave.fail, wave.unknown, wave.cpuMs / 1_000, mib(wave.heapPeak)]);
      atMost("CPU of one task, s", one.mostCpuMs / 1_000, cpuMaxS, `${resources} resources`);
      atMost("CPU of the second wave, s", wave.cpuMs / 1_000, cpuMaxS, `${resources} resources`);
      atMost("heap of the second wave, MiB", mib(wave.heapPeak), workerMib, `${resources} resources`);
      exactly(
        `every resource is collected under a heap bound of the empty account's and ${extraMib} MiB`,
        one.resources,
        resources,
        `${resources} resources`,
      );
      atMost("AWS calls of one task", one.mostCalls, 300 + 60, `${resources} resources`);
      atMost("resources of one task", one.mostResources, 20_000 + 6_000, `${resources} resources`);
      atMost("a task's row, KiB", one.longestRow / 1024, 1_536, `${resources} resources`);
    }
    table(
      `Collecting without storing, in Node with a heap of ${base} MiB (what an empty account takes) and ${extraMib} MiB.`,
      [
        "resources",
        "tasks",
        "AWS calls",
        "most resources",
        "most calls",
        "longest row, KiB",
        "heap peak, MiB",
        "bound, MiB",
        "most CPU, s",
        "CPU, s",
        "seconds",
      ],
      rows,
    );
    table(
      `Judging across services what was kept, place by place, in one process of ${workerMib} MiB.`,
      ["resources", "kept, MiB", "verdicts", "fail", "unknown", "CPU, s", "heap peak, MiB"],
      waves,
    );
    return group;
  } finally {
    rmSync(factFolder, { recursive: true, force: true });
    server.stop();
  }
}
