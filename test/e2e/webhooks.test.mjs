// What a receiver of webhooks gets, checked with the reference implementation of Standard Webhooks.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { all, hasEnded, setUp, startScan } from "./support/api.mjs";
import { passMinutes, rowsOf } from "./support/database.mjs";
import { startReceiver } from "./support/receiver.mjs";
import { eventually, killAll, newState, sleep, startRuntime, tick } from "./support/runtime.mjs";

const port = 8803;

const sha256Of = (secret, body) =>
  `sha256=${createHmac("sha256", Buffer.from(secret.replace(/^whsec_/, ""), "base64"))
    .update(body)
    .digest("hex")}`;

describe("webhooks", { timeout: 120_000 }, () => {
  let runtime;
  let demo;
  const receivers = [];

  before(async () => {
    runtime = await startRuntime({ port, state: newState("webhooks") });
    demo = await setUp(runtime.origin);
  });
  after(async () => {
    await Promise.all(receivers.map((receiver) => receiver.close()));
    await runtime.kill();
  });

  async function listen(events, answer) {
    const receiver = await startReceiver({ answer });
    receivers.push(receiver);
    const webhook = (await demo.api("POST", "/webhooks", { url: receiver.url, events })).data;
    return { receiver, webhook };
  }

  async function scan() {
    const { id } = await startScan(demo);
    return eventually("the end of the scan", async () => {
      const { data } = await demo.api("GET", `/scans/${id}`);
      return hasEnded(data) && data;
    });
  }

  const deliveriesOf = ({ id }) => all(demo.api, `/webhooks/${id}/deliveries`);

  test("the first scan is told: signed, once each, under the most specific name", async () => {
    const everything = await listen(["scan.completed", "finding.*", "finding.critical"]);
    const critical = await listen(["finding.critical"]);
    const { id } = await scan();
    const findings = await all(demo.api, "/findings?status=all");
    const idsOf = (rows) => rows.map((row) => row.id).toSorted();
    const isCritical = ({ severity }) => severity === "critical";
    const told = ({ receiver }, name) => receiver.events(name).flatMap(({ data }) => data.findings);
    const everyTold = () => [...told(everything, "finding.critical"), ...told(everything, "finding.opened")];
    await eventually("every finding", () => everyTold().length >= findings.length);
    await eventually(
      "the critical ones",
      () => told(critical, "finding.critical").length >= findings.filter(isCritical).length,
    );
    await eventually("the end", () => everything.receiver.events("scan.completed").length > 0);
    assert.ok(findings.some(isCritical));

    const verifier = new Webhook(everything.webhook.secret);
    const stranger = new Webhook(`whsec_${Buffer.alloc(32, 7).toString("base64")}`);
    for (const { method, headers, body } of everything.receiver.received) {
      const told = verifier.verify(body, headers);
      assert.throws(() => stranger.verify(body, headers));
      assert.throws(() => verifier.verify(body.replace("organizationId", "organizationID"), headers));
      assert.equal(method, "POST");
      assert.equal(headers["x-cloudglass-signature"], sha256Of(everything.webhook.secret, body));
      assert.equal(headers["x-cloudglass-event"], told.event);
      assert.match(headers["x-cloudglass-delivery"], /^[\da-f-]{36}$/);
      assert.equal(headers["content-type"], "application/json");
      assert.deepEqual(Object.keys(told), ["id", "event", "createdAt", "organizationId", "data"]);
      assert.equal(told.id, headers["webhook-id"]);
      assert.equal(told.organizationId, demo.organizationId);
    }
    const [ended, ...more] = everything.receiver.events("scan.completed");
    assert.deepEqual([ended.data.scanId, ended.data.status, more], [id, "complete", []]);
    const ids = everything.receiver.received.map(({ headers }) => headers["webhook-id"]);
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(idsOf(everyTold()), idsOf(findings));
    assert.deepEqual(idsOf(told(everything, "finding.critical")), idsOf(findings.filter(isCritical)));
    assert.deepEqual(idsOf(told(critical, "finding.critical")), idsOf(findings.filter(isCritical)));
    assert.equal(critical.receiver.received.length, critical.receiver.events("finding.critical").length);
  });

  test("a 500 is tried again: the same message, signed anew", async () => {
    let refusals = 1;
    const { receiver, webhook } = await listen(["scan.completed"], () => (refusals-- > 0 ? 500 : 204));
    await scan();
    await eventually("the second attempt", () => receiver.received.length >= 2, { timeoutMs: 20_000 });
    const [first, second] = receiver.received;
    assert.equal(first.body, second.body);
    assert.equal(first.headers["webhook-id"], second.headers["webhook-id"]);
    assert.equal(first.headers["x-cloudglass-delivery"], second.headers["x-cloudglass-delivery"]);
    new Webhook(webhook.secret).verify(second.body, second.headers);
    const waitedMs = second.atMs - first.atMs;
    assert.ok(waitedMs >= 4_400 && waitedMs < 12_000, `${waitedMs} ms`);
    const delivery = await eventually("the delivery's record", async () => {
      const [one] = await deliveriesOf(webhook);
      return one.status === "delivered" && one;
    });
    const { data } = await demo.api("GET", `/webhooks/${webhook.id}/deliveries/${delivery.id}`);
    assert.deepEqual(data.attempts.map(({ number, status }) => [number, status]).toSorted(), [
      [1, 500],
      [2, 204],
    ]);
    assert.equal(receiver.received.length, 2);
  });

  test("410 disables the webhook; a redirect is not followed", async () => {
    const gone = await listen(["scan.completed"], () => 410);
    const moved = await listen(["scan.completed"], () => 302);
    await scan();
    await eventually(
      "the disabled webhook",
      async () => (await demo.api("GET", `/webhooks/${gone.webhook.id}`)).data.status === "disabled",
    );
    const [dead] = await deliveriesOf(gone.webhook);
    assert.equal(dead.status, "dead");
    const delivery = await eventually("the refused attempt", async () => {
      const [one] = await deliveriesOf(moved.webhook);
      return one?.attemptCount > 0 && one;
    });
    assert.deepEqual([delivery.status, delivery.deliveredAt], ["pending", null]);
    await demo.api("DELETE", `/webhooks/${moved.webhook.id}`);
    await scan();
    assert.equal(gone.receiver.received.length, 1);
  });
});

/** Mulberry32: the same numbers for the same seed. */
function seeded(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe("a sender that is killed again and again", { timeout: 600_000 }, () => {
  const seed = Number(process.env["SEED"] ?? 7);
  const scansWanted = 510;
  const receivers = [];

  after(async () => {
    killAll();
    await Promise.all(receivers.map((receiver) => receiver.close()));
  });

  test(`loses none of a thousand events (seed ${seed})`, async (t) => {
    const random = seeded(seed);
    const state = newState("webhooks-killed");
    let runtime = await startRuntime({ port, state });
    const demo = await setUp(runtime.origin);
    const answers = [() => 204, () => (random() < 0.2 ? 500 : 204)];
    for (const answer of answers) receivers.push(await startReceiver({ answer }));
    for (const { url } of receivers) await demo.api("POST", "/webhooks", { url, events: ["scan.*"] });

    let kills = 0;
    const killAndRestart = async (minutes) => {
      await runtime.kill();
      kills += 1;
      const active = rowsOf(state, "SELECT id FROM scans WHERE active = 1");
      passMinutes(state, minutes);
      runtime = await startRuntime({ port, state });
      await tick(runtime.origin);
      for (const { id } of active) await demo.api("POST", `/scans/${id}/cancel`).catch(() => undefined);
    };
    for (let made = 0; made < scansWanted;) {
      const death = new AbortController();
      const killing = sleep(300 + random() * 5_000).then(() => {
        death.abort();
        return killAndRestart(2);
      });
      while (!death.signal.aborted && made < scansWanted) {
        try {
          const { id } = await startScan(demo);
          await demo.api("POST", `/scans/${id}/cancel`);
          made += 1;
        } catch {
          // It died in the middle, or something of before is still running.
          await sleep(50);
        }
      }
      await killing;
    }
    const { data: webhooks } = await demo.api("GET", "/webhooks");
    const isPending = async ({ id }) =>
      (await demo.api("GET", `/webhooks/${id}/deliveries?status=pending&limit=1`)).data.length > 0;
    const arePending = async () => (await Promise.all(webhooks.map(isPending))).includes(true);
    for (let round = 0; round < 15 && (await arePending()); round += 1) {
      // Whatever is to be tried again is due.
      await killAndRestart(1_500);
      await sleep(4_000);
    }
    await runtime.kill();

    const events = rowsOf(state, "SELECT id FROM events");
    assert.ok(events.length >= 1_000, `${events.length} events`);
    const [{ n: scansStarted }] = rowsOf(state, "SELECT count(*) AS n FROM scans");
    assert.equal(events.length, 2 * scansStarted);
    const unfinished = rowsOf(state, "SELECT id, status, attempts FROM deliveries WHERE status <> 'delivered'");
    assert.deepEqual(unfinished, []);
    const [{ n: deliveries }] = rowsOf(state, "SELECT count(*) AS n FROM deliveries");
    assert.equal(deliveries, 2 * events.length);
    const twice = receivers.map(({ received }) => {
      const came = new Set(received.map(({ headers }) => headers["webhook-id"]));
      assert.deepEqual(
        events.filter(({ id }) => !came.has(`msg_${id}`)),
        [],
      );
      return received.length - came.size;
    });
    t.diagnostic(`${events.length} events, killed ${kills} times, came again: ${twice.join(" and ")}`);
  });
});
