import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { evaluateAlerts } from "#alerts/evaluate";
import { withLocalD1 } from "../sim/local-d1.ts";
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
