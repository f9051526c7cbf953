import { afterEach, describe, it, vi } from "vitest";
import { eventNames, type EventName, type OutboxEvent, eventStatements, subscriptions } from "#db/outbox";
import type { StoredSeverity } from "#db/values";
import { redeliver } from "#deliveries/redeliver";
import { newId, uuid7Time } from "#lib/id";
import { changeWebhook } from "../../../src/modules/webhooks/change.ts";
import { ofWebhooks } from "../../../src/modules/webhooks/get.ts";
import { replayMax, replayWebhook } from "../../../src/modules/webhooks/replay.ts";
import { ruleThatTells } from "../../support/alerts.ts";
import { startReceiver } from "../../support/receiver.ts";
import { seeded } from "../../sim/random.ts";
import { attemptsOf, deliveriesOf, message, onlyDelivery } from "./rows.ts";
import { newWorld, type World } from "./world.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const minuteMs = 60_000;
const since = "2020-01-01T00:00:00.000Z";
const setStatus = (world: World, id: string, status: "enabled" | "disabled") =>
  changeWebhook(world.org(), { id, ifMatch: null }, { status });

async function dead(world: World, count: number): Promise<void> {
  for (let round = 0; round < count; round += 1) await world.tell();
  await world.drain();
  await world.rows("UPDATE deliveries SET status = 'dead', next_attempt_at = NULL WHERE org_id = ?1");
  world.nudges.length = 0;
}

describe("redelivery", () => {
  it("is a new round by the schedule, numbered on, of the same message", async ({ expect }) => {
    const start = Date.UTC(2026, 2, 1);
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    const world = await newWorld();
    const receiver = startReceiver();
    receiver.answer(() => new Response(null, { status: 500 }));
    const { webhook } = await world.webhook();
    await world.tell();
    const { id } = await onlyDelivery(world);
    await world.rows("UPDATE deliveries SET attempts = 9 WHERE org_id = ?1");
    await world.consume([message(world, id)]);
    expect(await onlyDelivery(world)).toMatchObject({ status: "dead", attempts: 10 });
    const again = await redeliver(world.org(), webhook.id, id, ofWebhooks);
    expect(again).toMatchObject({ id, status: "pending", attempts: 10, attemptsBefore: 10 });
    await world.drain();
    const { next_attempt_at: next, attempts, status } = await onlyDelivery(world);
    expect([attempts, status]).toEqual([11, "pending"]);
    expect((Date.parse(next ?? "") - start) / 1_000).toBeGreaterThan(4.4);
    expect((Date.parse(next ?? "") - start) / 1_000).toBeLessThan(5.6);
    expect((await attemptsOf(world)).map(({ number }) => number)).toEqual([10, 11]);
    const [first, second] = receiver.received;
    expect([second?.body, second?.headers.get("webhook-id")]).toEqual([first?.body, first?.headers.get("webhook-id")]);
  });

  it("of what was delivered keeps that it was; refuses while an attempt is under way or the webhook is disabled", async ({
    expect,
  }) => {
    const world = await newWorld();
    startReceiver();
    const { webhook } = await world.webhook();
    await world.tell();
    await world.drain();
    const { id, delivered_at: deliveredAt } = await onlyDelivery(world);
    await redeliver(world.org(), webhook.id, id, ofWebhooks);
    expect(await onlyDelivery(world)).toMatchObject({ status: "pending", delivered_at: deliveredAt });
    await world.rows("UPDATE deliveries SET lease_until = '2999-01-01' WHERE org_id = ?1");
    await expect(redeliver(world.org(), webhook.id, id, ofWebhooks)).rejects.toMatchObject({ code: "CONFLICT" });
    await world.rows("UPDATE deliveries SET lease_until = NULL WHERE org_id = ?1");
    await setStatus(world, webhook.id, "disabled");
    await expect(redeliver(world.org(), webhook.id, id, ofWebhooks)).rejects.toMatchObject({
      code: "INVALID_TRANSITION",
    });
    await expect(redeliver(world.org(), webhook.id, newId(), ofWebhooks)).rejects.toMatchObject({
      code: "INVALID_TRANSITION",
    });
    await setStatus(world, webhook.id, "enabled");
    await expect(redeliver(world.org(), webhook.id, newId(), ofWebhooks)).rejects.toMatchObject({
      code: "RESOURCE_NOT_FOUND",
    });
  });
});

describe("replay of what failed", () => {
  it("takes the dead of a span, oldest first, a thousand at most, and never twice", async ({ expect }) => {
    const world = await newWorld();
    const receiver = startReceiver();
    receiver.answer(() => new Response(null, { status: 500 }));
    const { webhook } = await world.webhook();
    const other = await world.webhook({ url: "https://other.receiver.dev/in" });
    await dead(world, 3);
    await world.rows(
      `INSERT INTO deliveries (org_id, id, webhook_id, event_id, event, status, attempts, created_at, updated_at)
       SELECT ?1, ?3 || printf('-7f60-8a1b-%012d', value), ?2, 'e' || value, 'scan.completed', 'dead', 10, '2024-07-12T10:00:00.000Z', '2024-07-12T10:00:00.000Z'
       FROM json_each(?4)`,
      webhook.id,
      uuid7Time(new Date("2024-07-12T10:00:00.000Z")),
      JSON.stringify(Array.from({ length: 1_200 }, (_, index) => index)),
    );
    await world.rows(
      `INSERT INTO events (org_id, id, names, data, created_at) SELECT ?1, event_id, '["scan.completed"]', '{}', created_at FROM deliveries
       WHERE org_id = ?1 AND event_id LIKE 'e%' AND webhook_id = ?2`,
      webhook.id,
    );
    const replay = (from: string, until?: string) =>
      replayWebhook(world.org(), webhook.id, { since: from, until, status: "failed" });
    expect(await replay("2024-07-13T00:00:00.000Z", "2025-01-01T00:00:00.000Z")).toEqual({
      scheduled: 0,
      nextSince: null,
    });
    const first = await replay(since);
    expect(first).toEqual({ scheduled: replayMax, nextSince: "2024-07-12T10:00:00.000Z" });
    const [second, third] = await Promise.all([replay(first.nextSince ?? ""), replay(first.nextSince ?? "")]);
    expect([second.scheduled, third.scheduled].toSorted()).toEqual([0, 203]);
    expect(await replay(since)).toEqual({ scheduled: 0, nextSince: null });
    const counted = await world.rows<{ webhook_id: string; n: number }>(
      "SELECT webhook_id, count(*) AS n FROM deliveries WHERE org_id = ?1 AND status = 'pending' GROUP BY 1",
    );
    expect(counted).toEqual([{ webhook_id: webhook.id, n: 1_203 }]);
    expect(other.webhook.id).not.toBe(webhook.id);
    const audit = await world.rows("SELECT id FROM audit_log WHERE org_id = ?1 AND action = 'webhook.replay'");
    expect(audit).toHaveLength(2);
  });

  it("refuses a disabled webhook and an empty span", async ({ expect }) => {
    const world = await newWorld();
    const { webhook } = await world.webhook();
    const replay = (until?: string) => replayWebhook(world.org(), webhook.id, { since, until, status: "failed" });
    await expect(replay(since)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    await setStatus(world, webhook.id, "disabled");
    await expect(replay()).rejects.toMatchObject({ code: "INVALID_TRANSITION" });
    await expect(replayWebhook(world.org(), newId(), { since, status: "failed" })).rejects.toMatchObject({
      code: "RESOURCE_NOT_FOUND",
    });
  });
});

describe("replay of what was missed", () => {
  it("tells exactly what it would have been told, once, and nothing from before or after", async ({ expect }) => {
    const start = Date.UTC(2026, 2, 1);
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    const world = await newWorld();
    const receiver = startReceiver();
    const { webhook } = await world.webhook({ events: ["scan.*"] });
    const step = () => vi.setSystemTime(Date.now() + 30 * minuteMs);
    const before = await world.tell(["finding.opened"]);
    step();
    await setStatus(world, webhook.id, "disabled");
    step();
    const missed = [await world.tell(["scan.failed"]), await world.tell(["scan.completed"])];
    await world.tell(["finding.opened"]);
    await world.tell(["webhook.disabled"], { webhookId: webhook.id });
    step();
    await setStatus(world, webhook.id, "enabled");
    step();
    await changeWebhook(
      world.org(),
      { id: webhook.id, ifMatch: null },
      { events: ["scan.*", "webhook.*", "finding.resolved"] },
    );
    const told = await world.tell(["scan.started"]);
    await world.drain();
    const replay = (until?: string) => replayWebhook(world.org(), webhook.id, { since, until, status: "missing" });
    expect(await replay(new Date(start).toISOString())).toEqual({ scheduled: 0, nextSince: null });
    const answers = await Promise.all([replay(), replay(), replay()]);
    expect(answers.map(({ scheduled }) => scheduled).toSorted()).toEqual([0, 0, 2]);
    await world.drain();
    const ids = receiver.received.map(({ headers }) => headers.get("webhook-id"));
    expect(ids).toEqual([told, ...missed].map((id) => `msg_${id}`));
    expect(ids).not.toContain(`msg_${before}`);
    expect((await deliveriesOf(world)).map(({ status }) => status)).toEqual(["delivered", "delivered", "delivered"]);
    await redeliver(world.org(), webhook.id, (await deliveriesOf(world))[0]?.id ?? "", ofWebhooks);
    expect(await replay()).toEqual({ scheduled: 0, nextSince: null });
  });

  it("what happens while the enabling is under way, too", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 2, 1) });
    const world = await newWorld();
    const receiver = startReceiver();
    const { webhook } = await world.webhook();
    await setStatus(world, webhook.id, "disabled");
    vi.setSystemTime(Date.now() + minuteMs);
    const enabling = world.org();
    vi.setSystemTime(Date.now() + 100);
    const missed = await world.tell();
    await changeWebhook(enabling, { id: webhook.id, ifMatch: null }, { status: "enabled" });
    const told = await world.tell();
    vi.setSystemTime(Date.now() + minuteMs);
    const replay = () => replayWebhook(world.org(), webhook.id, { since, status: "missing" });
    expect([(await replay()).scheduled, (await replay()).scheduled]).toEqual([1, 0]);
    await world.drain();
    const ids = receiver.received.map(({ headers }) => headers.get("webhook-id"));
    expect(ids.toSorted()).toEqual([missed, told].map((id) => `msg_${id}`).toSorted());
  });

  it.for(["*", "alert.*"])("no channel's digest, whoever listens to %s", async (events, { expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 2, 1) });
    const world = await newWorld();
    const [{ webhook }, channel] = [await world.webhook({ events: [events] }), await world.webhook({ events: [] })];
    await setStatus(world, webhook.id, "disabled");
    vi.setSystemTime(Date.now() + minuteMs);
    const org = world.org();
    const to = [{ webhookId: channel.webhook.id, at: org.now.toISOString() }];
    await org.db.atomic(eventStatements(org, { names: ["alert.digest"], data: { alerts: [] }, to }));
    expect(await deliveriesOf(world)).toMatchObject([{ webhook_id: channel.webhook.id }]);
    vi.setSystemTime(Date.now() + minuteMs);
    await setStatus(world, webhook.id, "enabled");
    const answer = await replayWebhook(world.org(), webhook.id, { since, status: "missing" });
    expect(answer.scheduled).toBe(0);
  });

  it.for([
    ["subscribes to nothing of alerts", { events: ["scan.*"] }, true, 2],
    ["filters", { events: ["alert.*"], severities: ["critical"] }, true, 2],
    ["is not told of ends", { events: ["scan.*"] }, false, 1],
  ] as const)("what alert rules tell a webhook that %s", async ([, input, notifyResolved, count], { expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 2, 1) });
    const world = await newWorld();
    const [{ webhook: named }, { webhook: other }] = [await world.webhook(input), await world.webhook(input)];
    for (const { id } of [named, other]) await setStatus(world, id, "disabled");
    const [ruleId, alertId] = [newId(), newId()];
    await ruleThatTells(world.orgId, ruleId, [named.id]).run();
    await world.rows("UPDATE alert_rules SET notify_resolved = ?2 WHERE org_id = ?1", Number(notifyResolved));
    await world.rows(
      `INSERT INTO alerts (org_id, id, rule_id, rule_name, group_key, status, severity, title, summary, items, total, channels, messages,
         version, created_at, updated_at)
       SELECT ?1, ?2, id, 'Rule', '', 'open', 'high', 't', 's', '[]', 1, channels, 1, 1, '', '' FROM alert_rules WHERE org_id = ?1`,
      alertId,
    );
    vi.setSystemTime(Date.now() + minuteMs);
    const org = world.org();
    const to = [{ webhookId: named.id, at: org.now.toISOString() }];
    const about = { data: { alertId }, severity: "high", to };
    await org.db.atomic(
      eventStatements(org, { ...about, names: ["alert.triggered"] }, { ...about, names: ["alert.resolved"] }),
    );
    vi.setSystemTime(Date.now() + minuteMs);
    for (const [{ id }, scheduled] of [
      [named, count],
      [other, 0],
    ] as const) {
      await setStatus(world, id, "enabled");
      expect(await replayWebhook(world.org(), id, { since, status: "missing" })).toMatchObject({ scheduled });
    }
  });

  it("goes on where it ended when there are more than a thousand", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 2, 1) });
    const world = await newWorld();
    const { webhook } = await world.webhook();
    await setStatus(world, webhook.id, "disabled");
    vi.setSystemTime(Date.now() + minuteMs);
    const org = world.org();
    for (let batch = 0; batch < 3; batch += 1) {
      const events = Array.from({ length: 500 }, () => ({ id: newId(), names: ["scan.completed"] as const, data: {} }));
      await org.db.atomic(eventStatements(org, ...events));
    }
    vi.setSystemTime(Date.now() + minuteMs);
    await setStatus(world, webhook.id, "enabled");
    const first = await replayWebhook(world.org(), webhook.id, { since, status: "missing" });
    expect(first).toEqual({ scheduled: replayMax, nextSince: org.now.toISOString() });
    const next = await replayWebhook(world.org(), webhook.id, { since: first.nextSince ?? "", status: "missing" });
    expect(next).toEqual({ scheduled: 500, nextSince: null });
    expect(await deliveriesOf(world)).toHaveLength(1_500);
  });

  it.each([1, 2, 3, 4])("by the same names and filters as the outbox (seed %i)", async (seed) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 2, 1) });
    const random = seeded(seed);
    const world = await newWorld();
    const words = ["*", "finding.*", "security.*", "scan.*", ...subscriptions.filter((word) => !word.endsWith("*"))];
    const severities: readonly StoredSeverity[] = ["low", "medium", "high", "critical"];
    const accounts = [newId(), newId()];
    const some = <T>(all: readonly T[]): readonly T[] | null => {
      const chosen = all.filter(() => random.chance(0.4));
      return chosen.length === 0 ? null : chosen;
    };
    const pairs: (readonly [string, string])[] = [];
    for (let index = 0; index < 12; index += 1) {
      const input = {
        events: [random.pick(words), random.pick(words), random.pick(words)],
        severities: some(severities),
      };
      const [twin, silent] = [await world.webhook(input), await world.webhook(input)];
      const accountIds = some(accounts);
      for (const { webhook } of [twin, silent]) {
        await world.rows(
          "UPDATE webhooks SET account_ids = ?2 WHERE org_id = ?1 AND id = ?3",
          accountIds && JSON.stringify(accountIds),
          webhook.id,
        );
      }
      pairs.push([twin.webhook.id, silent.webhook.id]);
      await setStatus(world, silent.webhook.id, "disabled");
    }
    vi.setSystemTime(Date.now() + minuteMs);
    const org = world.org();
    const happened: readonly (readonly EventName[])[] = [
      ["security.drift", "finding.critical", "finding.opened"],
      ["finding.opened"],
      ["scan.failed"],
    ];
    const events: OutboxEvent[] = Array.from({ length: 40 }, () => ({
      names: random.chance(0.7)
        ? random.pick(happened)
        : [random.pick(eventNames.filter((name) => name !== "webhook.test"))],
      severity: random.chance(0.3) ? undefined : random.pick(severities),
      accountId: random.chance(0.3) ? null : random.pick(accounts),
      data: {},
    }));
    await org.db.atomic(eventStatements(org, ...events));
    vi.setSystemTime(Date.now() + minuteMs);
    const toldTo = async (id: string) =>
      (
        await world.rows<{ told: string }>(
          "SELECT event_id || event AS told FROM deliveries WHERE org_id = ?1 AND webhook_id = ?2 ORDER BY 1",
          id,
        )
      ).map(({ told }) => told);
    for (const [twin, silent] of pairs) {
      await setStatus(world, silent, "enabled");
      await replayWebhook(world.org(), silent, { since, status: "missing" });
      const [expected, found] = [await toldTo(twin), await toldTo(silent)];
      if (JSON.stringify(expected) !== JSON.stringify(found))
        throw new Error(`seed ${seed}: ${JSON.stringify({ expected, found })}`);
    }
  });
});
