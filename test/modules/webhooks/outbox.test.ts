import { describe, it } from "vitest";
import { newMeter } from "#db/database";
import {
  chunkForEvent,
  eventNames,
  eventStatements,
  eventStatementsIfChanged,
  nudgeDeliveries,
  subscriptions,
  tellings,
} from "#db/outbox";
import { newId } from "#lib/id";
import { newWorld } from "./world.ts";

interface Told {
  readonly webhook_id: string;
  readonly event: string;
}

const deliveriesOf = "SELECT webhook_id, event FROM deliveries WHERE org_id = ?1 ORDER BY webhook_id";

describe("the outbox", () => {
  it("writes no row when nobody listens", async ({ expect }) => {
    const world = await newWorld();
    await world.webhook({ events: ["cost.anomaly"] });
    const meter = newMeter();
    const org = world.org({ meter });
    await org.db.atomic(
      eventStatements(org, { names: ["finding.critical", "finding.opened"], data: { findings: [] } }),
    );
    expect(meter.rowsWritten).toBe(0);
    expect(meter.rowsRead).toBeLessThanOrEqual(25);
    expect(await world.rows("SELECT id FROM events WHERE org_id = ?1")).toEqual([]);
  });

  it("tells each webhook under the most specific name it subscribed to, once", async ({ expect }) => {
    const world = await newWorld();
    const exact = await world.webhook({ events: ["finding.opened"] });
    const both = await world.webhook({ events: ["*", "finding.opened", "finding.critical"] });
    const group = await world.webhook({ events: ["finding.*", "finding.resolved"] });
    const mixed = await world.webhook({ events: ["finding.*", "finding.opened"] });
    const all = await world.webhook({ events: ["*"] });
    await world.webhook({ events: ["scan.*"] });
    const id = await world.tell(["finding.critical", "finding.opened"]);
    const told = await world.rows<Told>(deliveriesOf);
    expect(Object.fromEntries(told.map((row) => [row.webhook_id, row.event]))).toEqual({
      [exact.webhook.id]: "finding.opened",
      [both.webhook.id]: "finding.critical",
      [group.webhook.id]: "finding.critical",
      [mixed.webhook.id]: "finding.opened",
      [all.webhook.id]: "finding.critical",
    });
    const org = world.org();
    await org.db.atomic(eventStatements(org, { id, names: ["finding.critical", "finding.opened"], data: "again" }));
    expect(await world.rows<Told>(deliveriesOf)).toHaveLength(5);
    expect(world.nudges).toHaveLength(5);
  });

  it("leaves disabled webhooks and other organizations out", async ({ expect }) => {
    const [world, other] = [await newWorld(), await newWorld()];
    const { webhook } = await world.webhook();
    await other.webhook();
    await world.rows("UPDATE webhooks SET status = 'disabled' WHERE org_id = ?1 AND id = ?2", webhook.id);
    await world.tell();
    expect(await world.rows(deliveriesOf)).toEqual([]);
    expect(await other.rows(deliveriesOf)).toEqual([]);
  });

  it("is written with the change or not at all", async ({ expect }) => {
    const world = await newWorld();
    await world.webhook();
    const org = world.org();
    const broken = org.db.sql("INSERT INTO runs (org_id, id) VALUES (?1, 'x')", org.id);
    await expect(
      org.db.atomic([...eventStatements(org, { names: ["scan.failed"], data: {} }), broken]),
    ).rejects.toThrow();
    expect(await world.rows(deliveriesOf)).toEqual([]);
    expect(await world.rows("SELECT id FROM events WHERE org_id = ?1")).toEqual([]);
  });

  it("is left out of a change whose precondition failed", async ({ expect }) => {
    const world = await newWorld();
    const { webhook } = await world.webhook();
    const change = async (version: number) => {
      const org = world.org();
      const update = org.db.sql(
        "UPDATE webhooks SET version = version + 1 WHERE org_id = ?1 AND id = ?2 AND version = ?3",
        org.id,
        webhook.id,
        version,
      );
      const unheard = { names: ["secret.expiring"], data: 1 } as const;
      const heard = { names: ["account.error"], data: 2 } as const;
      const entry = { action: "webhook.update", target: { type: "webhook", id: webhook.id } } as const;
      await org.change(entry, [update, ...eventStatementsIfChanged(org, unheard, heard)]);
    };
    await world.rows("UPDATE webhooks SET events = '[\"account.error\"]' WHERE org_id = ?1");
    await change(7);
    expect(await world.rows(deliveriesOf)).toEqual([]);
    await change(1);
    expect(await world.rows<Told>(deliveriesOf)).toMatchObject([{ event: "account.error" }]);
    expect(await world.rows("SELECT id FROM events WHERE org_id = ?1")).toHaveLength(1);
  });

  it("gives deliveries time-ordered UUIDv7 ids, and keeps the data as it was", async ({ expect }) => {
    const world = await newWorld();
    await world.webhook();
    const data = { text: 'é\u0001"\\', big: 12345678901234, list: [1.5, null, true], nested: { a: {} } };
    for (let round = 0; round < 5; round += 1) await world.tell(["scan.started"], data);
    const ids = await world.rows<{ id: string }>("SELECT id FROM deliveries WHERE org_id = ?1");
    for (const { id } of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const stored = await world.rows<{ data: string }>("SELECT data FROM events WHERE org_id = ?1");
    for (const row of stored) expect(JSON.parse(row.data)).toEqual(data);
  });

  it("survives a queue that does not take the nudge", async ({ expect }) => {
    const failing = {
      send: () => Promise.reject(new Error("down")),
      sendBatch: () => Promise.reject(new Error("down")),
    };
    const world = await newWorld({ DELIVERIES: failing });
    await world.webhook();
    const id = await world.tell();
    await expect(nudgeDeliveries(world.org(), [id, newId()])).resolves.toBeUndefined();
    expect(await world.rows<Told>(deliveriesOf)).toHaveLength(1);
  });

  it("nudges one delivery per webhook, whatever number of events", async ({ expect }) => {
    const world = await newWorld();
    await world.webhook();
    await world.webhook();
    const org = world.org();
    const events = Array.from({ length: 30 }, () => ({ id: newId(), names: ["finding.opened"] as const, data: {} }));
    await org.db.atomic(eventStatements(org, ...events));
    await nudgeDeliveries(
      org,
      events.map(({ id }) => id),
    );
    expect(world.nudges).toHaveLength(2);
    expect(await world.rows(deliveriesOf)).toHaveLength(60);
  });
});

describe("names", () => {
  it("knows every group", ({ expect }) => {
    expect(subscriptions).toContain("finding.*");
    expect(subscriptions).not.toContain("alert.digest");
    for (const name of eventNames.filter((each) => each !== "alert.digest"))
      expect(subscriptions).toEqual(expect.arrayContaining([name, name.replace(/\..*/, ".*")]));
    expect(tellings(["security.drift", "finding.opened"])).toEqual([
      ["security.drift", "security.drift"],
      ["finding.opened", "finding.opened"],
      ["security.*", "security.drift"],
      ["finding.*", "finding.opened"],
      ["*", "security.drift"],
    ]);
  });
});

describe("chunkForEvent", () => {
  it("keeps to 50 items and 20 kB and drops nothing", ({ expect }) => {
    const small = Array.from({ length: 120 }, (_, index) => ({ index }));
    expect(chunkForEvent(small).map((chunk) => chunk.length)).toEqual([50, 50, 20]);
    const large = Array.from({ length: 40 }, (_, index) => ({ index, text: "é".repeat(900) }));
    const chunks = chunkForEvent(large);
    expect(chunks.flat()).toEqual(large);
    for (const chunk of chunks)
      expect(new TextEncoder().encode(JSON.stringify(chunk)).length).toBeLessThanOrEqual(19_000);
    expect(chunkForEvent(["x".repeat(30_000), "y"])).toHaveLength(2);
    expect(chunkForEvent([])).toEqual([]);
  });
});
