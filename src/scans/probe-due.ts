import { desc, sql } from "drizzle-orm";
import { createLimiter } from "#aws/limiter";
import { systemContext } from "#db/context";
import { directoryDatabase, newMeter } from "#db/database";
import { accounts } from "#db/schema";
import { shards } from "#db/shards";
import type { Env } from "#env";
import type { AccountRow } from "./claim.ts";
import { probeAccount } from "./probe.ts";

/** Accounts tried in one tick of one database; the others wait for their next turn. */
const accountsMax = 50;

const weekMs = 7 * 24 * 60 * 60_000;

/**
 * Tries the accounts that nobody has entered yet: each minute in the first hour after people last changed them, every ten
 * minutes for a day, hourly for a week.
 */
export async function probeDueAccounts(
  env: Env,
  now: Date,
  waitUntil: (promise: Promise<unknown>) => void,
): Promise<void> {
  const limiter = createLimiter();
  for (const [shard, d1] of shards(env).entries()) {
    const probes = (await due(d1, now)).map((account) =>
      probeAccount(systemContext(env, { orgId: account.orgId, shard }, now, waitUntil), account, limiter),
    );
    // One that fails stops no other.
    const failed = (await Promise.allSettled(probes)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }
}

/** Whole minutes since people last changed the account. */
const minutes = (now: Date) => sql`(unixepoch(${now.toISOString()}) - unixepoch(${accounts.updatedAt})) / 60`;

const due = (d1: D1Database, now: Date): Promise<AccountRow[]> =>
  directoryDatabase(d1, newMeter())
    .select()
    .from(accounts)
    .where(
      sql`${accounts.connectedAt} IS NULL AND ${accounts.status} <> 'ok'
        AND ${accounts.updatedAt} BETWEEN ${new Date(now.getTime() - weekMs).toISOString()} AND ${now.toISOString()}
        AND (${minutes(now)} < 60 OR (${minutes(now)} < 1440 AND ${minutes(now)} % 10 = 0) OR ${minutes(now)} % 60 = 0)`,
    )
    .orderBy(desc(accounts.updatedAt))
    .limit(accountsMax);
