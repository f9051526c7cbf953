import { createExecutionContext, createMessageBatch, waitOnExecutionContext } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { claimDelivery } from "#deliveries/claim";
import { recordOutcome } from "#deliveries/record";
import { newId } from "#lib/id";
import { consumer } from "#queues/deliveries";
import { consumer as deadConsumer } from "#queues/deliveries-dead";
import { gate, startReceiver } from "../support/receiver.ts";
import { attemptsOf, busyOf, deliveriesOf, message, onlyDelivery } from "../modules/webhooks/rows.ts";
import { newWorld } from "../modules/webhooks/world.ts";

afterEach(() => vi.restoreAllMocks());

const url = "https://hooks.receiver.dev/in";

describe("side by side", () => {
  it("however often and in whatever order messages come, each delivery is sent once and a webhook gets one at a time", async ({
    expect,
  }) => {
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
    expect((await deliveriesOf(world)).every(({ status, attempts }) => status === "delivered" && attempts === 1)).toBe(
      true,
    );
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
    const quick = await Promise.all(
      Array.from({ length: 9 }, (_, index) => world.webhook({ url: `https://h${index}.receiver.dev/in` })),
    );
    await world.tell();
    const ctx = createExecutionContext();
    const bodies = world.nudges
      .splice(0)
      .map(({ body }, index) => ({ id: `m${index}`, timestamp: new Date(), attempts: 1, body }));
    await consumer.consume(createMessageBatch("deliveries", bodies), world.env, ctx);
    const delivered = async () => (await deliveriesOf(world)).filter(({ status }) => status === "delivered").length;
    await expect.poll(delivered).toBe(quick.length);
    await world.tell();
    const [, ...rest] = await Promise.all(world.nudges.splice(0).map(({ body }) => world.consume([body])));
    expect(rest).toHaveLength(9);
    expect(await delivered()).toBe(18);
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
    expect(
      await recordOutcome(first, claim, failure, { step: { kind: "dead" }, pauseSeconds: null }, new Date()),
    ).toMatchObject({ recorded: false });
    expect(await busyOf(world)).not.toEqual([null]);
    expect(
      await recordOutcome(second, later, success, { step: { kind: "delivered" }, pauseSeconds: null }, new Date()),
    ).toMatchObject({
      recorded: true,
    });
    for (const late of [claim, later]) {
      expect(
        await recordOutcome(
          second,
          late,
          { ...failure, status: 410 },
          { step: { kind: "dead" }, pauseSeconds: null },
          new Date(),
        ),
      ).toMatchObject({
        recorded: false,
      });
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
    await recordOutcome(org, claim, outcome, { step: { kind: "delivered" }, pauseSeconds: null }, new Date());
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
    const poison = [
      null,
      7,
      "x".repeat(100_000),
      {},
      { ...good[0], extra: 1 },
      { ...good[0], deliveryId: "1 OR 1=1" },
      { v: 0, id: newId() },
    ];
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
    const bodies = [{ orgId: world.orgId }, "x".repeat(5_000), undefined].map((body, index) => ({
      id: `m${index}`,
      timestamp: new Date(),
      attempts: 1,
      body,
    }));
    const batch = createMessageBatch("deliveries-dead", bodies);
    const ackAll = vi.spyOn(batch, "ackAll");
    await deadConsumer.consume(batch, world.env, createExecutionContext());
    expect(ackAll).toHaveBeenCalledOnce();
    expect(log.mock.calls.map(([line]) => String(line).length).every((length) => length < 700)).toBe(true);
    expect(log.mock.calls.map(([line]) => String(line))).toEqual(
      expect.arrayContaining([expect.stringContaining(world.orgId)]),
    );
  });
});
