import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Env } from "#env";
import { newId } from "#lib/id";
import { startDueSchedules } from "#modules/schedules";
import { getSchedule, waitingFor } from "../../../src/modules/schedules/schedule.ts";
import { systemContext } from "#db/context";
import type { ScheduleWindow } from "#db/values";
import type { TestOrg } from "../../support/org.ts";
import { accountRow, insertRows, quietOrg, rowsOf, type Row } from "../findings/world.ts";

/** Nobody takes tasks: scans stay queued until they are ended. */
export const quietEnv = (bindings: Env = env): Env => ({
  ...bindings,
  SCAN_TASKS: { sendBatch: async () => {} } as unknown as Env["SCAN_TASKS"],
});

/** Quiet bindings under which something happens just before the database is asked for the nth time. */
export function before(n: number, happens: () => Promise<unknown>): Env {
  const bindings = quietEnv();
  let calls = 0;
  const DB = {
    prepare: (text: string) => bindings.DB.prepare(text),
    batch: async (all: D1PreparedStatement[]) => {
      calls += 1;
      if (calls === n) await happens();
      return bindings.DB.batch(all);
    },
  } as unknown as D1Database;
  return { ...bindings, DB };
}

/** The cron job at a moment. */
export async function fire(now: Date | string, bindings: Env = quietEnv()): Promise<void> {
  const ctx = createExecutionContext();
  await startDueSchedules(bindings, new Date(now), (promise) => ctx.waitUntil(promise));
  await waitOnExecutionContext(ctx);
}

export interface Planned {
  readonly cron: string;
  readonly timeZone?: string;
  readonly window?: ScheduleWindow | null;
  readonly accountIds?: readonly string[] | null;
}

/** A schedule as it would have been made at a moment. */
export async function plan(org: TestOrg, at: string, planned: Planned): Promise<string> {
  const id = newId();
  const { cron, timeZone = "UTC", window = null, accountIds = null } = planned;
  await insertRows("schedules", [
    {
      org_id: org.id,
      id,
      name: "Planned",
      cron,
      time_zone: timeZone,
      account_ids: accountIds && JSON.stringify(accountIds),
      window: window && JSON.stringify(window),
      enabled: 1,
      version: 1,
      created_at: at,
      updated_at: at,
    },
  ]);
  const context = systemContext(env, { orgId: org.id, shard: 0 }, new Date(at), () => {});
  const { nextTickAt, nextRunAt } = waitingFor(await getSchedule(context, id), new Date(at));
  await env.DB.prepare("UPDATE schedules SET next_tick_at = ?3, next_run_at = ?4 WHERE org_id = ?1 AND id = ?2")
    .bind(org.id, id, nextTickAt, nextRunAt)
    .run();
  return id;
}

/** An organization with so many accounts. */
export async function orgWith(count: number): Promise<{ org: TestOrg; accounts: string[] }> {
  const org = await quietOrg();
  const rows = Array.from({ length: count }, (_, n) => accountRow(org.id, String(111_111_111_111 * (n + 1))));
  if (rows.length > 0) await insertRows("accounts", rows);
  return { org, accounts: rows.map(({ id }) => id) };
}

export const endScans = async (org: TestOrg): Promise<unknown> =>
  env.DB.batch([
    env.DB.prepare("UPDATE scans SET active = 0, status = 'complete' WHERE org_id = ?1").bind(org.id),
    env.DB.prepare("DELETE FROM scan_tasks WHERE org_id = ?1").bind(org.id),
  ]);

export interface LastRun {
  readonly at: string;
  readonly scheduledFor: string;
  readonly outcome: string;
  readonly runId: string | null;
  readonly reason: string | null;
  readonly skipped: readonly { readonly accountId: string; readonly reason: string; readonly scanId?: string }[];
}

export async function lastRunOf(org: TestOrg, id: string): Promise<LastRun | null> {
  const text = (await scheduleOf(org, id))["last_run"];
  return text === null || text === undefined ? null : (JSON.parse(String(text)) as LastRun);
}

export async function scheduleOf(org: TestOrg, id: string): Promise<Row> {
  const row = (await rowsOf("schedules", org.id)).find((one) => one["id"] === id);
  if (!row) throw new Error("No such schedule");
  return row;
}
