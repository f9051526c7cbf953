import { createExecutionContext } from "cloudflare:test";
import { env as bindings } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { newMeter } from "#db/database";
import { wakeDueDeliveries } from "#deliveries/due";
import { pruneDeliveries } from "#deliveries/retention";
import { job as dueJob } from "#schedules/due-deliveries";
import { job as retentionJob } from "#schedules/retention-deliveries";
import { deleteWebhook } from "../../src/modules/webhooks/delete.ts";
import { startReceiver } from "../support/receiver.ts";
import { deliveriesOf } from "../modules/webhooks/rows.ts";
import { newWorld, type World } from "../modules/webhooks/world.ts";

// What other tests left would be due as well, and one tick wakes only so many.
beforeEach(() => bindings.DB.prepare("DELETE FROM deliveries").run());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** One tick; answers the nudges it sent for this world. */
async function tick(world: World, at = new Date()) {
  await dueJob.run(world.env, at, createExecutionContext());
  const own = world.nudges.filter(({ body }) => body.orgId === world.orgId);
  world.nudges.splice(0, world.nudges.length, ...own);
  return own;
}

describe("due deliveries", () => {
  it("are all delivered though every nudge was lost, one message per webhook", async ({ expect }) => {
    const world = await newWorld();
    const receiver = startReceiver();
    for (const name of ["a", "b", "c"]) await world.webhook({ url: `https://${name}.receiver.dev/in` });
    for (let round = 0; round < 20; round += 1) await world.tell();
    world.nudges.length = 0;
    expect(await tick(world)).toHaveLength(3);
    await world.drain();
    expect(receiver.received).toHaveLength(60);
    expect((await deliveriesOf(world)).every(({ status }) => status === "delivered")).toBe(true);
    expect(await tick(world)).toEqual([]);
  });

  it("wait while their webhook is busy, disabled, or their time has not come", async ({ expect }) => {
    const world = await newWorld();
    await world.webhook();
    await world.tell();
    world.nudges.length = 0;
    const soon = new Date(Date.now() + minuteMs).toISOString();
    const set = (column: string, value: string | null) =>
      world.rows(`UPDATE webhooks SET ${column} = ?2 WHERE org_id = ?1`, value);
    await set("busy_until", soon);
    expect(await tick(world)).toEqual([]);
    expect(await tick(world, new Date(Date.now() + minuteMs))).toHaveLength(1);
    world.nudges.length = 0;
    await set("busy_until", null);
    await set("status", "disabled");
    expect(await tick(world)).toEqual([]);
    await set("status", "enabled");
    await world.rows("UPDATE deliveries SET next_attempt_at = ?2 WHERE org_id = ?1", soon);
    expect(await tick(world)).toEqual([]);
    expect(await tick(world, new Date(Date.now() + minuteMs))).toHaveLength(1);
  });

  it("are driven again when whoever had them died", async ({ expect }) => {
    const world = await newWorld();
    const receiver = startReceiver();
    await world.webhook();
    await world.tell();
    const start = Date.now();
    await world.rows("UPDATE webhooks SET busy_until = ?2 WHERE org_id = ?1", new Date(start + minuteMs).toISOString());
    await world.rows(
      "UPDATE deliveries SET lease_until = ?2 WHERE org_id = ?1",
      new Date(start + minuteMs).toISOString(),
    );
    await world.drain();
    expect(receiver.received).toEqual([]);
    vi.useFakeTimers({ toFake: ["Date"], now: start + minuteMs });
    expect(await tick(world)).toHaveLength(1);
    await world.drain();
    expect(receiver.received).toHaveLength(1);
  });

  it("are found reading a few rows per webhook, however many wait there", async ({ expect }) => {
    const world = await newWorld();
    await world.rows("DELETE FROM deliveries WHERE ?1 <> ''");
    const idle = newMeter();
    await wakeDueDeliveries(world.env, new Date(), idle);
    expect(idle.rowsRead).toBeLessThanOrEqual(3);
    for (const name of ["a", "b", "c", "d"]) await world.webhook({ url: `https://${name}.receiver.dev/in` });
    for (let round = 0; round < 100; round += 1) await world.tell();
    const meter = newMeter();
    await wakeDueDeliveries(world.env, new Date(), meter);
    expect(meter.rowsRead).toBeLessThanOrEqual(4 * 8);
    expect(meter.rowsWritten).toBe(0);
    expect(meter.roundTrips).toBe(1);
  });
});

/** Mulberry32: the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe("nothing is lost", () => {
  it.each([1, 2, 3, 4, 5, 6])("when receiver, queue and database fail at random (seed %i)", async (seed) => {
    const random = seeded(seed);
    vi.useFakeTimers({ toFake: ["Date"] });
    vi.spyOn(Math, "random").mockImplementation(random);
    let breaking = false;
    // Fails before or after the batch took effect: as if the process had died there.
    const database = {
      prepare: (text: string) => bindings.DB.prepare(text),
      async batch(statements: D1PreparedStatement[]) {
        if (breaking && random() < 0.1) throw new Error("D1 is away");
        const results = await bindings.DB.batch(statements);
        if (breaking && random() < 0.1) throw new Error("The answer was lost");
        return results;
      },
    };
    const world = await newWorld({ DB: database });
    const receiver = startReceiver();
    receiver.answer(() => {
      const luck = random();
      if (luck < 0.2) return Promise.reject(new TypeError("reset"));
      return new Response(null, { status: luck < 0.4 ? 500 : luck < 0.5 ? 307 : 200 });
    });
    for (const name of ["a", "b"]) await world.webhook({ url: `https://${name}.receiver.dev/in` });
    for (let round = 0; round < 12; round += 1) await world.tell();
    breaking = true;
    for (let step = 0; step < 400; step += 1) {
      const waiting = (await deliveriesOf(world)).filter(({ status }) => status === "pending");
      if (waiting.length === 0) break;
      const next = Math.min(...waiting.map(({ next_attempt_at: at }) => Date.parse(at ?? "")));
      vi.setSystemTime(Math.max(Date.now() + minuteMs, next));
      world.nudges.splice(0, world.nudges.length, ...world.nudges.filter(() => random() < 0.5));
      await tick(world).catch(() => []);
      await world.drain();
    }
    for (const { id, status, attempts } of await deliveriesOf(world)) {
      const came = receiver.received.filter(({ headers }) => headers.get("x-cloudglass-delivery") === id).length;
      const made = await world.rows(
        "SELECT number FROM attempts WHERE org_id = ?1 AND delivery_id = ?2 ORDER BY number",
        id,
      );
      const whole = made.length === attempts && came >= attempts && attempts >= 1;
      if (!whole || (status !== "delivered" && !(status === "dead" && attempts === 10))) {
        throw new Error(`seed ${seed}: ${JSON.stringify({ id, status, attempts, came, made })}`);
      }
    }
  });
});

describe("retention", () => {
  it("removes what is older than the organization keeps, in slices, and nothing that is still needed", async ({
    expect,
  }) => {
    const start = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    const world = await newWorld();
    const receiver = startReceiver();
    await world.webhook();
    await world.tell();
    await world.drain();
    receiver.answer(() => new Response(null, { status: 500 }));
    await world.tell();
    await world.drain();
    vi.setSystemTime(start + 20 * dayMs);
    receiver.answer(() => new Response(null, { status: 200 }));
    await world.tell();
    await world.drain();
    const counts = async () => {
      const [row] = await world.rows<{ a: number; d: number; e: number }>(
        `SELECT (SELECT count(*) FROM attempts WHERE org_id = ?1) AS a, (SELECT count(*) FROM deliveries WHERE org_id = ?1) AS d,
           (SELECT count(*) FROM events WHERE org_id = ?1) AS e`,
      );
      return [row?.a, row?.d, row?.e];
    };
    // One tick takes out so much of all organizations together: other tests' rows may come first.
    const prune = async (now: Date): Promise<void> => {
      for (let tick = 0; tick < 20; tick += 1) await pruneDeliveries(world.env, now);
    };
    await world.tell();
    expect(await counts()).toEqual([4, 4, 4]);
    await prune(new Date(start + 29 * dayMs));
    expect(await counts()).toEqual([4, 4, 4]);
    await prune(new Date(start + 31 * dayMs));
    expect(await counts()).toEqual([2, 3, 3]);
    expect((await deliveriesOf(world)).map(({ status }) => status).toSorted()).toEqual([
      "delivered",
      "delivered",
      "pending",
    ]);
    await prune(new Date(start + 51 * dayMs));
    expect(await counts()).toEqual([0, 1, 1]);
    await world.rows("DELETE FROM webhooks WHERE org_id = ?1");
    await world.rows("UPDATE deliveries SET status = 'dead', next_attempt_at = NULL WHERE org_id = ?1");
    await prune(new Date(start + 52 * dayMs));
    expect(await counts()).toEqual([0, 0, 0]);
  });

  it("comes to everybody, however many have something old that has to stay", async ({ expect }) => {
    const world = await newWorld();
    startReceiver();
    await world.webhook();
    await world.tell();
    await world.drain();
    // Sixty others with an event from before, whose delivery has not ended.
    const others = JSON.stringify(Array.from({ length: 60 }, (_, n) => `${world.orgId.slice(0, -2)}${n + 10}`));
    const old = "2020-01-01T00:00:00.000Z";
    for (const text of [
      "INSERT INTO organizations SELECT value, 'Org', value, tier, shard, settings, 1, created_at, updated_at FROM organizations, json_each(?2) WHERE org_id = ?1 AND value <> ?1",
      "INSERT INTO webhooks (org_id, id, url, events, secret, status, version, created_at, updated_at) SELECT value, 'w', url, events, secret, 'enabled', 1, created_at, updated_at FROM webhooks, json_each(?2) WHERE org_id = ?1 AND value <> ?1",
      `INSERT INTO deliveries (org_id, id, webhook_id, event_id, event, status, attempts, created_at, updated_at)
         SELECT value, 'd', 'w', 'e', 'scan.completed', 'pending', 0, '${old}', '${old}' FROM json_each(?2) WHERE value <> ?1`,
      `INSERT INTO events (org_id, id, names, data, created_at) SELECT value, 'e', '[]', '{}', '${old}' FROM json_each(?2) WHERE value <> ?1`,
    ])
      await world.rows(text, others);
    for (let tick = 0; tick < 30; tick += 1) await pruneDeliveries(world.env, new Date(Date.now() + 31 * dayMs));
    expect(await deliveriesOf(world)).toEqual([]);
    const orgs = "org_id IN (SELECT value FROM json_each(?2) WHERE value <> ?1)";
    const stuck = await world.rows(`SELECT 1 FROM deliveries WHERE ${orgs}`, others);
    expect(stuck.length).toBeGreaterThanOrEqual(59);
    for (const table of ["organizations", "webhooks", "deliveries", "events"])
      await world.rows(`DELETE FROM ${table} WHERE ${orgs}`, others);
  });

  it("goes on until nothing is left of a webhook that is deleted", async ({ expect }) => {
    const world = await newWorld();
    startReceiver().answer(() => new Response("canary", { status: 500 }));
    const { webhook } = await world.webhook();
    await world.tell();
    await world.drain();
    // More than two ticks take.
    const many = JSON.stringify(Array.from({ length: 2_500 }, (_, n) => n + 1));
    await world.rows(
      `INSERT INTO attempts (org_id, delivery_id, number, at, duration_ms, response)
       SELECT ?1, d.id, 1 + n.value, d.updated_at, 1, 'canary' FROM deliveries d, json_each(?2) n WHERE d.org_id = ?1`,
      many,
    );
    await world.rows(
      `INSERT INTO deliveries (org_id, id, webhook_id, event_id, event, status, attempts, created_at, updated_at)
       SELECT d.org_id, d.id || n.value, d.webhook_id, 'e' || n.value, d.event, 'dead', 0, d.created_at, d.updated_at
       FROM deliveries d, json_each(?2) n WHERE d.org_id = ?1`,
      many,
    );
    await deleteWebhook(world.org(), webhook.id, null);
    // Other tests' rows may come first.
    for (let tick = 0; tick < 20; tick += 1) await pruneDeliveries(world.env, new Date(Date.now() + 31 * dayMs));
    const left = ["events", "attempts", "deliveries"].map(
      async (table) => (await world.rows(`SELECT 1 FROM ${table} WHERE org_id = ?1 LIMIT 1`)).length,
    );
    expect(await Promise.all(left)).toEqual([0, 0, 0]);
  });

  it("reads next to nothing when nothing is past its time, and runs every ten minutes", async ({ expect }) => {
    const world = await newWorld();
    for (const table of ["events", "attempts", "deliveries"])
      await world.rows(`DELETE FROM ${table} WHERE org_id <> ?1`);
    await world.webhook();
    for (let round = 0; round < 50; round += 1) await world.tell();
    const meter = newMeter();
    await pruneDeliveries(world.env, new Date(), meter);
    expect(meter.rowsRead).toBeLessThanOrEqual(15);
    expect(meter.rowsWritten).toBe(0);
    const far = Date.UTC(2200, 0, 1);
    await retentionJob.run(world.env, new Date(far + 6 * minuteMs), createExecutionContext());
    expect(await world.rows("SELECT id FROM events WHERE org_id = ?1")).toHaveLength(50);
    await world.rows("UPDATE deliveries SET status = 'dead', next_attempt_at = NULL WHERE org_id = ?1");
    await retentionJob.run(world.env, new Date(far + 17 * minuteMs), createExecutionContext());
    expect(await world.rows("SELECT id FROM events WHERE org_id = ?1")).toEqual([]);
  });
});
