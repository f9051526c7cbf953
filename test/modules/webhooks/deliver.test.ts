import { createExecutionContext, createMessageBatch, waitOnExecutionContext } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { newId } from "#lib/id";
import { consumer } from "#queues/deliveries";
import { consumer as deadConsumer } from "#queues/deliveries-dead";
import { claimDelivery } from "../../../src/modules/webhooks/claim.ts";
import { recordOutcome } from "../../../src/modules/webhooks/record.ts";
import { gate, startReceiver } from "../../support/receiver.ts";
import { newWorld, type World } from "./world.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

interface DeliveryRow {
  readonly id: string;
  readonly webhook_id: string;
  readonly status: string;
  readonly attempts: number;
  readonly next_attempt_at: string | null;
  readonly lease_until: string | null;
  readonly delivered_at: string | null;
}

interface AttemptRow {
  readonly number: number;
  readonly status: number | null;
  readonly error: string | null;
  readonly response: string | null;
}

const url = "https://hooks.receiver.dev/in";
const deliveriesOf = (world: World) => world.rows<DeliveryRow>("SELECT * FROM deliveries WHERE org_id = ?1 ORDER BY id");
const attemptsOf = (world: World) => world.rows<AttemptRow>("SELECT * FROM attempts WHERE org_id = ?1 ORDER BY delivery_id, number");
const busyOf = async (world: World) =>
  (await world.rows<{ busy_until: string | null }>("SELECT busy_until FROM webhooks WHERE org_id = ?1")).map((row) => row.busy_until);

/** The one delivery of a world that has one. */
async function onlyDelivery(world: World): Promise<DeliveryRow> {
  const [row, ...others] = await deliveriesOf(world);
  if (!row || others.length > 0) throw new Error("There is not exactly one delivery");
  return row;
}

const message = (world: World, deliveryId: string) => ({ orgId: world.orgId, shard: 0, deliveryId });

describe("one delivery", () => {
  it("is done after 2xx: one attempt recorded, webhook free, nothing more to do", async ({ expect }) => {
    const world = await newWorld();
    const receiver = startReceiver();
    receiver.answer(() => new Response("thanks", { status: 202 }));
    await world.webhook();
    await world.tell();
    await world.drain();
    expect(await onlyDelivery(world)).toMatchObject({ status: "delivered", attempts: 1, next_attempt_at: null, lease_until: null });
    expect(await attemptsOf(world)).toMatchObject([{ number: 1, status: 202, error: null, response: "thanks" }]);
    expect(await busyOf(world)).toEqual([null]);
    expect(world.nudges).toEqual([]);
  });

  it("follows the schedule exactly, the same bytes and id each time, and is dead after the tenth", async ({ expect }) => {
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
    expect(world.nudges).toMatchObject([{ delaySeconds: expect.toSatisfy((seconds: number) => seconds === 5 || seconds === 6) }]);
  });

  it.each([
    ["a redirect", () => Response.redirect("https://elsewhere.example.com/", 307), 307, "Redirects are not followed"],
    ["404", () => new Response("nothing here", { status: 404 }), 404, "Answered 404"],
    ["a timeout", () => Promise.reject(new DOMException("too late", "TimeoutError")), null, "No answer within 15 seconds"],
    ["a broken connection", () => Promise.reject(new TypeError("Network connection lost to 10.1.2.3")), null, "The connection failed"],
  ] as const)("fails by %s and is tried again", async (_, answer, status, error) => {
    const world = await newWorld();
    const receiver = startReceiver();
    receiver.answer(answer);
    await world.webhook();
    await world.tell();
    await world.drain();
    const [attempt] = await attemptsOf(world);
    const { status: state } = await onlyDelivery(world);
    if (attempt?.status !== status || attempt.error !== error || state !== "pending") throw new Error(JSON.stringify([attempt, state]));
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

  it("410 disables the webhook, ends what waits for it, is in the audit log and told to the others", async ({ expect }) => {
    const world = await newWorld();
    const receiver = startReceiver();
    receiver.answer(({ url: to }) => new Response(null, { status: to.endsWith("/gone") ? 410 : 200 }));
    const gone = await world.webhook({ url: "https://hooks.receiver.dev/gone", events: ["scan.*", "webhook.*"] });
    const other = await world.webhook({ events: ["webhook.disabled"] });
    for (let round = 0; round < 3; round += 1) await world.tell();
    await world.drain();
    const [row] = await world.rows("SELECT status, disabled_reason, version FROM webhooks WHERE org_id = ?1 AND id = ?2", gone.webhook.id);
    expect(row).toEqual({ status: "disabled", disabled_reason: "The receiver answered 410 Gone", version: 2 });
    expect(receiver.received.filter(({ url: to }) => to.endsWith("/gone"))).toHaveLength(1);
    const ended = (await deliveriesOf(world)).filter((delivery) => delivery.webhook_id === gone.webhook.id);
    expect(ended.map(({ status, next_attempt_at: next }) => [status, next])).toEqual(Array.from({ length: 3 }, () => ["dead", null]));
    const told = receiver.received.filter(({ url: to }) => to === other.webhook.url);
    expect(told.map(({ body }) => JSON.parse(body))).toMatchObject([{ event: "webhook.disabled", data: { webhookId: gone.webhook.id } }]);
    const audit = await world.rows("SELECT actor_type, target_id FROM audit_log WHERE org_id = ?1 AND action = 'webhook.disable'");
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
    await world.rows("UPDATE webhooks SET url = 'https://169.254.169.254/latest/' WHERE org_id = ?1 AND id = ?2", webhook.id);
    await world.tell();
    await world.drain();
    expect(receiver.received).toEqual([]);
    expect(await attemptsOf(world)).toMatchObject([{ status: null, error: expect.stringContaining("cannot be sent to this URL"), response: null }]);
    expect(await onlyDelivery(world)).toMatchObject({ status: "pending", attempts: 1 });
  });

  it("whose secret cannot be opened fails like any other and says nothing of it", async ({ expect }) => {
    const world = await newWorld();
    const receiver = startReceiver();
    await world.webhook();
    await world.rows("UPDATE webhooks SET secret = '9.AAAA' WHERE org_id = ?1");
    await world.tell();
    await world.drain();
    expect(receiver.received).toEqual([]);
    expect(await onlyDelivery(world)).toMatchObject({ status: "pending", attempts: 1, lease_until: null });
  });
});

describe("side by side", () => {
  it("however often and in whatever order messages come, each delivery is sent once and a webhook gets one at a time", async ({ expect }) => {
    const world = await newWorld();
    const receiver = startReceiver();
    receiver.answer(async () => {
      await scheduler.wait(1);
      return new Response(null, { status: 200 });
    });
    const other = "https://second.receiver.dev/in";
    await world.webhook();
    await world.webhook({ url: other });
    for (let round = 0; round < 15; round += 1) await world.tell();
    const all = (await deliveriesOf(world)).map(({ id }) => message(world, id));
    const shuffled = [...all, ...all, ...all].toSorted(() => Math.random() - 0.5);
    await Promise.all([0, 1, 2].map((part) => world.consume(shuffled.filter((_, index) => index % 3 === part))));
    await world.drain();
    expect(receiver.received).toHaveLength(30);
    expect(new Set(receiver.received.map(({ headers }) => headers.get("x-cloudglass-delivery"))).size).toBe(30);
    expect([receiver.mostAtOnce(url), receiver.mostAtOnce(other)]).toEqual([1, 1]);
    expect((await deliveriesOf(world)).every(({ status, attempts }) => status === "delivered" && attempts === 1)).toBe(true);
    expect(await attemptsOf(world)).toHaveLength(30);
  });

  it("a slow receiver holds up neither its batch nor another webhook", async ({ expect }) => {
    const world = await newWorld();
    const receiver = startReceiver();
    const slow = gate();
    receiver.answer(async ({ url: to }) => {
      if (to === url) await slow.opened;
      return new Response(null, { status: 200 });
    });
    await world.webhook();
    const quick = await Promise.all(Array.from({ length: 9 }, (_, index) => world.webhook({ url: `https://h${index}.receiver.dev/in` })));
    await world.tell();
    const ctx = createExecutionContext();
    const bodies = world.nudges.splice(0).map(({ body }, index) => ({ id: `m${index}`, timestamp: new Date(), attempts: 1, body }));
    await consumer.consume(createMessageBatch("deliveries", bodies), world.env, ctx);
    await vi.waitFor(async () => {
      const done = (await deliveriesOf(world)).filter(({ status }) => status === "delivered");
      expect(done).toHaveLength(quick.length);
    });
    await world.tell();
    const [, ...rest] = await Promise.all(world.nudges.splice(0).map(({ body }) => world.consume([body])));
    expect(rest).toHaveLength(9);
    expect((await deliveriesOf(world)).filter(({ status }) => status === "delivered")).toHaveLength(18);
    expect(receiver.mostAtOnce(url)).toBe(1);
    slow.open();
    await waitOnExecutionContext(ctx);
    expect((await deliveriesOf(world)).filter(({ status }) => status === "delivered")).toHaveLength(20);
  });

  it("a lost lease records nothing: the outcome of whoever holds it counts", async ({ expect }) => {
    const world = await newWorld();
    await world.webhook();
    await world.tell();
    const { id } = await onlyDelivery(world);
    const start = Date.now();
    const first = world.org({ now: new Date(start) });
    const claim = await claimDelivery(first, id);
    expect(await claimDelivery(world.org({ now: new Date(start + 59_000) }), id)).toBeNull();
    const second = world.org({ now: new Date(start + 60_000) });
    const later = await claimDelivery(second, id);
    if (!claim || !later) throw new Error("Not claimed");
    const success = { status: 200, error: null, response: null, retryAfterSeconds: null, durationMs: 5 };
    const failure = { ...success, status: 500, error: "Answered 500" };
    expect(await recordOutcome(first, claim, failure, { kind: "dead" }, new Date())).toMatchObject({ recorded: false });
    expect(await busyOf(world)).not.toEqual([null]);
    expect(await recordOutcome(second, later, success, { kind: "delivered" }, new Date())).toMatchObject({ recorded: true });
    for (const late of [claim, later]) {
      expect(await recordOutcome(second, late, failure, { kind: "gone" }, new Date())).toMatchObject({ recorded: false });
    }
    expect(await onlyDelivery(world)).toMatchObject({ status: "delivered", attempts: 1 });
    expect(await attemptsOf(world)).toMatchObject([{ number: 1, status: 200 }]);
    expect(await world.rows("SELECT status FROM webhooks WHERE org_id = ?1")).toEqual([{ status: "enabled" }]);
  });

  it("two claims at the very same moment give it to one", async ({ expect }) => {
    const world = await newWorld();
    await world.webhook();
    await world.tell();
    await world.tell();
    const now = new Date();
    const ids = (await deliveriesOf(world)).map(({ id }) => id);
    const claims = await Promise.all([...ids, ...ids, ...ids].map((id) => claimDelivery(world.org({ now }), id)));
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
  });

  it("costs two round trips and a handful of rows", async ({ expect }) => {
    const world = await newWorld();
    await world.webhook();
    for (let round = 0; round < 40; round += 1) await world.tell();
    const [first] = await deliveriesOf(world);
    const org = world.org();
    const claim = await claimDelivery(org, first?.id ?? "");
    if (!claim) throw new Error("Not claimed");
    const outcome = { status: 200, error: null, response: null, retryAfterSeconds: null, durationMs: 5 };
    await recordOutcome(org, claim, outcome, { kind: "delivered" }, new Date());
    expect(org.db.meter.roundTrips).toBe(2);
    expect(org.db.meter.rowsRead).toBeLessThanOrEqual(20);
    expect(org.db.meter.rowsWritten).toBeLessThanOrEqual(10);
  });
});

describe("messages", () => {
  it("99 good ones are done beside a poisonous one, which is dropped and told of", async ({ expect }) => {
    const world = await newWorld();
    const receiver = startReceiver();
    const log = vi.spyOn(console, "log");
    await world.webhook();
    for (let round = 0; round < 9; round += 1) await world.tell();
    const good = (await deliveriesOf(world)).map(({ id }) => message(world, id));
    const poison = [null, 7, "x".repeat(100_000), {}, { ...good[0], extra: 1 }, { ...good[0], deliveryId: "1 OR 1=1" }, { v: 0, id: newId() }];
    const result = await world.consume([...poison, ...good, message(world, newId())]);
    await world.drain();
    expect(result.retried).toEqual([]);
    expect(result.acked).toHaveLength(poison.length + good.length + 1);
    expect(receiver.received).toHaveLength(9);
    expect(log.mock.calls.flat().filter((line) => String(line).includes("malformed"))).toHaveLength(poison.length);
  });

  it("comes again when the delivery could not be looked at", async ({ expect }) => {
    const world = await newWorld();
    await world.webhook();
    await world.tell();
    const { id } = await onlyDelivery(world);
    const result = await world.consume([{ ...message(world, id), shard: 9 }, message(world, newId())]);
    expect(result.retried).toEqual(["m0"]);
    expect(await onlyDelivery(world)).toMatchObject({ status: "pending", attempts: 0 });
  });

  it("another organization's delivery is not touched", async ({ expect }) => {
    const [world, other] = [await newWorld(), await newWorld()];
    const receiver = startReceiver();
    await world.webhook();
    await world.tell();
    const { id } = await onlyDelivery(world);
    await other.consume([message(other, id)]);
    expect(receiver.received).toEqual([]);
    expect(await onlyDelivery(world)).toMatchObject({ attempts: 0, lease_until: null });
  });

  it("dead letters are told of and done", async ({ expect }) => {
    const world = await newWorld();
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const bodies = [{ orgId: world.orgId }, "x".repeat(5_000), undefined].map((body, index) => ({ id: `m${index}`, timestamp: new Date(), attempts: 1, body }));
    const batch = createMessageBatch("deliveries-dead", bodies);
    const ackAll = vi.spyOn(batch, "ackAll");
    await deadConsumer.consume(batch, world.env, createExecutionContext());
    expect(ackAll).toHaveBeenCalledOnce();
    expect(log.mock.calls.map(([line]) => String(line).length).every((length) => length < 700)).toBe(true);
    expect(log.mock.calls.map(([line]) => String(line))).toEqual(expect.arrayContaining([expect.stringContaining(world.orgId)]));
  });
});
