import type { Env } from "#env";
import { systemContext } from "#db/context";
import { directoryDatabase, newMeter } from "#db/database";
import { shards } from "#db/shards";
import { purgeSlice } from "./purge.ts";

/** Slices taken out in one tick of one database: about 20,000 rows, far below what a tick may take. */
const slicesMax = 20;

/** Accounts looked at in one tick. */
const accountsMax = 20;

/** Goes on taking out what was found in disconnected accounts, those that wait longest first. What is left waits for the next tick. */
export async function purgeAccounts(
  env: Env,
  now: Date,
  waitUntil: (promise: Promise<unknown>) => void,
): Promise<void> {
  for (const [shard, d1] of shards(env).entries()) {
    let slices = slicesMax;
    for (const { orgId, accountId } of await waiting(d1)) {
      const org = systemContext(env, { orgId, shard }, now, waitUntil);
      for (let done = false; !done && slices > 0; slices -= 1) done = await purgeSlice(org, accountId);
    }
  }
}

async function waiting(d1: D1Database): Promise<{ orgId: string; accountId: string }[]> {
  const db = directoryDatabase(d1, newMeter());
  const [rows] = await db.atomic([
    db.sql(`SELECT org_id AS orgId, account_id AS accountId FROM purges ORDER BY requested_at LIMIT ${accountsMax}`),
  ]);
  // safe: the statement's own columns.
  return rows as { orgId: string; accountId: string }[];
}
