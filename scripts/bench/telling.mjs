// From an event to the first attempt of telling a webhook about it.
import { once } from "node:events";
import { createServer } from "node:http";
import { quantile } from "./client.mjs";
import { makeOrganization } from "./organization.mjs";
import { newGroup } from "./report.mjs";
import { startRuntime } from "./runtime.mjs";
import { connectAccount, scan, startSimulator } from "./simulator.mjs";

const awsAccountId = "222233335555";
const resources = 100;
const p95MaxMs = 2_000;
const settleMs = 2_000;

/** Answers 204 to everything; keeps how long after its event each first attempt came. */
async function startReceiver() {
  const delays = new Map();
  const names = new Map();
  const server = createServer(async (request, response) => {
    const received = Date.now();
    const parts = [];
    for await (const part of request) parts.push(part);
    response.writeHead(204).end();
    const { id, event, createdAt } = JSON.parse(Buffer.concat(parts).toString());
    if (delays.has(id)) return;
    delays.set(id, received - Date.parse(createdAt));
    names.set(event, [...(names.get(event) ?? []), received - Date.parse(createdAt)]);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${server.address().port}/`, delays, names, stop: () => server.close() };
}

const sorted = (numbers) => [...numbers].toSorted((a, b) => a - b);
const row = (name, delays) => [name, delays.length, quantile(delays, 0.5), quantile(delays, 0.95), delays.at(-1)];

export async function measureTelling({ events }) {
  const { group, table, atMost } = newGroup("telling", "Telling");
  const simulator = startSimulator();
  const receiver = await startReceiver();
  const runtime = await startRuntime({ aws: simulator.aws });
  try {
    const organization = await makeOrganization(runtime.origin);
    const accountId = await connectAccount(organization, simulator, awsAccountId, { resources });
    await organization.call("POST", "/webhooks", { url: receiver.url, events: ["*"] });
    for (let generation = 1; receiver.delays.size < events; generation += 1) {
      await simulator.arrange(awsAccountId, { generation });
      await scan(organization, accountId);
      if (generation > events) throw new Error(`Only ${receiver.delays.size} events were told of ${generation} scans`);
    }
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const all = sorted(receiver.delays.values());
    const rows = [...receiver.names].map(([name, delays]) => row(name, sorted(delays)));
    table(
      "Milliseconds from an event's `createdAt` to the first attempt.",
      ["event", "told", "p50", "p95", "longest"],
      [...rows, row("all", all)],
    );
    atMost("first attempt, ms at the 95th percentile", quantile(all, 0.95), p95MaxMs);
    return group;
  } finally {
    await runtime.stop();
    receiver.stop();
  }
}
