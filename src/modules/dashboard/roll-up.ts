import type { Env } from "#env";
import { systemContext, type OrgContext } from "#db/context";
import { rollUpStats } from "#db/daily-stats";
import { organizationsInTurn } from "#db/turns";

/** Ten-minute turns in a day: each organization has one of them. */
const turns = 144;

/** Notes how organizations stand, once a day, whether or not anything was scanned. One that fails stops no other. */
export async function rollUpOrganizations(env: Env, now: Date, waitUntil: OrgContext["waitUntil"]): Promise<void> {
  const failures: unknown[] = [];
  for (const organization of await organizationsInTurn(env, now, turns)) {
    const org = systemContext(env, organization, now, waitUntil);
    await org.db.atomic(rollUpStats(org, null)).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}
