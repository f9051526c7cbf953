import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import type { Env } from "#env";
import { systemContext } from "#db/context";
import { newId } from "#lib/id";
import { cancelScan } from "#scans/cancel";
import { reapScans } from "#scans/reap";
import { startScans } from "#scans/start";
import { insertRows, rowsOf } from "../modules/findings/world.ts";
import { before, fire, lastRunOf, orgWith, plan, quietEnv } from "../modules/schedules/world.ts";
import { api } from "../support/api.ts";
import type { TestOrg } from "../support/org.ts";

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

const contextOf = (org: TestOrg, bindings: Env = quietEnv(), now = new Date()) =>
  systemContext(bindings, { orgId: org.id, shard: 0 }, now, () => {});

const all = { accountIds: null, regions: null, services: null, trigger: "api" } as const;

/** What may happen to the first account after it was chosen. */
const changes = {
  "is disconnected": (org: TestOrg, account: string) => api(org.keys.admin).delete(`/accounts/${account}`),
  "is disabled": (org: TestOrg, account: string) =>
    api(org.keys.admin).patch(`/accounts/${account}`, { enabled: false }),
  "is scanned and done with": async (org: TestOrg, account: string) => {
    const run = await startScans(contextOf(org), { ...all, accountIds: [account] });
    await cancelScan(contextOf(org), run.scans[0]?.id ?? "");
  },
};

describe("an account that, between choosing and writing,", () => {
  // What other tests left would be due as well, and before.
  beforeEach(() => env.DB.prepare("DELETE FROM schedules").run());

  for (const [what, change] of Object.entries(changes)) {
    it(`${what}: nothing is started, SCAN_RUNNING; the next request starts what is left`, async ({ expect }) => {
      const { org, accounts } = await orgWith(2);
      const bindings = before(2, () => change(org, accounts[0] ?? ""));
      await expect(startScans(contextOf(org, bindings), all)).rejects.toMatchObject({ code: "SCAN_RUNNING" });
      const active = async () => (await rowsOf("scans", org.id)).filter((scan) => scan["active"] === 1);
      expect(await active()).toEqual([]);
      const left = what === "is scanned and done with" ? 2 : 1;
      expect((await startScans(contextOf(org), all)).scans).toHaveLength(left);
      const scans = (await rowsOf("scans", org.id)).map((scan) => `${scan["account_id"]} ${scan["seq"]}`);
      expect(new Set(scans).size).toBe(scans.length);
    });

    it(`${what}: a schedule stays due, and starts a minute later`, async ({ expect }) => {
      const { org, accounts } = await orgWith(2);
      const id = await plan(org, "2034-02-01T00:30:00.000Z", { cron: "0 1 * * *" });
      await fire(
        "2034-02-01T01:10:00Z",
        before(2, () => change(org, accounts[0] ?? "")),
      );
      expect(await lastRunOf(org, id)).toBeNull();
      await fire("2034-02-01T01:11:00Z");
      expect(await lastRunOf(org, id)).toMatchObject({ outcome: "started", scheduledFor: "2034-02-01T01:00:00.000Z" });
    });
  }
});

describe("a scan whose account is gone, whatever took it", () => {
  for (const status of ["queued", "running", "analyzing"])
    it(`ends at its deadline, and its run with it (${status})`, async ({ expect }) => {
      const { org, accounts } = await orgWith(1);
      const told = { id: newId(), events: '["run.completed"]', url: "https://hooks.example.com/x", secret: "sealed" };
      const rest = {
        status: "enabled",
        busy_until: "2999-01-01T00:00:00.000Z",
        version: 1,
        created_at: "",
        updated_at: "",
      };
      await insertRows("webhooks", [{ org_id: org.id, ...told, ...rest }]);
      const run = await startScans(contextOf(org), all);
      await env.DB.batch([
        env.DB.prepare("DELETE FROM accounts WHERE org_id = ?1 AND id = ?2").bind(org.id, accounts[0] ?? ""),
        env.DB.prepare("UPDATE scans SET status = ?2 WHERE org_id = ?1").bind(org.id, status),
      ]);
      const later = new Date(Date.now() + 3 * 3_600_000);
      await Promise.all([1, 2].map(() => reapScans(quietEnv(), later, () => {})));
      expect(await rowsOf("scans", org.id)).toMatchObject([{ status: "canceled", active: 0 }]);
      expect(await rowsOf("scan_tasks", org.id)).toEqual([]);
      expect((await rowsOf("events", org.id)).map(({ id }) => id)).toEqual([run.id]);
    });
});
