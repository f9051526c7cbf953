import { describe, expect, it } from "vitest";
import { cancelScan } from "#scans/cancel";
import { eventComplaints } from "../support/openapi.ts";
import { AlertWorld } from "./world.ts";

async function completed(world: AlertWorld): Promise<{ id: string; data: string }[]> {
  const rows = await world.rows<{ id: string; data: string }>(
    `SELECT id, data FROM events WHERE org_id = ?1 AND names = '["run.completed"]'`,
  );
  expect(rows.flatMap(({ data }) => eventComplaints("run.completed", JSON.parse(data)))).toEqual([]);
  return rows;
}

describe("run.completed", () => {
  it("is told once, by whatever ends the last scan of the run", async ({ expect }) => {
    const world = await new AlertWorld().make(3);
    await world.channel({ kind: "webhook", events: '["run.completed"]' });
    const run = await world.run(3);
    const [first = "", second = "", third = ""] = run.scans;
    await world.endScan(run.id, first, "partial");
    await world.endScan(run.id, second, "complete");
    expect(await completed(world)).toEqual([]);
    await cancelScan(world.context(), third);
    // Whoever is too late adds nothing.
    await expect(cancelScan(world.context(), third)).rejects.toThrow("CONFLICT");
    const [only, ...others] = await completed(world);
    expect(others).toEqual([]);
    expect(only?.id).toBe(run.id);
    expect(JSON.parse(only?.data ?? "")).toMatchObject({
      runId: run.id,
      trigger: "api",
      status: "partial",
      scans: { total: 3, complete: 1, partial: 1, error: 0, canceled: 1 },
      findings: { new: 0, reopened: 0, resolved: 0 },
      accounts: run.scans.map((scanId) => ({ scanId })),
    });
    expect(await world.rows("SELECT event FROM deliveries WHERE org_id = ?1")).toEqual([{ event: "run.completed" }]);
  });

  it("counts what is new in all of its scans, whichever end side by side", async ({ expect }) => {
    const world = await new AlertWorld().make(5);
    await world.channel({ kind: "webhook", events: '["run.*"]' });
    const run = await world.run(5);
    await world.env.DB.prepare(
      `UPDATE scans SET summary = json_set(summary, '$.findingsNew', 3, '$.findingsResolved', 1) WHERE org_id = ?1`,
    )
      .bind(world.orgId)
      .run();
    await Promise.all(run.scans.map((scan) => world.endScan(run.id, scan)));
    const events = await completed(world);
    expect(events.map(({ data }) => (JSON.parse(data) as { findings: unknown }).findings)).toEqual([
      { new: 15, reopened: 0, resolved: 5 },
    ]);
  });

  it("is not written where nobody listens", async ({ expect }) => {
    const world = await new AlertWorld().make();
    const run = await world.run();
    await world.endScan(run.id, run.scans[0] ?? "");
    expect(await completed(world)).toEqual([]);
  });
});
