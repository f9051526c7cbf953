import { describe, it } from "vitest";
import type { Env } from "#env";
import { systemContext } from "#db/context";
import { startScans } from "#scans/start";
import { rowsOf } from "../modules/findings/world.ts";
import { orgWith, quietEnv } from "../modules/schedules/world.ts";

/** Starts a run of so many accounts; what it took. */
async function start(count: number) {
  const { org, accounts } = await orgWith(count);
  let messages = 0;
  let batches = 0;
  const SCAN_TASKS = {
    sendBatch: async (batch: readonly unknown[]) => {
      messages += batch.length;
      batches += 1;
    },
  } as unknown as Env["SCAN_TASKS"];
  const context = systemContext({ ...quietEnv(), SCAN_TASKS }, { orgId: org.id, shard: 0 }, new Date(), () => {});
  const everything = { accountIds: null, regions: ["eu-west-1"], services: null, trigger: "api" } as const;
  const run = await startScans(context, everything);
  const { statements, roundTrips } = context.db.meter;
  return { org, accounts, run, statements, roundTrips, messages, batches };
}

describe("a run of many accounts", () => {
  it("takes as many statements as one of a single account, and a message for each 100", async ({ expect }) => {
    const one = await start(1);
    const many = await start(350);
    expect([many.statements, many.roundTrips]).toEqual([one.statements, one.roundTrips]);
    expect([many.messages, many.batches]).toEqual([350, 4]);
  });

  it("writes what a run of one does, for each", async ({ expect }) => {
    const { org, accounts, run } = await start(3);
    const scans = await rowsOf("scans", org.id);
    expect(scans.map((scan) => scan["account_id"]).toSorted()).toEqual(accounts.toSorted());
    for (const scan of scans)
      expect(scan).toMatchObject({
        ...{ run_id: run.id, kind: "account", trigger: "api", seq: 4, status: "queued", active: 1, version: 1 },
        ...{ regions: '["eu-west-1"]', services: null, verdicts: null, error_message: null, started_at: null },
      });
    const stored = await rowsOf("accounts", org.id);
    expect(stored.map((account) => account["scan_seq"])).toEqual([4, 4, 4]);
    const tasks = await rowsOf("scan_tasks", org.id);
    expect(tasks.map((task) => [task["scan_id"], task["id"], task["state"]]).toSorted()).toEqual(
      scans.map(({ id }) => [id, "plan", "queued"]).toSorted(),
    );
    expect(run.scans.map(({ id }) => id).toSorted()).toEqual(scans.map(({ id }) => id).toSorted());
  });
});
