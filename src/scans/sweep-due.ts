import type { Env } from "#env";
import { systemContext, type OrgContext } from "#db/context";
import { directoryDatabase, newMeter } from "#db/database";
import { shards } from "#db/shards";
import { rankRecommendations } from "./rank.ts";
import { sweepSlice, sweepStart } from "./sweep-suppressions.ts";

/** Slices in one tick of one database; what is left waits for the next. */
const slicesMax = 40;

/** Slices of one organization in a tick, so that each gets its turn. */
const slicesOfOneMax = 10;

/** Organizations looked at in one tick. */
const organizationsMax = 40;

/** Ends suppressions whose time has come, and goes on with what those that were made, changed or ended mean for findings. */
export async function sweepSuppressions(
  env: Env,
  now: Date,
  waitUntil: (promise: Promise<unknown>) => void,
): Promise<void> {
  const failures: unknown[] = [];
  for (const [shard, d1] of shards(env).entries()) {
    let slices = slicesMax;
    for (const orgId of await concerned(d1, now)) {
      const org = systemContext(env, { orgId, shard }, now, waitUntil);
      try {
        await endLapsed(org);
        slices -= await sweepSome(org, Math.min(slices, slicesOfOneMax));
      } catch (error) {
        failures.push(error);
      }
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Sweeps so many slices at most; answers how many. */
export async function sweepSome(org: OrgContext, max: number): Promise<number> {
  let slices = 0;
  while (slices < max && (await sweepSlice(org))) slices += 1;
  if (slices > 0) await rankRecommendations(org);
  return slices;
}

const endLapsed = (org: OrgContext): Promise<unknown> =>
  org.db.atomic([
    org.db.sql(
      `UPDATE suppressions SET ended_at = ?2, sweep_after = ${sweepStart}, version = version + 1, updated_at = ?2
       WHERE org_id = ?1 AND ended_at IS NULL AND expires_at IS NOT NULL AND expires_at <= ?2`,
      org.id,
      org.now.toISOString(),
    ),
  ]);

/** Organizations with something to do, by two indexes that hold nothing else. */
async function concerned(d1: D1Database, now: Date): Promise<string[]> {
  const db = directoryDatabase(d1, newMeter());
  const [rows] = await db.atomic([
    db.sql(
      `SELECT org_id AS orgId FROM (
         SELECT * FROM (SELECT org_id FROM suppressions WHERE ended_at IS NULL AND expires_at IS NOT NULL AND expires_at <= ?1
           ORDER BY expires_at LIMIT ${organizationsMax})
         UNION SELECT * FROM (SELECT DISTINCT org_id FROM suppressions WHERE sweep_after IS NOT NULL LIMIT ${organizationsMax}))`,
      now.toISOString(),
    ),
  ]);
  // safe: the statement's own column.
  return (rows as { orgId: string }[]).map(({ orgId }) => orgId);
}
