import { afterEach, describe, it, vi } from "vitest";
import { alertTellings } from "#db/alert-telling";
import { eventStatements, nudgeDeliveries } from "#db/outbox";
import type { AlertMessage } from "#db/values";
import { redeliver } from "#deliveries/redeliver";
import { newId } from "#lib/id";
import { eventSamples } from "../../../src/modules/webhooks/event-samples.ts";
import { ofWebhooks } from "../../../src/modules/webhooks/get.ts";
import { anAlert } from "../../support/alerts.ts";
import { startReceiver } from "../../support/receiver.ts";
import { attemptsOf, busyOf, deliveriesOf, message, onlyDelivery } from "../webhooks/rows.ts";
import { endpoints } from "../../../src/modules/channels/endpoints.ts";
import { ofChannels, type Channel } from "../../../src/modules/channels/channel.ts";
import { changeChannel } from "../../../src/modules/channels/change.ts";
import { newChannelWorld, nine, type ChannelWorld } from "./world.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function tell(
  world: ChannelWorld,
  channels: readonly Channel[],
  alert: AlertMessage,
  notBefore?: string,
): Promise<string> {
  const org = world.org();
  const eventId = newId();
  const name = alert.status === "resolved" ? "alert.resolved" : "alert.triggered";
  await org.db.atomic(
    alertTellings(org, { eventId, name, message: alert, channels, notBefore: notBefore ?? org.now.toISOString() }),
  );
  await nudgeDeliveries(org, [eventId]);
  await world.drain();
  return eventId;
}

describe("an alert told to channels", () => {
  it("goes to each of them in its own form, and to webhooks that subscribed to it", async ({ expect }) => {
    const world = await newChannelWorld();
    const receiver = startReceiver();
    const teamsUrl = "https://flow.example.com/hook";
    const channels = [
      await world.channel({ kind: "slack" }),
      await world.channel({ kind: "teams", url: teamsUrl }),
      await world.channel({ kind: "pagerduty", region: "eu" }),
      await world.channel({ kind: "email" }),
    ];
    await world.webhook({ events: ["alert.*"] });
    await world.webhook({ events: ["finding.*"] });
    const alert = anAlert();
    await tell(world, channels, alert);
    expect((await deliveriesOf(world)).map(({ status }) => status)).toEqual(
      Array.from({ length: 5 }, () => "delivered"),
    );
    const bodies = new Map(
      receiver.received.map(({ url, body }) => [url, JSON.parse(body) as Record<string, unknown>]),
    );
    expect([...bodies.keys()].toSorted()).toEqual([
      "https://events.eu.pagerduty.com/v2/enqueue",
      teamsUrl,
      "https://hooks.receiver.dev/in",
      "https://hooks.slack.com/services/T0/B0/secret",
    ]);
    expect(bodies.get("https://hooks.receiver.dev/in")).toMatchObject({ event: "alert.triggered", data: alert });
    expect(bodies.get("https://events.eu.pagerduty.com/v2/enqueue")).toMatchObject({
      routing_key: "0123456789abcdef0123456789abcdef",
      event_action: "trigger",
      dedup_key: alert.alertId,
      payload: { severity: "critical" },
    });
    expect(bodies.get(teamsUrl)).toMatchObject({
      attachments: [{ content: { type: "AdaptiveCard", version: "1.4" } }],
    });
    expect(world.inbox.sent).toMatchObject([
      {
        from: { email: "alerts@cloudglass.test" },
        to: ["a@example.com", "b@example.com"],
        subject: expect.stringContaining(alert.title),
      },
    ]);
  });

  it("waits until nobody may be disturbed no longer", async ({ expect }) => {
    const world = await newChannelWorld();
    const receiver = startReceiver();
    await tell(world, [await world.channel({ kind: "slack" })], anAlert(), "2099-01-01T07:00:00.000Z");
    expect(receiver.received).toEqual([]);
    expect((await onlyDelivery(world)).next_attempt_at).toBe("2099-01-01T07:00:00.000Z");
  });

  it("resolves at PagerDuty what it triggered, and stays one conversation in the mail", async ({ expect }) => {
    const world = await newChannelWorld();
    const receiver = startReceiver();
    const channels = [await world.channel({ kind: "pagerduty" }), await world.channel({ kind: "email" })];
    const alert = anAlert();
    await tell(world, channels, alert);
    await tell(world, channels, { ...alert, status: "resolved", active: 0, fresh: 0, items: [], omitted: 0 });
    const events = receiver.received.map(({ body }) => JSON.parse(body) as { event_action: string; dedup_key: string });
    expect(events.map((event) => [event.event_action, event.dedup_key])).toEqual([
      ["trigger", alert.alertId],
      ["resolve", alert.alertId],
    ]);
    const [first, second] = world.inbox.sent;
    expect(second?.subject).toBe(`Re: ${first?.subject}`);
    expect(second?.headers?.["References"]).toBe(first?.headers?.["References"]);
    expect(Object.keys(first?.headers ?? {})).not.toContain("Message-ID");
  });
});

describe("an alert that was resolved before it could be told", () => {
  const setUp = async (resolvedAt: string | null) => {
    const world = await newChannelWorld();
    const alert = anAlert();
    await world.rows(
      `INSERT INTO alerts (org_id, id, rule_id, rule_name, group_key, status, severity, title, summary, items, total, channels, messages,
         resolved_at, version, created_at, updated_at)
       VALUES (?1, ?2, 'r', 'Rule', '', ?3, 'high', 't', 's', '[]', 1, '[]', 1, ?4, 1, ?5, ?5)`,
      alert.alertId,
      resolvedAt === null ? "open" : "resolved",
      resolvedAt,
      alert.at,
    );
    return { world, alert, receiver: startReceiver() };
  };
  const over = "What this would tell of is over";

  it("opens no incident after its resolve, however its trigger was delayed", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { world, alert, receiver } = await setUp(null);
    const channel = await world.channel({ kind: "pagerduty" });
    receiver.answer(() => new Response(null, { status: 500 }));
    await tell(world, [channel], alert);
    const { id } = await onlyDelivery(world);
    vi.setSystemTime(Date.now() + 10_000);
    await world.consume([message(world, id)]);
    receiver.answer(() => new Response(null, { status: 202 }));
    await world.rows(
      "UPDATE alerts SET status = 'resolved', resolved_at = ?2 WHERE org_id = ?1",
      new Date().toISOString(),
    );
    await tell(world, [channel], { ...alert, status: "resolved", active: 0, fresh: 0, items: [], omitted: 0 });
    vi.setSystemTime(Date.now() + 400_000);
    await world.consume([message(world, id)]);
    expect(receiver.received.map(({ body }) => (JSON.parse(body) as { event_action: string }).event_action)).toEqual([
      "trigger",
      "trigger",
      "resolve",
    ]);
    const rows = await deliveriesOf(world);
    expect(rows).toMatchObject([
      { id, status: "dead", attempts: 2, next_attempt_at: null, last_error: over },
      { status: "delivered", attempts: 1 },
    ]);
    expect(await attemptsOf(world)).toHaveLength(3);
    const [row] = await world.rows("SELECT status, failures, busy_until FROM webhooks WHERE org_id = ?1");
    expect(row).toEqual({ status: "enabled", failures: 0, busy_until: null });
  });

  it("is not told again, though it was told before: 409 says why", async ({ expect }) => {
    const { world, alert, receiver } = await setUp(null);
    const channel = await world.channel({ kind: "pagerduty" });
    await tell(world, [channel], alert);
    const { id } = await onlyDelivery(world);
    const again = () => redeliver(world.org(), channel.id, id, ofChannels);
    await again();
    await world.drain();
    await world.rows("UPDATE deliveries SET lease_until = '2999-01-01' WHERE org_id = ?1");
    const underWay = "An attempt of this delivery is under way. Try again when it has ended.";
    await expect(again()).rejects.toMatchObject({ code: "CONFLICT", detail: underWay });
    await world.rows("UPDATE deliveries SET lease_until = NULL WHERE org_id = ?1");
    await world.rows("UPDATE alerts SET status = 'resolved', resolved_at = '2999-01-01' WHERE org_id = ?1");
    await expect(again()).rejects.toMatchObject({ code: "CONFLICT", detail: `${over}.` });
    await world.rows("DELETE FROM events WHERE org_id = ?1");
    await expect(again()).rejects.toMatchObject({ code: "CONFLICT", detail: "What happened is no longer kept." });
    expect(await onlyDelivery(world)).toMatchObject({ status: "delivered", attempts: 2 });
    expect(receiver.received).toHaveLength(2);
  });

  it("is told to no channel, and to webhooks all the same", async ({ expect }) => {
    const { world, alert, receiver } = await setUp("2099-01-01T00:00:00.000Z");
    const channels = [
      await world.channel({ kind: "slack" }),
      await world.channel({ kind: "pagerduty" }),
      await world.channel({ kind: "email" }),
    ];
    await world.webhook({ events: ["alert.*"] });
    await tell(world, channels, alert);
    expect(receiver.received.map(({ url }) => url)).toEqual(["https://hooks.receiver.dev/in"]);
    expect(world.inbox.sent).toEqual([]);
    const ends = (await deliveriesOf(world)).map(({ status, attempts }) => `${status} ${attempts}`).toSorted();
    expect(ends).toEqual(["dead 0", "dead 0", "dead 0", "delivered 1"]);
  });

  it("and then triggered anew is told", async ({ expect }) => {
    const { world, alert, receiver } = await setUp("2000-01-01T00:00:00.000Z");
    await tell(world, [await world.channel({ kind: "pagerduty" })], alert);
    expect(receiver.received).toHaveLength(1);
    expect(await onlyDelivery(world)).toMatchObject({ status: "delivered" });
  });
});

describe("attempts", () => {
  it("send the same bytes each time, by the schedule, and a corrected address is used by the next", async ({
    expect,
  }) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const world = await newChannelWorld();
    const receiver = startReceiver();
    receiver.answer(({ url }) => new Response(null, { status: url.endsWith("corrected") ? 200 : 404 }));
    const channel = await world.channel({ kind: "slack" });
    await tell(world, [channel], anAlert());
    const { id } = await onlyDelivery(world);
    for (let round = 0; round < 2; round += 1) {
      vi.setSystemTime(Date.parse((await onlyDelivery(world)).next_attempt_at ?? ""));
      await world.consume([message(world, id)]);
    }
    await changeChannel(world.org(), { id: channel.id, ifMatch: null }, { url: "https://hooks.slack.com/corrected" });
    vi.setSystemTime(Date.parse((await onlyDelivery(world)).next_attempt_at ?? ""));
    await world.consume([message(world, id)]);
    expect(await onlyDelivery(world)).toMatchObject({ status: "delivered", attempts: 4 });
    expect(receiver.received).toHaveLength(4);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  });

  it("begin again where that is asked for, whatever became of them, with the same bytes", async ({ expect }) => {
    const world = await newChannelWorld();
    const receiver = startReceiver();
    const channel = await world.channel({ kind: "slack" });
    await tell(world, [channel], anAlert());
    const { id } = await onlyDelivery(world);
    const again = await redeliver(world.org(), channel.id, id, ofChannels);
    expect(again).toMatchObject({ status: "pending", attempts: 1, attemptsBefore: 1 });
    await world.drain();
    expect(await onlyDelivery(world)).toMatchObject({ status: "delivered", attempts: 2 });
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(receiver.received).toHaveLength(2);
    await expect(redeliver(world.org(), channel.id, id, ofWebhooks)).rejects.toMatchObject({
      code: "RESOURCE_NOT_FOUND",
    });
    await changeChannel(world.org(), { id: channel.id, ifMatch: null }, { status: "disabled" });
    await expect(redeliver(world.org(), channel.id, id, ofChannels)).rejects.toMatchObject({
      code: "INVALID_TRANSITION",
      message: expect.stringContaining("The channel is disabled."),
    });
  });

  it("leave PagerDuty alone for as long as its 429 asks", async ({ expect }) => {
    const world = await newChannelWorld();
    const receiver = startReceiver();
    receiver.answer(() => new Response(null, { status: 429, headers: { "Retry-After": "600" } }));
    const before = Date.now();
    await tell(world, [await world.channel({ kind: "pagerduty" })], anAlert());
    expect(Date.parse((await onlyDelivery(world)).next_attempt_at ?? "") - before).toBeGreaterThanOrEqual(600_000);
    expect(await busyOf(world)).not.toEqual([null]);
  });

  it("do not go to a host that became private, and say so", async ({ expect }) => {
    const world = await newChannelWorld();
    const receiver = startReceiver();
    await tell(world, [await world.channel({ kind: "slack", url: "http://127.0.0.1:9/x" })], anAlert());
    expect(receiver.received).toHaveLength(1);
    const strict = await newChannelWorld();
    const channel = await strict.channel({ kind: "slack", url: "http://127.0.0.1:9/x" });
    Object.assign(strict.env, { WEBHOOKS_ALLOW_LOOPBACK: "false" });
    await tell(strict, [channel], anAlert());
    expect(receiver.received).toHaveLength(1);
    expect(await attemptsOf(strict)).toMatchObject([{ status: null, error: expect.stringContaining("https://") }]);
  });
});

const coded = (code: string): Error => Object.assign(new Error(`${code}: a@example.com`), { code });

describe("e-mail", () => {
  it("is delivered with the platform's id as answer", async ({ expect }) => {
    const world = await newChannelWorld();
    await tell(world, [await world.channel({ kind: "email" })], anAlert());
    expect(await attemptsOf(world)).toMatchObject([
      { status: null, error: null, response: expect.stringContaining("@") },
    ]);
  });

  it.each([
    ["E_RATE_LIMIT_EXCEEDED", 429, "pending"],
    ["E_DAILY_LIMIT_EXCEEDED", 429, "pending"],
    ["E_INTERNAL_SERVER_ERROR", null, "pending"],
    ["E_DELIVERY_FAILED", null, "pending"],
    ["E_SENDER_NOT_VERIFIED", null, "pending"],
    ["E_SENDER_DOMAIN_NOT_AVAILABLE", null, "pending"],
    ["E_SOMETHING_NEW", null, "pending"],
    ["E_VALIDATION_ERROR", null, "dead"],
    ["E_TOO_MANY_RECIPIENTS", null, "dead"],
    ["E_CONTENT_TOO_LARGE", null, "dead"],
    ["E_HEADER_NOT_ALLOWED", null, "dead"],
    ["E_HEADERS_TOO_LARGE", null, "dead"],
  ])("refused by %s is told by its code alone", async (code, status, end) => {
    const world = await newChannelWorld();
    world.inbox.refuse(coded(code));
    await tell(world, [await world.channel({ kind: "email" })], anAlert());
    const [[attempt], delivery] = [await attemptsOf(world), await onlyDelivery(world)];
    if (attempt?.status !== status || attempt.error !== `Refused: ${code}` || delivery.status !== end)
      throw new Error(JSON.stringify([attempt, delivery]));
  });

  const people = Array.from({ length: 50 }, (_, i) => `p${i}@example.com`);

  it.each([
    ["E_RECIPIENT_SUPPRESSED", 1],
    ["E_RECIPIENT_SUPPRESSED", 49],
    ["E_RECIPIENT_NOT_ALLOWED", 3],
  ])("refused by %s for %i of 50 reaches each of the others once, and says how many it did not", async (code, bad) => {
    const world = await newChannelWorld();
    world.inbox.refuseFor(people.slice(-bad), coded(code));
    await tell(world, [await world.channel({ kind: "email", recipients: people })], anAlert());
    const reached = world.inbox.sent.flatMap(({ to }) => to ?? []).map(String);
    if (reached.toSorted().join() !== people.slice(0, -bad).toSorted().join()) throw new Error(reached.join());
    const [[attempt], delivery] = [await attemptsOf(world), await onlyDelivery(world)];
    const response = `Accepted for ${50 - bad} of 50 recipients. Refused: ${code}`;
    if (delivery.status !== "delivered" || attempt?.error !== null || attempt.response !== response)
      throw new Error(JSON.stringify([attempt, delivery]));
  });

  it.each([
    ["E_RECIPIENT_SUPPRESSED", 1, "pending"],
    ["E_RECIPIENT_SUPPRESSED", 50, "pending"],
    ["E_RECIPIENT_NOT_ALLOWED", 50, "dead"],
  ])("refused by %s for all of %i is %s: suppressions end", async (code, count, end) => {
    const world = await newChannelWorld();
    world.inbox.refuseFor(people, coded(code));
    await tell(world, [await world.channel({ kind: "email", recipients: people.slice(0, count) })], anAlert());
    const [[attempt], delivery] = [await attemptsOf(world), await onlyDelivery(world)];
    if (delivery.status !== end || attempt?.error !== `Refused: ${code}`) throw new Error(JSON.stringify(delivery));
  });

  it("is tried again after an error without a code, and later where a day's limit is reached", async ({ expect }) => {
    const world = await newChannelWorld();
    world.inbox.refuse(new Error("Network connection lost to 10.0.0.1"));
    const channel = await world.channel({ kind: "email" });
    await tell(world, [channel], anAlert());
    expect(await attemptsOf(world)).toMatchObject([{ status: null, error: "The connection failed" }]);
    const other = await newChannelWorld();
    other.inbox.refuse(coded("E_DAILY_LIMIT_EXCEEDED"));
    const before = Date.now();
    await tell(other, [await other.channel({ kind: "email" })], anAlert());
    expect(Date.parse((await onlyDelivery(other)).next_attempt_at ?? "") - before).toBeGreaterThanOrEqual(3_600_000);
  });

  it("CHANNEL_UNAVAILABLE without the binding, or without an address to send from", async ({ expect }) => {
    for (const missing of [{ EMAIL: undefined }, { EMAIL_FROM: "" }]) {
      const world = await newChannelWorld();
      Object.assign(world.env, missing);
      await expect(world.channel({ kind: "email" })).rejects.toMatchObject({ code: "CHANNEL_UNAVAILABLE" });
    }
    const world = await newChannelWorld();
    const channel = await world.channel({ kind: "email" });
    Object.assign(world.env, { EMAIL: undefined });
    await tell(world, [channel], anAlert());
    expect(await attemptsOf(world)).toEqual([]);
    expect(await onlyDelivery(world)).toMatchObject({
      status: "pending",
      attempts: 0,
      last_error: expect.stringContaining("sends no e-mail"),
    });
    const patch = { recipients: ["c@example.com"] };
    expect(await changeChannel(world.org(), { id: channel.id, ifMatch: null }, patch)).toMatchObject({ config: patch });
    const declared = endpoints.filter(({ faults }) => faults.includes("CHANNEL_UNAVAILABLE"));
    expect(declared.map(({ operationId }) => operationId)).toEqual(["createChannel"]);
  });
});

describe("the trouble of a receiver", () => {
  it("is told to every other channel that is enabled, at once, and to none of other organizations", async ({
    expect,
  }) => {
    const [world, other] = [await newChannelWorld(), await newChannelWorld()];
    const receiver = startReceiver();
    receiver.answer(({ url }) => new Response(null, { status: url.endsWith("gone") ? 410 : 200 }));
    await other.channel({ kind: "slack" });
    const gone = await world.channel({ kind: "slack", url: "https://hooks.slack.com/services/T0/B0/gone" });
    const heard = [
      (await world.channel({ kind: "slack", digest: nine })).id,
      (await world.channel({ kind: "pagerduty" })).id,
      (await world.channel({ kind: "email" })).id,
    ];
    await world.channel({ kind: "teams", url: "https://flow.example.com/hook", status: "disabled" });
    await world.webhook({ events: ["finding.*"] });
    heard.push((await world.webhook({ url: "https://own.receiver.dev/in", events: ["webhook.*"] })).webhook.id);
    await tell(world, [gone], anAlert());
    const told = await world.rows<{ webhook_id: string; status: string }>(
      "SELECT webhook_id, status FROM deliveries WHERE org_id = ?1 AND event = 'webhook.disabled'",
    );
    expect(told.map(({ webhook_id: id }) => id).toSorted()).toEqual(heard.toSorted());
    expect(new Set(told.map(({ status }) => status))).toEqual(new Set(["delivered"]));
    expect(world.inbox.sent.map(({ subject }) => subject)).toEqual([
      expect.stringContaining("A webhook or channel was disabled"),
    ]);
    expect(await other.rows("SELECT id FROM deliveries WHERE org_id = ?1")).toEqual([]);
    await world.tell(["scan.completed"]);
    await world.tell(["webhook.test"]);
    const more = await world.rows("SELECT event FROM deliveries WHERE org_id = ?1 AND event NOT LIKE 'alert.%'");
    expect(more.filter(({ event }) => event !== "webhook.disabled")).toEqual([{ event: "webhook.test" }]);
  });

  it.each(["webhook.failing", "webhook.disabled"] as const)(
    "opens no incident after it works again, however late %s comes; webhooks are told of it",
    async (event) => {
      vi.useFakeTimers({ toFake: ["Date"] });
      const world = await newChannelWorld();
      const receiver = startReceiver();
      receiver.answer(() => new Response(null, { status: 500 }));
      const { webhook } = await world.webhook({ url: "https://own.receiver.dev/in", events: ["webhook.*"] });
      await world.channel({ kind: "pagerduty" });
      const attempt = async (warned: number) => {
        await world.rows("UPDATE webhooks SET warned = ?2 WHERE org_id = ?1 AND id = ?3", warned, webhook.id);
        vi.setSystemTime(Date.now() + 400_000);
        const before = receiver.received.length;
        await world.consume((await deliveriesOf(world)).map(({ id }) => message(world, id)));
        return receiver.received
          .slice(before)
          .map(({ url }) => new URL(url).host)
          .toSorted();
      };
      const org = world.org();
      const data = { ...eventSamples[event], webhookId: webhook.id };
      await org.db.atomic(eventStatements(org, { names: [event], data }));
      const both = ["events.pagerduty.com", "own.receiver.dev"];
      const heard = [await attempt(1), await attempt(-1), await attempt(0)];
      if (JSON.stringify(heard) !== JSON.stringify([both, both, both.slice(1)])) throw new Error(JSON.stringify(heard));
    },
  );
});
