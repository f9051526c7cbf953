import { AwsFault } from "#aws/fault";
import { createLimiter, type Limiter } from "#aws/limiter";
import { homeRegion } from "#aws/regions";
import { systemContext, type OrgContext } from "#db/context";
import { Fault } from "#lib/fault";
import type { AccountRow } from "./claim.ts";
import { awsFetcher, enterAccount } from "./enter.ts";

/** How an attempt to enter an account went. */
interface Probe {
  readonly status: AccountRow["status"];
  readonly lastError: string | null;
}

/**
 * Enters an account that nobody has entered yet by its present credential, and keeps how it went: `ok`; `pending`, and why
 * AWS does not let us in; or `error`, where we must not go in. Safe to repeat, and by several at once.
 */
export async function probeAccount(org: OrgContext, account: AccountRow, limiter = createLimiter()): Promise<void> {
  const { status, lastError } = await entered(org, account, limiter);
  await org.db.atomic([
    org.db.sql(
      // The version: what was tried is still the account's credential.
      `UPDATE accounts SET status = ?4, last_error = ?5, connected_at = CASE WHEN ?4 = 'ok' THEN ?6 END
       WHERE org_id = ?1 AND id = ?2 AND version = ?3 AND connected_at IS NULL AND (status <> ?4 OR last_error IS NOT ?5)`,
      org.id,
      account.id,
      account.version,
      status,
      lastError,
      org.now.toISOString(),
    ),
  ]);
}

/** The same after the answer, and not on the bill of the request. What fails here, the cron job does again. */
export function probeLater(org: OrgContext, account: AccountRow): void {
  const waitUntil = (promise: Promise<unknown>): void => org.waitUntil(promise);
  const system = systemContext(org.env, { orgId: org.id, shard: org.shard }, org.now, waitUntil);
  org.waitUntil(probeAccount(system, account).catch(() => undefined));
}

async function entered({ env, now }: OrgContext, account: AccountRow, limiter: Limiter): Promise<Probe> {
  const transport = { fetcher: awsFetcher(env), limiter, region: homeRegion("aws") ?? "us-east-1" };
  try {
    await enterAccount({ env, account, transport, sessionName: `cloudglass-${account.id}`, now });
    return { status: "ok", lastError: null };
  } catch (error) {
    if (error instanceof AwsFault) return { status: "pending", lastError: `${error.code}: ${error.remedy}` };
    if (!(error instanceof Fault)) throw error;
    const mayPass = error.code === "METHOD_UNAVAILABLE";
    return { status: mayPass ? "pending" : "error", lastError: `${error.code}: ${error.detail}` };
  }
}
