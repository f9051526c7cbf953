import { and, eq, gte } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import type { EventName } from "#db/outbox";
import { webhooks } from "#db/schema";
import { newId } from "#lib/id";
import type { Claim } from "./claim.ts";
import type { Attempt, Delivery, DeliveryDetail } from "./log.ts";
import { whatOf, withoutPause, type Receiver } from "./receiver.ts";
import { failuresBeforePause } from "./retries.ts";
import { sendOnce, type Outcome } from "./send.ts";

/**
 * Sends a sample to a webhook or channel at once, whatever it subscribed to and also while it is disabled, and answers the
 * attempt. It stands among the deliveries and is not tried again. What fails does not count against the receiver; what works
 * ends a pause that its failures brought. Nobody else hears of it.
 */
export async function sendSample(
  org: OrgContext,
  receiver: Receiver,
  event: EventName,
  sample: object,
): Promise<DeliveryDetail> {
  const claim = claimOf(org, receiver, event, { test: true, ...sample });
  const startedMs = Date.now();
  const outcome = await sendOnce(org, claim);
  const detail = detailOf(org, claim, outcome, new Date(startedMs + outcome.durationMs));
  const what = whatOf(receiver);
  const entry = { action: `${what}.test`, target: { type: what, id: receiver.id }, after: { event } } as const;
  await org.change(entry, statements(org, claim, detail), detail);
  return detail;
}

const claimOf = (org: OrgContext, webhook: Receiver, event: EventName, data: object): Claim => ({
  ...webhook,
  deliveryId: org.newId(),
  webhookId: webhook.id,
  eventId: newId(),
  event,
  attempts: 0,
  attemptsBefore: 0,
  leaseUntil: "",
  previousSecret: (webhook.previousUntil ?? "") > org.now.toISOString() ? webhook.previousSecret : null,
  data: JSON.stringify(data),
  eventCreatedAt: org.now.toISOString(),
  isOver: null,
});

function detailOf(org: OrgContext, claim: Claim, outcome: Outcome, at: Date): DeliveryDetail {
  const { status, error, response, durationMs } = outcome;
  const startedAt = org.now.toISOString();
  const delivery: Delivery = {
    orgId: org.id,
    id: claim.deliveryId,
    webhookId: claim.webhookId,
    eventId: claim.eventId,
    event: claim.event,
    status: error === null ? "delivered" : "dead",
    attempts: 1,
    attemptsBefore: 0,
    lastAttemptAt: startedAt,
    lastStatus: status,
    lastError: error,
    lastDurationMs: durationMs,
    nextAttemptAt: null,
    leaseUntil: null,
    deliveredAt: error === null ? at.toISOString() : null,
    createdAt: startedAt,
    updatedAt: at.toISOString(),
  };
  const attempt: Attempt = {
    orgId: org.id,
    deliveryId: claim.deliveryId,
    number: 1,
    at: startedAt,
    durationMs,
    status,
    error,
    response,
  };
  return { delivery, attempts: [attempt] };
}

/** The event's name says that it did not happen: nobody else is told of it, neither now nor by a replay. */
function statements(
  org: OrgContext,
  claim: Claim,
  { delivery, attempts }: DeliveryDetail,
): [Statement, ...Statement[]] {
  const works = delivery.status === "delivered";
  return [
    insertDelivery(org, delivery),
    org.db.sql(
      `INSERT INTO events (org_id, id, names, data, created_at) VALUES (?1, ?2, '["webhook.test"]', ?3, ?4) ON CONFLICT DO NOTHING`,
      org.id,
      claim.eventId,
      claim.data,
      claim.eventCreatedAt,
    ),
    ...attempts.map((attempt) => insertAttempt(org, attempt)),
    ...(works ? [endPause(org, claim.webhookId)] : []),
  ];
}

const insertDelivery = (org: OrgContext, row: Delivery): Statement =>
  org.db.sql(
    `INSERT INTO deliveries (org_id, id, webhook_id, event_id, event, status, attempts, last_attempt_at, last_status, last_error,
       last_duration_ms, delivered_at, created_at, updated_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING`,
    org.id,
    row.id,
    row.webhookId,
    row.eventId,
    row.event,
    row.status,
    row.lastAttemptAt,
    row.lastStatus,
    row.lastError,
    row.lastDurationMs,
    row.deliveredAt,
    row.createdAt,
    row.updatedAt,
  );

const insertAttempt = (org: OrgContext, row: Attempt): Statement =>
  org.db.sql(
    `INSERT INTO attempts (org_id, delivery_id, number, at, duration_ms, status, error, response)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING`,
    org.id,
    row.deliveryId,
    row.number,
    row.at,
    row.durationMs,
    row.status,
    row.error,
    row.response,
  );

const endPause = (org: OrgContext, id: string): Statement =>
  org.db
    .update(webhooks)
    .set({ busyUntil: withoutPause(org) })
    .where(and(eq(webhooks.orgId, org.id), eq(webhooks.id, id), gte(webhooks.failures, failuresBeforePause)));
