// What a receiver of webhooks gets, checked with the reference implementation of Standard Webhooks.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { all, hasEnded, setUp, startScan } from "./support/api.mjs";
import { startReceiver } from "./support/receiver.mjs";
import { eventually, newState, startRuntime } from "./support/runtime.mjs";

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
