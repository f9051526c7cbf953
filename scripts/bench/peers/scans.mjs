// Scans of the account behind its delay, by the Worker in a runtime of its own: the first, with everything new, and another.
import { makeOrganization } from "../organization.mjs";
import { startRuntime } from "../runtime.mjs";
import { connect } from "./account.mjs";
import { averageAtOnce, longestChain, mostAtOnce } from "./calls.mjs";
import { newConsumer } from "./consumer.mjs";
import { workerdOf } from "./process.mjs";

export const delayMs = 80;
/** Requests an invocation has under way at once. */
export const connections = 6;

async function startWorker(account) {
  const consumer = newConsumer();
  const runtime = await startRuntime({
    aws: { external: { address: `127.0.0.1:${account.front.port}`, http: {} } },
    around: "handed",
    services: { MESSAGES: consumer.service },
  });
  const worker = await runtime.mf.getWorker("cloudglass");
  consumer.start(worker);
  return { ...runtime, worker, consumer, organization: await makeOrganization(runtime.origin) };
}

/** One scan, from its first message to its end, and what it asked. */
async function scan({ organization, consumer }, account, accountId) {
  account.take();
  const missesBefore = account.front.misses();
  const { body } = await organization.call("POST", "/scans", { accountIds: [accountId] });
  const ran = await consumer.idle();
  const { data } = (await organization.call("GET", `/scans/${body.data.scans[0].id}`)).body;
  const { calls, sts } = account.take();
  return {
    scan: data,
    ran,
    asked: calls,
    calls: calls.length,
    stsCalls: sts.length,
    ms: ran.end - ran.start,
    chain: longestChain(calls),
    mostAtOnce: mostAtOnce(calls),
    averageAtOnce: averageAtOnce(calls, ran),
    misses: account.front.misses() - missesBefore,
  };
}

/** Takes the account out, and all that is kept of it, so that the next scan is a first one. */
async function disconnect({ organization, worker, db }, accountId) {
  await organization.call("DELETE", `/accounts/${accountId}`);
  for (let left = 1; left > 0;) {
    await worker.scheduled({ cron: "* * * * *" });
    ({ left } = await db.prepare("SELECT count(*) AS left FROM purges").first());
  }
}

/** Milliseconds of so many calls by so many invocations that do nothing else. */
async function floorOf({ origin }, calls, width) {
  const start = performance.now();
  const each = Math.ceil(calls / width);
  await Promise.all(Array.from({ length: width }, () => fetch(`${origin}/floor?calls=${each}`)));
  return { ms: performance.now() - start };
}

/** As fast as it goes: what is measured is not patience with AWS. */
const paceOf = (width, callsPerTask) => ({ tasksAtOnce: width, callsPerTask, requestsPerSecond: 100 });

/** A scan that asks moto itself, so that the front knows its answers; answers how many calls that took. */
export async function record(account) {
  const worker = await startWorker(account);
  try {
    return (await scan(worker, account, await connect(worker.organization, account, paceOf(1, 2_000)))).calls;
  } finally {
    await worker.stop();
  }
}

/** Twice as many tasks as run at once, but none of fewer calls than twenty, nor of more than the API takes. */
const callsPerTaskFor = (calls, width) => Math.min(2_000, Math.max(20, Math.ceil(calls / (2 * width))));

/**
 * `calls`: about how many a scan makes; of so many rounds the fastest is told. A scan that meets no delay goes before, so that
 * what tasks of this size ask is known, too.
 */
export async function scansAt(account, width, { calls, rounds }) {
  const worker = await startWorker(account);
  const { front } = account;
  const callsPerTask = callsPerTaskFor(calls, width);
  const pace = paceOf(width, callsPerTask);
  try {
    worker.consumer.atOnce(width);
    front.replay(true);
    front.delay(0);
    const before = await connect(worker.organization, account, pace);
    await scan(worker, account, before);
    await disconnect(worker, before);
    front.delay(delayMs);
    const process = workerdOf();
    const withCpu = async (work) => {
      const [cpuMs, waitedMs] = [process.cpuMs(), process.waitedMs()];
      const done = await work();
      return { ...done, cpuMs: process.cpuMs() - cpuMs, waitedMs: process.waitedMs() - waitedMs };
    };
    const floor = await withCpu(() => floorOf(worker, calls, width));
    const measured = [];
    for (let round = 0; round < rounds; round += 1) {
      const accountId = await connect(worker.organization, account, pace);
      const first = await withCpu(() => scan(worker, account, accountId));
      measured.push({ first, rescan: await withCpu(() => scan(worker, account, accountId)) });
      await disconnect(worker, accountId);
    }
    const [fastest] = measured.toSorted((one, other) => one.first.ms - other.first.ms);
    const errors = worker.logs.filter((line) => line.startsWith("error") || line.includes('"level":"error"'));
    return { width, callsPerTask, floor, peakMib: process.peakMib(), ...fastest, errors };
  } finally {
    await worker.stop();
  }
}
