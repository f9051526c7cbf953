import type { OrgContext } from "#db/context";
import { nudgeDelivery } from "#db/outbox";
import { Fault } from "#lib/fault";
import { isOver, lostReason, ofDelivery, overReason } from "./claim.ts";
import { getDelivery, type Delivery } from "./log.ts";
import { refuseDisabled, type Receivers } from "./receiver.ts";

/** SQL: why a delivery cannot be sent again; empty: it can. */
const refusal = `SELECT CASE WHEN w.status <> 'enabled' THEN 'Its receiver is disabled.' WHEN e.id IS NULL THEN '${lostReason}.'
  WHEN ${isOver} THEN '${overReason}.' ELSE '' END AS why FROM ${ofDelivery}`;

/**
 * Sends a delivery again, whatever became of it: a new round of attempts by the schedule, numbered on from the ones before.
 * Faults: RESOURCE_NOT_FOUND; INVALID_TRANSITION while the receiver is disabled; CONFLICT while an attempt is under way, and when
 * what it tells of is no longer kept or, of a channel, over.
 */
export async function redeliver(
  org: OrgContext,
  webhookId: string,
  deliveryId: string,
  receivers: Receivers,
): Promise<Delivery> {
  refuseDisabled(await receivers.get(org, webhookId));
  const { delivery } = await getDelivery(org, webhookId, deliveryId, receivers);
  const now = org.now.toISOString();
  const again: Delivery = {
    ...delivery,
    status: "pending",
    attemptsBefore: delivery.attempts,
    nextAttemptAt: now,
    leaseUntil: null,
    updatedAt: now,
  };
  const update = org.db.sql(
    `UPDATE deliveries SET status = 'pending', attempts_before = attempts, next_attempt_at = ?3, lease_until = NULL, updated_at = ?3
     WHERE org_id = ?1 AND id = ?2 AND attempts = ?4 AND (lease_until IS NULL OR lease_until <= ?3)
       AND (${refusal}) = '' RETURNING id`,
    org.id,
    deliveryId,
    now,
    delivery.attempts,
  );
  const entry = {
    action: `${receivers.what}.redeliver`,
    target: { type: receivers.what, id: webhookId },
    after: { deliveryId, event: delivery.event },
  } as const;
  const [changed, refusals] = await org.change(entry, [update, org.db.sql(refusal, org.id, deliveryId)], again);
  // safe: the statements answer the id of what was changed, and why nothing was.
  if ((changed as unknown[]).length === 0) {
    const [{ why } = { why: "Its receiver was deleted" }] = refusals as { why: string }[];
    throw new Fault("CONFLICT", why || "An attempt of this delivery is under way. Try again when it has ended.");
  }
  await nudgeDelivery(org, deliveryId);
  return again;
}
