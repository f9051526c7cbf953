import type { OrgContext } from "#db/context";
import { nudgeDelivery } from "#db/outbox";
import { Fault } from "#lib/fault";
import { getDelivery, type Delivery } from "./log.ts";
import { refuseDisabled, type Receivers } from "./receiver.ts";

/**
 * Sends a delivery again, whatever became of it: a new round of attempts by the schedule, numbered on from the ones before.
 * Faults: RESOURCE_NOT_FOUND; INVALID_TRANSITION while the receiver is disabled; CONFLICT while an attempt is under way.
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
       AND EXISTS (SELECT 1 FROM webhooks w WHERE w.org_id = ?1 AND w.id = deliveries.webhook_id AND w.status = 'enabled')
       AND EXISTS (SELECT 1 FROM events e WHERE e.org_id = ?1 AND e.id = deliveries.event_id) RETURNING id`,
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
  const [changed] = await org.change(entry, [update], again);
  // safe: the statement answers the id of what it changed.
  if ((changed as unknown[]).length === 0)
    throw new Fault("CONFLICT", "An attempt of this delivery is under way. Try again when it has ended.");
  await nudgeDelivery(org, deliveryId);
  return again;
}
