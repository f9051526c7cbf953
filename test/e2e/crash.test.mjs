// The process dies in the middle of a scan, at different moments: the scan ends once, and finds what it would have found.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { all, findingSet, hasEnded, setUp, startScan } from "./support/api.mjs";
import { passMinutes, rowsOf } from "./support/database.mjs";
import { startReceiver } from "./support/receiver.mjs";
import { eventually, killAll, newState, startRuntime, tick } from "./support/runtime.mjs";
import { watch } from "./support/socket.mjs";

const port = 8801;
const delayMs = 60;
/** Whoever held a task is taken for dead after 15 minutes (`leaseMs` of a task). */
const leaseMinutes = 15;

/** What a scan left, in words that do not depend on the organization. */
async function outcome({ api }, scanId) {
  const scan = (await api("GET", `/scans/${scanId}`)).data;
  const resources = await all(api, "/resources");
  const counts = (await api("GET", "/findings/stats")).data;
  const { status, resourcesDiscovered, resourcesAdded, resourcesChanged, resourcesRemoved } = scan;
  const { findingsNew, findingsReopened, findingsResolved } = scan;
  return {
    findings: await findingSet(api),
    resources: resources
      .map(({ resourceType, region, arn, name }) => [resourceType, region, arn ?? name].join(" | "))
      .toSorted(),
    scan: {
      status,
      resourcesDiscovered,
      resourcesAdded,
      resourcesChanged,
      resourcesRemoved,
      findingsNew,
      findingsReopened,
      findingsResolved,
    },
    counts: { byStatus: counts.byStatus, bySeverity: counts.bySeverity, byType: counts.byType },
  };
}

/** Occurrences that were told of: a repetition has the same `webhook-id`. */
const occurrences = (receiver, prefix) => {
  const told = receiver.received.map(({ headers, body }) => ({ id: headers["webhook-id"], ...JSON.parse(body) }));
  return new Map(told.filter(({ event }) => event.startsWith(prefix)).map((one) => [one.id, one]));
};

/** Finding ids, as often as they were told; several findings share an event. */
const findingsTold = (receiver) =>
  [...occurrences(receiver, "finding.").values()].flatMap(({ data }) => data.findings.map(({ id }) => id));

const finished = (demo, scanId) =>
  eventually(`the end of scan ${scanId}`, async () => hasEnded((await demo.api("GET", `/scans/${scanId}`)).data));

const receivers = [];

/** An organization in a state directory of its own, with a webhook for everything, and a scan that has just begun. */
async function begin(name) {
  const state = newState(name);
  const runtime = await startRuntime({ port, state, delayMs });
  const receiver = await startReceiver();
  receivers.push(receiver);
  const demo = await setUp(runtime.origin);
  await demo.api("POST", "/webhooks", { url: receiver.url, events: ["scan.*", "finding.*"] });
  const scan = await startScan(demo);
  const socket = await watch(demo, scan.id);
  return { state, runtime, receiver, demo, scan, socket };
}

describe("a killed scan", { timeout: 300_000 }, () => {
  let undisturbed;

  afterEach(killAll);
  after(() => Promise.all(receivers.map((receiver) => receiver.close())));

  before(async () => {
    const { runtime, receiver, demo, scan, socket } = await begin("undisturbed");
    await socket.until(({ type }) => type === "complete");
    undisturbed = await outcome(demo, scan.id);
    await eventually("all events", () => findingsTold(receiver).length >= undisturbed.findings.length);
    await runtime.kill();
    assert.ok(undisturbed.findings.length > 50);
  });

  /** Percentages at which everything is killed, one after the other in the same scan. */
  const kills = [[0], [20], [40], [70], [90], [10, 50, 88]];
  for (const percents of kills) {
    test(`at ${percents.join(" %, then at ")} %`, async (t) => {
      const { state, receiver, demo, scan, ...begun } = await begin(`killed-${percents.join("-")}`);
      let { runtime, socket } = begun;
      let seen = [];
      for (const percent of percents) {
        await socket.until((frame) => (frame.scan ?? frame).percent >= percent || frame.type === "complete");
        await runtime.kill();
        await socket.closed;
        seen = [...seen, ...socket.frames.filter(({ seq }) => seq)];
        const [{ left }] = rowsOf(
          state,
          "SELECT count(*) AS left FROM scan_tasks WHERE state IN ('queued', 'running')",
        );
        t.diagnostic(`killed at ${seen.at(-1)?.percent ?? 0} %, ${left} tasks unfinished`);
        passMinutes(state, leaseMinutes + 1);
        runtime = await startRuntime({ port, state, delayMs });
        socket = await watch(demo, scan.id);
        await socket.until(({ type }) => type === "sync");
        socket.send({ type: "resume", scanId: scan.id, seq: seen.at(-1)?.seq ?? 0 });
        const pastLease = new Date(Date.now() + (leaseMinutes + 1) * 60_000);
        assert.deepEqual(await tick(runtime.origin, pastLease), { outcome: "ok", noRetry: false });
      }
      await finished(demo, scan.id);

      assert.deepEqual(await outcome(demo, scan.id), undisturbed);
      const scans = await all(demo.api, "/scans");
      assert.deepEqual(
        scans.map(({ id, status }) => ({ id, status })),
        [{ id: scan.id, status: "complete" }],
      );
      const told = undisturbed.findings.length;
      await eventually(
        "all events",
        () => findingsTold(receiver).length >= told && receiver.events("scan.completed").length > 0,
      );
      // Whatever comes late or again comes while another tick passes.
      await tick(runtime.origin);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      assert.equal(occurrences(receiver, "scan.completed").size, 1);
      assert.equal(receiver.events("scan.completed").length, 1);
      assert.equal(occurrences(receiver, "scan.").size, 2);
      assert.equal(findingsTold(receiver).length, told);
      assert.equal(new Set(findingsTold(receiver)).size, told);

      const end = await socket.until(
        ({ type, scan: state }) => type === "complete" || (type === "sync" && state.completedAt),
      );
      assert.equal(end.status ?? end.scan.status, "complete");
      const numbers = [...seen, ...socket.frames.filter(({ seq }) => seq)].map(({ seq }) => seq);
      assert.ok(
        numbers.every((seq, index) => index === 0 || seq > numbers[index - 1]),
        `seq: ${numbers}`,
      );

      await runtime.kill();
      assert.deepEqual(rowsOf(state, "SELECT id, state FROM scan_tasks"), []);
      assert.deepEqual(rowsOf(state, "SELECT id, status FROM scans WHERE active = 1"), []);
      assert.deepEqual(rowsOf(state, "SELECT id, status FROM deliveries WHERE status <> 'delivered'"), []);
    });
  }

  test("a task whose holder died is nobody's until its lease has ended", async () => {
    const { state, runtime, demo, scan, socket } = await begin("early");
    await socket.until(({ percent }) => percent >= 40);
    await runtime.kill();
    const again = await startRuntime({ port, state, delayMs });
    await tick(again.origin);
    const left = () => demo.api("GET", `/scans/${scan.id}`).then(({ data }) => data.status);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    assert.equal(await left(), "running");
    await again.kill();
    const held = rowsOf(state, "SELECT id, attempts FROM scan_tasks WHERE state = 'running'");
    assert.equal(held.length, 1);
    assert.equal(held[0].attempts, 1);
  });
});
