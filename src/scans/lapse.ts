import type { Env } from "#env";
import { systemContext, type OrgContext } from "#db/context";
import { directoryDatabase, newMeter } from "#db/database";
import { shards } from "#db/shards";
import { heldOf, heldStatement } from "./held.ts";
import { rankRecommendations } from "./rank.ts";
import { settle, settlementOf } from "./settle.ts";
import { suppressionsInForce, type Suppression } from "./suppression.ts";

/** Findings opened in one tick of one database; the others wait for the next. */
const tickMax = 2_000;

/** Findings in one batch. */
const sliceMax = 200;

interface Due {
  readonly orgId: string;
  readonly id: string;
}

/**
 * Opens what people put off until now: snoozed findings whose time has come, and ignored ones whose exception has ended. Where a
 * suppression matches, it takes them instead. An organization that fails stops no other.
 */
export async function openLapsed(env: Env, now: Date, waitUntil: (promise: Promise<unknown>) => void): Promise<void> {
  const failures: unknown[] = [];
  for (const [shard, d1] of shards(env).entries()) {
    for (const [orgId, due] of Map.groupBy(await lapsed(d1, now), (one) => one.orgId)) {
      const org = systemContext(env, { orgId, shard }, now, waitUntil);
      await openThese(
        org,
        due.map(({ id }) => id),
      ).catch((error: unknown) => failures.push(error));
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function openThese(org: OrgContext, ids: readonly string[]): Promise<void> {
  for (let start = 0; start < ids.length; start += sliceMax) await openSlice(org, ids.slice(start, start + sliceMax));
  await rankRecommendations(org);
}

/** What somebody decides anew in between is left to the next tick. */
async function openSlice(org: OrgContext, ids: readonly string[]): Promise<void> {
  const [rows, inForce] = await org.db.atomic([
    heldStatement(org, {
      where: `f.id IN (SELECT value FROM json_each(?2)) AND f.suppression_id IS NULL
        AND ((f.status = 'snoozed' AND f.snoozed_until <= ?3) OR (f.status = 'ignored' AND f.ignored_until <= ?3))`,
      params: [JSON.stringify(ids), org.now.toISOString()],
      limit: sliceMax,
    }),
    suppressionsInForce(org),
  ]);
  // safe: the second statement answers suppressions.
  const suppressions = inForce as Suppression[];
  const settlements = heldOf(rows).map((finding) => settlementOf(finding, suppressions));
  if (settlements.length > 0) await settle(org, settlements, suppressions);
}

/** Those that wait longest, by two indexes that hold nothing else. */
async function lapsed(d1: D1Database, now: Date): Promise<Due[]> {
  const db = directoryDatabase(d1, newMeter());
  const due = (column: string, where: string) =>
    db.sql(
      `SELECT org_id AS orgId, id FROM findings WHERE ${where} AND ${column} <= ?1 ORDER BY ${column} LIMIT ${tickMax}`,
      now.toISOString(),
    );
  const found = await db.atomic([
    due("snoozed_until", "status = 'snoozed'"),
    due("ignored_until", "status = 'ignored' AND ignored_until IS NOT NULL AND suppression_id IS NULL"),
  ]);
  // safe: the statements' own columns.
  return (found as Due[][]).flat();
}
