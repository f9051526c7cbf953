import { env } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { eventStatements } from "#db/outbox";
import { carryOnMax } from "#deliveries/deliver";
import { startReceiver } from "../support/receiver.ts";
import { attemptsOf, busyOf, deliveriesOf, message, onlyDelivery } from "../modules/webhooks/rows.ts";
import { newWorld } from "../modules/webhooks/world.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("one delivery", () => {
  it("is done after 2xx: one attempt recorded, webhook free, nothing more to do", async ({ expect }) => {
    const world = await newWorld();
    const receiver = startReceiver();
    receiver.answer(() => new Response("thanks", { status: 202 }));
    await world.webhook();
    await world.tell();
    await world.drain();
    expect(await onlyDelivery(world)).toMatchObject({
      status: "delivered",
      attempts: 1,
      next_attempt_at: null,
      lease_until: null,
    });
    expect(await attemptsOf(world)).toMatchObject([{ number: 1, status: 202, error: null, response: "thanks" }]);
    expect(await busyOf(world)).toEqual([null]);
    expect(world.nudges).toEqual([]);
  });

  it("follows the schedule exactly, the same bytes and id each time, and is dead after the tenth", async ({
    expect,
  }) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const world = await newWorld();
    const receiver = startReceiver();
    receiver.answer(() => new Response("no", { status: 500 }));
    await world.webhook();
    await world.tell();
    const { id } = await onlyDelivery(world);
    for (const [index, exact] of [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].entries()) {
      await world.consume([message(world, id)]);
      const now = Date.now();
      const { next_attempt_at: next, attempts, status } = await onlyDelivery(world);
      const waits = (Date.parse(next ?? "") - now) / 1_000;
      expect([attempts, status]).toEqual([index + 1, "pending"]);
      expect(waits).toBeGreaterThanOrEqual(exact * 0.9 - 0.001);
      expect(waits).toBeLessThanOrEqual(Math.min(exact * 1.1, 86_400) + 0.001);
      await world.consume([message(world, id)]);
      expect(receiver.received).toHaveLength(index + 1);
      vi.setSystemTime(Date.parse(next ?? ""));
    }
    await world.consume([message(world, id), message(world, id)]);
    expect(await onlyDelivery(world)).toMatchObject({ status: "dead", attempts: 10, next_attempt_at: null });
    expect(await attemptsOf(world)).toHaveLength(10);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(receiver.received.map(({ headers }) => headers.get("webhook-id"))).size).toBe(1);
    expect(new Set(receiver.received.map(({ headers }) => headers.get("webhook-timestamp"))).size).toBe(10);
    expect(world.nudges.every(({ delaySeconds }) => delaySeconds <= 43_200)).toBe(true);
  });

  it("comes back by a delayed nudge after a short wait", async ({ expect }) => {
    const world = await newWorld();
    startReceiver().answer(() => new Response(null, { status: 503 }));
    await world.webhook();
    await world.tell();
    await world.drain();
    expect(world.nudges).toMatchObject([
      { delaySeconds: expect.toSatisfy((seconds: number) => seconds === 5 || seconds === 6) },
    ]);
  });

  it.each([
    ["a redirect", () => Response.redirect("https://elsewhere.example.com/", 307), 307, "Redirects are not followed"],
    ["404", () => new Response("nothing here", { status: 404 }), 404, "Answered 404"],
    [
      "a timeout",
      () => Promise.reject(new DOMException("too late", "TimeoutError")),
      null,
      "No answer within 15 seconds",
    ],
    [
      "a broken connection",
      () => Promise.reject(new TypeError("Network connection lost to 10.1.2.3")),
      null,
      "The connection failed",
    ],
  ] as const)("fails by %s and is tried again", async (_, answer, status, error) => {
    const world = await newWorld();
    const receiver = startReceiver();
    receiver.answer(answer);
    await world.webhook();
    await world.tell();
    await world.drain();
    const [attempt] = await attemptsOf(world);
    const { status: state } = await onlyDelivery(world);
    if (attempt?.status !== status || attempt.error !== error || state !== "pending")
      throw new Error(JSON.stringify([attempt, state]));
    if (receiver.received.length !== 1) throw new Error("The redirect was followed");
  });

  it("waits for Retry-After, and so does everything else for that webhook", async ({ expect }) => {
    const world = await newWorld();
    const receiver = startReceiver();
    receiver.answer(() => new Response(null, { status: 429, headers: { "Retry-After": "600" } }));
    await world.webhook();
    await world.tell();
    const before = Date.now();
    await world.drain();
    const { next_attempt_at: next } = await onlyDelivery(world);
    expect((Date.parse(next ?? "") - before) / 1_000).toBeGreaterThanOrEqual(600);
    await world.tell();
    await world.drain();
    expect(receiver.received).toHaveLength(1);
    vi.useFakeTimers({ toFake: ["Date"], now: before + 700_000 });
    receiver.answer(() => new Response(null, { status: 200 }));
    for (const { id } of await deliveriesOf(world)) await world.consume([message(world, id)]);
    expect((await deliveriesOf(world)).map(({ status }) => status)).toEqual(["delivered", "delivered"]);
  });

  it("410 disables the webhook, ends what waits for it, is in the audit log and told to the others", async ({
    expect,
  }) => {
    const world = await newWorld();
    const receiver = startReceiver();
    receiver.answer(({ url: to }) => new Response(null, { status: to.endsWith("/gone") ? 410 : 200 }));
    const gone = await world.webhook({ url: "https://hooks.receiver.dev/gone", events: ["scan.*", "webhook.*"] });
    const other = await world.webhook({ events: ["webhook.disabled"] });
    for (let round = 0; round < 3; round += 1) await world.tell();
    await world.drain();
    const [row] = await world.rows(
      "SELECT status, disabled_reason, version FROM webhooks WHERE org_id = ?1 AND id = ?2",
      gone.webhook.id,
    );
    expect(row).toEqual({ status: "disabled", disabled_reason: "The receiver answered 410 Gone", version: 2 });
    expect(receiver.received.filter(({ url: to }) => to.endsWith("/gone"))).toHaveLength(1);
    const ended = (await deliveriesOf(world)).filter((delivery) => delivery.webhook_id === gone.webhook.id);
    expect(ended.map(({ status, next_attempt_at: next }) => [status, next])).toEqual(
      Array.from({ length: 3 }, () => ["dead", null]),
    );
    const told = receiver.received.filter(({ url: to }) => to === other.webhook.url);
    expect(told.map(({ body }) => JSON.parse(body))).toMatchObject([
      { event: "webhook.disabled", data: { webhookId: gone.webhook.id } },
    ]);
    const audit = await world.rows(
      "SELECT actor_type, target_id FROM audit_log WHERE org_id = ?1 AND action = 'webhook.disable'",
    );
    expect(audit).toEqual([{ actor_type: "system", target_id: gone.webhook.id }]);
  });

  it("keeps the first KiB of an answer and reads no more than 64 KiB of it", async ({ expect }) => {
    const world = await newWorld();
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 8_192;
        controller.enqueue(new Uint8Array(8_192).fill(97));
      },
    });
    startReceiver().answer(() => new Response(endless, { status: 200 }));
    await world.webhook();
    await world.tell();
    await world.drain();
    const [attempt] = await attemptsOf(world);
    expect(attempt?.response).toBe("a".repeat(1_024));
    expect(sent).toBeLessThanOrEqual(65_536 + 2 * 8_192);
  });

  it("is done when 2xx came though the body broke off, and takes any bytes", async ({ expect }) => {
    const world = await newWorld();
    const breaking = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array([0xff, 0x00, 0x41]));
      },
      pull: (controller) => controller.error(new Error("reset")),
    });
    startReceiver().answer(() => new Response(breaking));
    await world.webhook();
    await world.tell();
    await world.drain();
    expect(await onlyDelivery(world)).toMatchObject({ status: "delivered" });
    expect(await attemptsOf(world)).toMatchObject([{ status: 200, error: null }]);
  });

  it("looks at the URL before every attempt: a blocked one is never connected to", async ({ expect }) => {
    const world = await newWorld();
    const receiver = startReceiver();
    const { webhook } = await world.webhook();
    await world.rows(
      "UPDATE webhooks SET url = 'https://169.254.169.254/latest/' WHERE org_id = ?1 AND id = ?2",
      webhook.id,
    );
    await world.tell();
    await world.drain();
    expect(receiver.received).toEqual([]);
    expect(await attemptsOf(world)).toMatchObject([
      { status: null, error: expect.stringContaining("cannot be sent to this URL"), response: null },
    ]);
    expect(await onlyDelivery(world)).toMatchObject({ status: "pending", attempts: 1 });
  });

  it.each([
    ["the master key is missing", { MASTER_KEYS: "2:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" }],
    ["there are no master keys", { MASTER_KEYS: "" }],
  ])("that cannot be made because %s is no attempt, counts against nobody and waits", async (_, broken) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const world = await newWorld();
    const receiver = startReceiver();
    await world.webhook();
    for (let round = 0; round < 3; round += 1) await world.tell();
    const { MASTER_KEYS } = world.env;
    Object.assign(world.env, broken);
    await world.drain();
    const start = Date.now();
    const consumeAll = async () => {
      for (const { id } of await deliveriesOf(world)) await world.consume([message(world, id)]);
      await world.drain();
    };
    // Every minute one delivery tries how it is.
    for (const minute of [0, 1]) {
      vi.setSystemTime(start + minute * 60_000);
      await consumeAll();
      const rows = await deliveriesOf(world);
      const waits = rows.map(({ next_attempt_at: at }) => Date.parse(at ?? "") > Date.now());
      const left = rows.every(
        ({ status, attempts, lease_until: lease }) => status === "pending" && attempts === 0 && !lease,
      );
      if (!left || waits.filter(Boolean).length !== minute + 1) throw new Error(JSON.stringify(rows));
      if (!JSON.stringify(rows).includes("Cloudglass could not prepare the message"))
        throw new Error("It is not told why");
    }
    const [row] = await world.rows("SELECT status, failures, failing_since, warned FROM webhooks WHERE org_id = ?1");
    if (JSON.stringify(Object.values(row ?? {})) !== '["enabled",0,null,0]') throw new Error(JSON.stringify(row));
    if (receiver.received.length > 0 || (await attemptsOf(world)).length > 0) throw new Error("An attempt was made");
    Object.assign(world.env, { MASTER_KEYS });
    vi.setSystemTime(start + 40 * 60_000);
    await consumeAll();
    const ends = (await deliveriesOf(world)).map(({ status, attempts }) => `${status} ${attempts}`);
    if (ends.join() !== "delivered 1,delivered 1,delivered 1") throw new Error(ends.join());
  });

  it("whose event is gone ends unsent", async ({ expect }) => {
    const world = await newWorld();
    const receiver = startReceiver();
    await world.webhook();
    await world.tell();
    await world.rows("DELETE FROM events WHERE org_id = ?1");
    await world.drain();
    expect(receiver.received).toEqual([]);
    expect(await onlyDelivery(world)).toMatchObject({ status: "dead", attempts: 0, next_attempt_at: null });
    expect(await busyOf(world)).toEqual([null]);
  });
});

describe("an invocation", () => {
  it("runs fewer than 1,000 statements, whatever is due at the webhooks of its batch; the rest is handed on", async ({
    expect,
  }) => {
    // However long it takes: what carries on for too long hands the rest on sooner.
    vi.useFakeTimers({ toFake: ["Date"] });
    let statements = 0;
    const DB = {
      prepare: (text: string) => env.DB.prepare(text),
      batch(all: D1PreparedStatement[]) {
        statements += all.length;
        return env.DB.batch(all);
      },
    };
    const world = await newWorld({ DB });
    const receiver = startReceiver();
    for (const name of "abcde") await world.webhook({ url: `https://${name}.receiver.dev/in` });
    const org = world.org();
    const events = Array.from({ length: carryOnMax + 5 }, () => ({ names: ["scan.completed"] as const, data: {} }));
    await org.db.atomic(eventStatements(org, ...events));
    const rows = await deliveriesOf(world);
    const firsts = new Map(rows.map(({ webhook_id: webhook, id }) => [webhook, message(world, id)]));
    statements = 0;
    await world.consume([...firsts.values()]);
    expect(receiver.received).toHaveLength(5 * carryOnMax);
    expect(statements).toBe(5 * carryOnMax * 7);
    expect(statements).toBeLessThan(1_000);
    expect(world.nudges).toHaveLength(5);
    await world.drain();
    expect((await deliveriesOf(world)).every(({ status }) => status === "delivered")).toBe(true);
    expect(receiver.received).toHaveLength(rows.length);
  });
});
