import { afterEach, describe, it, vi } from "vitest";
import type { EventName } from "#db/outbox";
import { rungAfter, type Health } from "#deliveries/ladder";
import { pauseAfter } from "#deliveries/retries";
import { changeWebhook } from "../../src/modules/webhooks/change.ts";
import { eventSamples } from "../../src/modules/webhooks/event-samples.ts";
import { eventComplaints } from "../support/openapi.ts";
import { startReceiver } from "../support/receiver.ts";
import { shapeOf } from "../support/shape.ts";
import { deliveriesOf, message } from "../modules/webhooks/rows.ts";
import { newWorld, type World } from "../modules/webhooks/world.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const start = new Date("2026-03-01T00:00:00.000Z");
const later = (ms: number): Date => new Date(start.getTime() + ms);

describe("the ladder", () => {
  const failing: Health = { failures: 7, failingSince: start.toISOString(), warned: 0 };
  const after = (health: Health, ms: number) => {
    const rung = rungAfter(health, "failed", later(ms));
    return rung?.kind === "failing" ? rung.stage : (rung?.kind ?? null);
  };

  it("is told at a day, at three days, and then disabled at five, each once", ({ expect }) => {
    expect(rungAfter({ failures: 0, failingSince: null, warned: 0 }, "failed", start)).toBeNull();
    expect(
      [dayMs - 1, dayMs, 3 * dayMs - 1, 3 * dayMs, 5 * dayMs - 1, 5 * dayMs].map((ms) => after(failing, ms)),
    ).toEqual([null, "day", "day", "three_days", "three_days", "three_days"]);
    expect([dayMs, 3 * dayMs, 5 * dayMs].map((ms) => after({ ...failing, warned: 1 }, ms))).toEqual([
      null,
      "three_days",
      "three_days",
    ]);
    expect([dayMs, 4 * dayMs, 5 * dayMs].map((ms) => after({ ...failing, warned: 2 }, ms))).toEqual([
      null,
      null,
      "disabled",
    ]);
  });

  it.each([
    [3, 0],
    [4, 0],
    [5, 1],
    [30, 26],
  ])("leaves a day at least after the second warning, though it comes after %i days", (days, since) => {
    const rung = rungAfter(failing, "failed", later(days * dayMs));
    if (rung?.kind !== "failing" || rung.since !== later(since * dayMs).toISOString())
      throw new Error(JSON.stringify(rung));
  });

  it("begins anew for what was enabled again, and tells when it works only of what was told before", ({ expect }) => {
    expect(after({ ...failing, warned: -1 }, dayMs)).toBe("day");
    expect(rungAfter({ ...failing, warned: 0 }, "delivered", later(0))).toBeNull();
    for (const warned of [-1, 1, 2]) {
      expect(rungAfter({ ...failing, warned }, "delivered", later(0))?.kind).toBe("recovered");
    }
    expect(rungAfter({ failures: 0, failingSince: null, warned: 0 }, "gone", start)).toMatchObject({
      kind: "disabled",
      reason: "The receiver answered 410 Gone",
    });
  });
});

/** A world with one webhook that is watched, one that watches, and a receiver that does as it is told. */
async function watched() {
  vi.useFakeTimers({ toFake: ["Date"], now: start });
  const world = await newWorld();
  const receiver = startReceiver();
  let works = false;
  receiver.answer(({ url }) => new Response(null, { status: works || url.endsWith("/watcher") ? 200 : 500 }));
  const failing = await world.webhook({ url: "https://hooks.receiver.dev/failing?token=canary-81c2", events: ["*"] });
  await world.webhook({ url: "https://hooks.receiver.dev/watcher", events: ["webhook.*"] });
  const heard = () =>
    receiver.received
      .filter(({ url }) => url.endsWith("/watcher"))
      .map(({ body }) => JSON.parse(body) as { event: EventName; data: Record<string, unknown> });
  const row = async () => {
    const [found] = await world.rows(
      "SELECT status, failures, failing_since, warned, version FROM webhooks WHERE org_id = ?1 AND id = ?2",
      failing.webhook.id,
    );
    return found;
  };
  return {
    world,
    receiver,
    id: failing.webhook.id,
    heard,
    row,
    repair: () => (works = true),
    breakDown: () => (works = false),
  };
}

/** Lets everything due happen until `until`, an hour at a time, with a new event every four hours. */
async function live(world: World, until: Date): Promise<void> {
  for (let hour = 0; Date.now() < until.getTime(); hour += 1) {
    vi.setSystemTime(Math.min(until.getTime(), Date.now() + hourMs));
    if (hour % 4 === 0) await world.tell();
    for (const { id, status } of await deliveriesOf(world))
      if (status === "pending") await world.consume([message(world, id)]);
    await world.drain();
  }
}

describe("a webhook that fails and fails", () => {
  it("is told of after a day and three, is disabled after five, and told again when it works; never to itself", async ({
    expect,
  }) => {
    const { world, receiver, id, heard, row, repair } = await watched();
    await world.tell();
    await world.drain();
    expect(await row()).toMatchObject({
      status: "enabled",
      failures: 1,
      failing_since: start.toISOString(),
      warned: 0,
    });
    await live(world, later(dayMs - hourMs));
    expect(heard()).toEqual([]);
    await live(world, later(5 * dayMs - hourMs));
    expect(heard().map(({ event, data }) => [event, data["stage"]])).toEqual([
      ["webhook.failing", "day"],
      ["webhook.failing", "three_days"],
    ]);
    expect(heard()[0]?.data).toEqual({
      webhookId: id,
      kind: "webhook",
      name: null,
      url: "https://hooks.receiver.dev",
      failingSince: start.toISOString(),
      lastError: "Answered 500",
      at: later(dayMs).toISOString(),
      stage: "day",
      disablesAt: later(5 * dayMs).toISOString(),
    });
    expect(await row()).toMatchObject({ status: "enabled", version: 1 });
    await live(world, later(5 * dayMs + hourMs));
    expect(await row()).toMatchObject({ status: "disabled", warned: 3, version: 2 });
    expect(heard().at(-1)).toMatchObject({
      event: "webhook.disabled",
      data: { webhookId: id, reason: "Every attempt of five days failed" },
    });
    const pending = await world.rows("SELECT id FROM deliveries WHERE org_id = ?1 AND status = 'pending'");
    expect(pending).toEqual([]);
    expect(
      await world.rows("SELECT target_id FROM audit_log WHERE org_id = ?1 AND action = 'webhook.disable'"),
    ).toEqual([{ target_id: id }]);
    const sent = receiver.received.length;
    await world.tell();
    await world.drain();
    expect(receiver.received).toHaveLength(sent);

    await changeWebhook(world.org(), { id, ifMatch: null }, { status: "enabled" });
    expect(await row()).toMatchObject({ status: "enabled", failures: 0, failing_since: null, warned: -1 });
    expect(heard()).toHaveLength(3);
    repair();
    await world.tell();
    await world.drain();
    expect(heard().at(-1)).toMatchObject({ event: "webhook.recovered", data: { webhookId: id, lastError: null } });
    expect(await row()).toMatchObject({ failures: 0, failing_since: null, warned: 0 });
    await world.tell();
    await world.drain();
    expect(heard()).toHaveLength(4);
    for (const { event, data } of heard()) {
      expect(shapeOf(data)).toEqual(shapeOf(eventSamples[event]));
      expect(eventComplaints(event, data)).toEqual([]);
    }
    const own = receiver.received.filter(({ url }) => url.includes("/failing"));
    expect(
      own
        .map(({ body }) => (JSON.parse(body) as { event: string }).event)
        .filter((name) => name.startsWith("webhook.")),
    ).toEqual([]);
    expect(JSON.stringify(heard())).not.toContain("canary-81c2");
  });

  it("twice, days apart, is warned and not disabled until the day it was told", async ({ expect }) => {
    const { world, heard, row } = await watched();
    const failOnce = async (days: number) => {
      vi.setSystemTime(later(days * dayMs));
      await world.tell();
      await world.drain();
      await world.rows(
        "UPDATE deliveries SET status = 'dead', next_attempt_at = NULL WHERE org_id = ?1 AND status = 'pending'",
      );
    };
    await failOnce(0);
    await failOnce(9);
    const told = {
      event: "webhook.failing",
      data: { stage: "three_days", disablesAt: later(10 * dayMs).toISOString() },
    };
    expect(heard()).toMatchObject([told]);
    await failOnce(9.9);
    expect(await row()).toMatchObject({ status: "enabled", failing_since: later(5 * dayMs).toISOString(), warned: 2 });
    await failOnce(10);
    expect(await row()).toMatchObject({ status: "disabled" });
    expect(heard().map(({ event }) => event)).toEqual(["webhook.failing", "webhook.disabled"]);
  });

  it("is forgiven by one success: days count from the first failure after it", async ({ expect }) => {
    const { world, heard, row, repair, breakDown } = await watched();
    await live(world, later(20 * hourMs));
    repair();
    await live(world, later(23 * hourMs));
    expect(await row()).toMatchObject({ failures: 0, failing_since: null });
    breakDown();
    await live(world, later(40 * hourMs));
    expect(heard()).toEqual([]);
    await live(world, later(52 * hourMs));
    expect(heard()).toMatchObject([{ event: "webhook.failing", data: { stage: "day" } }]);
    repair();
    await live(world, later(57 * hourMs));
    expect(heard().map(({ event }) => event)).toEqual(["webhook.failing", "webhook.recovered"]);
  });

  it.each([
    ["410", 410, 0],
    ["failure after five days", 500, 6],
    ["failure in a pause", 503, 0.5],
  ])(
    "that is moved while an attempt is under way is not judged by its %s: all goes to the new URL",
    async (_, status, days) => {
      const { world, receiver, id, row } = await watched();
      await world.rows(
        "UPDATE webhooks SET failing_since = ?2, failures = ?3, warned = ?4 WHERE org_id = ?1 AND id = ?5",
        days === 0 ? null : later(-days * dayMs).toISOString(),
        days === 0 ? 0 : 30,
        days > 3 ? 2 : 0,
        id,
      );
      const moved: unknown[] = [];
      receiver.answer(async ({ url }) => {
        if (!url.includes("/failing")) return new Response(null, { status: 200 });
        moved.push(await changeWebhook(world.org(), { id, ifMatch: null }, { url: "https://new.receiver.dev/in" }));
        return new Response(null, { status, headers: { "Retry-After": "600" } });
      });
      await world.tell();
      await world.tell();
      await world.drain();
      if (moved.length !== 1) throw new Error(`${moved.length} attempts at the former URL`);
      const [found] = await world.rows<{ busy_until: string | null }>(
        "SELECT status, failures, failing_since, busy_until FROM webhooks WHERE org_id = ?1 AND id = ?2",
        id,
      );
      const free = { status: "enabled", failures: 0, failing_since: null, busy_until: null };
      if (JSON.stringify(found) !== JSON.stringify(free)) throw new Error(JSON.stringify(found));
      vi.setSystemTime(later(hourMs));
      for (const delivery of await deliveriesOf(world))
        if (delivery.status === "pending") await world.consume([message(world, delivery.id)]);
      const ends = (await deliveriesOf(world)).map((delivery) => delivery.status);
      if (ends.some((end) => end !== "delivered")) throw new Error(JSON.stringify(ends));
      const { version } = (await row()) as { version: number };
      if (version !== 2) throw new Error(`version ${version}`);
    },
  );

  it("and is moved begins anew: of the new URL it is told after a day as well", async ({ expect }) => {
    const { world, id, heard, row } = await watched();
    await world.rows(
      "UPDATE webhooks SET failing_since = ?2, failures = 30, warned = 2 WHERE org_id = ?1 AND id = ?3",
      later(-4 * dayMs).toISOString(),
      id,
    );
    await changeWebhook(world.org(), { id, ifMatch: null }, { url: "https://new.receiver.dev/in" });
    await world.tell();
    await world.drain();
    expect(await row()).toMatchObject({ failures: 1, failing_since: start.toISOString(), warned: -1 });
    vi.setSystemTime(later(dayMs));
    await world.tell();
    await world.drain();
    expect(heard()).toMatchObject([{ event: "webhook.failing", data: { webhookId: id, stage: "day" } }]);
  });
});

describe("the pause of a receiver that keeps failing", () => {
  it("begins with the fifth failure at a minute and doubles to half an hour", ({ expect }) => {
    const pauses = [1, 4, 5, 6, 7, 8, 9, 10, 11, 500].map((failures) => pauseAfter(failures, () => 0.5));
    expect(pauses).toEqual([null, null, 60, 120, 240, 480, 960, 1_800, 1_800, 1_800]);
    expect([pauseAfter(5, () => 0), pauseAfter(5, () => 1)]).toEqual([54, 66]);
  });

  it("lets one delivery through at a time; the first that works closes it and all the rest follow", async ({
    expect,
  }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const world = await newWorld();
    const receiver = startReceiver();
    receiver.answer(() => new Response(null, { status: 500 }));
    await world.webhook();
    for (let round = 0; round < 40; round += 1) await world.tell();
    const wakeAll = async () => {
      await world.consume((await deliveriesOf(world)).map(({ id }) => message(world, id)));
      await world.drain();
    };
    await wakeAll();
    expect(receiver.received).toHaveLength(5);
    let passed = 0;
    for (const seconds of [60, 120, 240, 480, 960, 1_800, 1_800]) {
      vi.setSystemTime(later((passed + seconds) * 1_000 - 1));
      await wakeAll();
      const before = receiver.received.length;
      vi.setSystemTime(later((passed + seconds) * 1_000));
      await wakeAll();
      expect(receiver.received).toHaveLength(before + 1);
      passed += seconds;
    }
    receiver.answer(() => new Response(null, { status: 200 }));
    vi.setSystemTime(later((passed + 20_000) * 1_000));
    await wakeAll();
    expect((await deliveriesOf(world)).filter(({ status }) => status === "delivered")).toHaveLength(40);
    expect(receiver.received).toHaveLength(52);
  });

  it.each([429, 502, 503, 504])("is as long as Retry-After of a %i asks, at most a day", async (status) => {
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    const world = await newWorld();
    startReceiver().answer(() => new Response(null, { status, headers: { "Retry-After": "999999999" } }));
    await world.webhook();
    await world.tell();
    await world.drain();
    const [row] = await world.rows<{ busy_until: string }>("SELECT busy_until FROM webhooks WHERE org_id = ?1");
    if (row?.busy_until !== later(dayMs).toISOString()) throw new Error(`busy until ${row?.busy_until}`);
  });

  it.each([200, 404, 500])("is none for Retry-After of a %i", async (status) => {
    const world = await newWorld();
    startReceiver().answer(() => new Response(null, { status, headers: { "Retry-After": "600" } }));
    await world.webhook();
    await world.tell();
    await world.drain();
    const [row] = await world.rows<{ busy_until: string | null }>("SELECT busy_until FROM webhooks WHERE org_id = ?1");
    if (row?.busy_until !== null) throw new Error(`busy until ${row?.busy_until}`);
  });
});
