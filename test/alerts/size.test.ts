import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { evaluateAlerts } from "#alerts/evaluate";
import { newId } from "#lib/id";
import { withLocalD1 } from "../sim/local-d1.ts";
import { resourceRow } from "../modules/findings/world.ts";
import { AlertWorld, findingsRule } from "./world.ts";

/** All at full length; a share of it in the ordinary tests. */
const count = env.SIMULATION.seeds >= 1_000 ? 100_000 : 10_000;

describe("a run that finds very much", () => {
  it(`is one message of ${count} findings, and no evaluation asks the database too often`, async ({ expect }) => {
    await withLocalD1("alerts-size", async (db) => {
      const world = await new AlertWorld({ ...env, DB: db }).make();
      await world.rule(findingsRule([await world.channel()]));
      const run = await world.run();
      const scan = { id: run.scans[0] ?? "", runId: run.id };
      for (let at = 0; at < count; at += 2_500) await world.open(await world.findings(2_500), scan, 2_500);
      await world.endScan(run.id, scan.id);
      const org = world.context();
      const begin = Date.now();
      await evaluateAlerts(org);
      console.log(JSON.stringify({ count, ms: Date.now() - begin, ...org.db.meter }));
      expect(org.db.meter.roundTrips).toBeLessThan(200);
      expect((await world.told()).map(({ message }) => [message.fresh, message.omitted])).toEqual([
        [count, count - 10],
      ]);
      // Nothing that was told is read again.
      const later = world.context();
      await db
        .prepare("UPDATE alert_clocks SET due_at = ?2 WHERE org_id = ?1")
        .bind(world.orgId, world.now.toISOString())
        .run();
      await evaluateAlerts(later);
      expect(later.db.meter.rowsRead).toBeLessThan(100);
      expect(await world.told()).toHaveLength(1);
    });
  }, 600_000);
});

describe("a look", () => {
  it("does not read what is resolved", async ({ expect }) => {
    const world = await new AlertWorld().make();
    const { id: ruleId } = await world.rule(findingsRule([await world.channel()]));
    const open = await world.findings(1);
    await world.open(open, null);
    await world.evaluate();
    const now = world.now.toISOString();
    const texts = { severity: "high", title: "t", summary: "s", items: "[]", channels: "[]" };
    const row = { org_id: world.orgId, rule_id: ruleId, rule_name: "r", group_key: "", status: "resolved", ...texts };
    const counts = { total: 1, messages: 1, version: 1, created_at: now, updated_at: now };
    await world.insert(
      "alerts",
      Array.from({ length: 2_000 }, () => ({ ...row, ...counts, id: newId() })),
    );
    world.advance(60_000);
    await world.status(open, "resolved");
    const org = world.context();
    await evaluateAlerts(org);
    expect((await world.told()).map(({ name }) => name)).toEqual(["alert.triggered", "alert.resolved"]);
    expect(org.db.meter.rowsRead).toBeLessThan(100);
  });

  it("at accounts whose scans are never complete reads none of them", async ({ expect }) => {
    const world = await new AlertWorld().make();
    await world.rule({ condition: { kind: "no_complete_scan", hours: 24 }, channels: [await world.channel()] });
    const now = world.now.toISOString();
    const own = { org_id: world.orgId, kind: "account", account_id: world.accounts[0]?.id ?? "", aws_account_id: "1" };
    const ended = { status: "partial", active: 0, summary: "{}", deadline_at: now, completed_at: now };
    await world.insert(
      "scans",
      Array.from({ length: 2_000 }, (_, seq) => {
        const scan = { ...own, ...ended, id: newId(), run_id: newId(), seq, version: 1 };
        return { ...scan, created_at: now, updated_at: now };
      }),
    );
    world.advance(25 * 60 * 60_000);
    const org = world.context();
    await evaluateAlerts(org);
    expect(await world.told()).toHaveLength(1);
    expect(org.db.meter.rowsRead).toBeLessThan(100);
  });
});

describe("an evaluation", () => {
  /** Follows its nudges to the end; the most statements that one of them asked. */
  async function evaluateAll(world: AlertWorld): Promise<number> {
    let most = 0;
    do {
      world.nudges.length = 0;
      const org = world.context();
      await evaluateAlerts(org);
      most = Math.max(most, org.db.meter.statements);
    } while (world.nudges.length > 0);
    return most;
  }

  it("of fifty rules never asks for more than D1 takes, and all is told in the end", async ({ expect }) => {
    const world = await new AlertWorld().make();
    const channel = await world.channel();
    for (let n = 0; n < 50; n += 1) await world.rule(findingsRule([channel]));
    for (let n = 0; n < 6; n += 1) {
      const run = await world.run();
      const scan = { id: run.scans[0] ?? "", runId: run.id };
      await world.open(await world.findings(10), scan);
      await world.endScan(run.id, scan.id);
    }
    expect(await evaluateAll(world)).toBeLessThan(1_000);
    expect((await world.told()).map(({ message }) => message.fresh)).toEqual(Array.from({ length: 50 }, () => 60));
  });

  it("of rules of fifty owners neither, though each gathers for a digest", async ({ expect }) => {
    const world = await new AlertWorld().make();
    const channel = await world.channel({ digest: JSON.stringify({ every: "day", at: "09:00", timeZone: "UTC" }) });
    const channels = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`o${n}`, [channel]]));
    const route = { by: "tag", key: "owner", channels };
    for (let n = 0; n < 3; n += 1) await world.rule(findingsRule([channel], { route }));
    const found = await world.findings(51);
    const rows = found.map(({ row }, n) => {
      const more = { id: String(row["resource_id"]), tags: JSON.stringify({ owner: `o${n}` }) };
      return resourceRow(world.orgId, world.accounts[0] ?? {}, 1_000 + n, more);
    });
    await world.insert("resources", await Promise.all(rows));
    await world.open(found, null);
    expect(await evaluateAll(world)).toBeLessThan(1_000);
    const gathered = () => world.rows("SELECT id FROM digest_items WHERE org_id = ?1");
    expect(await gathered()).toHaveLength(153);
    world.advance(60_000);
    await world.status(found, "resolved");
    expect(await evaluateAll(world)).toBeLessThan(1_000);
    expect(await gathered()).toHaveLength(306);
  });
});
