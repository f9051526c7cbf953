import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { withEffects } from "#db/finding-effects";
import { eventStatements, nudgeDeliveries, type OutboxEvent } from "#db/outbox";
import { hasMovedOn, pinFindings } from "#db/pin";
import { findingEvents, nothingHappened } from "./finding-events.ts";
import type { HeldFinding } from "./held.ts";
import { pinSuppressions, suppressedBy, type Suppressed, type Suppression } from "./suppression.ts";

/** What becomes of a finding: a suppression has it, or (null) it is open. */
export interface Settlement {
  readonly finding: HeldFinding;
  readonly to: Suppressed | null;
}

/** What becomes of a finding that nobody has decided about, or whose decision has ended. */
export const settlementOf = (finding: HeldFinding, inForce: readonly Suppression[]): Settlement => ({
  finding,
  to: finding.exempt ? null : suppressedBy(inForce, finding),
});

/** Whether it is something else than it was. */
export function isMove({ finding, to }: Settlement): boolean {
  if (to === null) return finding.status !== "open";
  const { suppressionId, ignoreReason, ignoredUntil } = finding;
  return suppressionId !== to.id || ignoreReason !== to.reason || ignoredUntil !== to.expiresAt;
}

/**
 * One batch: findings go where they belong, `also` with them, and what opens is told as reopened, many findings to an event.
 * Answers whether it was written; not where a finding or the suppressions have moved on since they were read: then it is to be
 * worked out anew. `reopenedCount` stays: it counts what AWS brought back, not what people put off.
 */
export async function settle(
  org: OrgContext,
  settlements: readonly Settlement[],
  inForce: readonly Suppression[],
  also: readonly Statement[] = [],
): Promise<boolean> {
  const findings = settlements.map(({ finding }) => finding);
  const ids = findings.map(({ id }) => id);
  const events = await reopenedEvents(
    org,
    settlements.flatMap(({ finding, to }) => (to === null ? [finding] : [])),
  );
  const statements = [
    ...(ids.length > 0 ? [pinFindings(org, findings), ...withEffects(org, { ids }, moves(org, settlements))] : []),
    ...eventStatements(org, ...events),
  ];
  try {
    await org.db.atomic([pinSuppressions(org, inForce), ...also, ...statements]);
  } catch (error) {
    if (hasMovedOn(error)) return false;
    throw error;
  }
  await nudgeDeliveries(
    org,
    events.flatMap(({ id }) => (id ? [id] : [])),
  );
  return true;
}

/** One statement for each suppression, and one for what opens. */
const moves = (org: OrgContext, settlements: readonly Settlement[]): Statement[] =>
  [...Map.groupBy(settlements, ({ to }) => JSON.stringify(to)).values()].map((own) =>
    move(org, own[0]?.to ?? null, JSON.stringify(own.map(({ finding }) => finding.id))),
  );

const move = (org: OrgContext, to: Suppressed | null, idsJson: string): Statement =>
  org.db.sql(
    `UPDATE findings SET status = ?3, suppression_id = ?4, ignore_reason = ?5, ignored_until = ?6, snoozed_until = NULL,
       version = version + 1, updated_at = ?7
     WHERE org_id = ?1 AND id IN (SELECT value FROM json_each(?2))`,
    org.id,
    idsJson,
    to === null ? "open" : "ignored",
    to?.id ?? null,
    to?.reason ?? null,
    to?.expiresAt ?? null,
    org.now.toISOString(),
  );

async function reopenedEvents(org: OrgContext, opened: readonly HeldFinding[]): Promise<OutboxEvent[]> {
  const byAccount = Map.groupBy(opened, ({ accountId }) => accountId);
  const events = await Promise.all(
    [...byAccount].map(([id, reopened]) => {
      const account = { id, awsAccountId: reopened[0]?.awsAccountId ?? "" };
      return findingEvents({ org, account, scan: null }, { ...nothingHappened, reopened });
    }),
  );
  return events.flat();
}
