import type { Env } from "#env";
import { directoryDatabase, newMeter } from "#db/database";
import { shards } from "#db/shards";
import { sendAll } from "#lib/send-all";

/** Organizations woken per database and tick, those that wait longest first; the others come with the next one. */
const organizationsMax = 500;

/** Wakes the organizations whose rules are due. Repeating it changes nothing: a clock that is not due any more is not looked at. */
export async function wakeDueAlerts(env: Env, now: Date): Promise<void> {
  for (const [shard, d1] of shards(env).entries()) {
    const due = await dueOrganizations(d1, now);
    await sendAll(
      env.ALERTS,
      due.map((orgId) => ({ orgId, shard })),
    );
  }
}

async function dueOrganizations(d1: D1Database, now: Date): Promise<string[]> {
  const db = directoryDatabase(d1, newMeter());
  const [rows] = await db.atomic([
    db.sql(
      `SELECT org_id AS orgId FROM alert_clocks INDEXED BY alert_clocks_due WHERE due_at <= ?1 ORDER BY due_at LIMIT ${organizationsMax}`,
      now.toISOString(),
    ),
  ]);
  // safe: the statement's own column.
  return (rows as { orgId: string }[]).map(({ orgId }) => orgId);
}
