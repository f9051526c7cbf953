import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import type { EventName } from "#db/outbox";
import { newId } from "#lib/id";
import type { Claim } from "./claim.ts";
import type { DeliveryDetail } from "./deliveries.ts";
import type { Delivery, Webhook } from "./rows.ts";
import { sendOnce } from "./send.ts";

/** A sample of an event. */
export interface Sample {
  readonly event: EventName;
  readonly data: object;
}

/**
 * Sends a sample to a webhook or channel at once, also while it is disabled, and answers the attempt. It stands among the deliveries,
 * is not tried again, and does not count for or against the receiver. Nobody else hears of it.
 */
export async function testNow(org: OrgContext, receiver: Webhook, sample: Sample): Promise<DeliveryDetail> {
  const claim: Claim = {
    ...receiver,
    deliveryId: org.newId(),
    webhookId: receiver.id,
    eventId: newId(),
    event: sample.event,
    attempts: 0,
    leaseUntil: "",
    data: JSON.stringify({ test: true, ...sample.data }),
    eventCreatedAt: org.now.toISOString(),
  };
  const outcome = await sendOnce(org, claim);
  const at = org.now.toISOString();
  const { status, error, response, durationMs } = outcome;
  const attempt = { orgId: org.id, deliveryId: claim.deliveryId, number: 1, at, durationMs, status, error, response };
  const delivery = deliveryOf(org, claim, { status, error, durationMs });
  const what = receiver.kind === "webhook" ? "webhook" : "channel";
  const entry = {
    action: `${what}.test`,
    target: { type: what, id: receiver.id },
    after: { event: sample.event },
  } as const;
  const detail = { delivery, attempts: [attempt] };
  await org.change(entry, statementsOf(org, claim, detail), detail);
  return detail;
}

type Ended = { readonly status: number | null; readonly error: string | null; readonly durationMs: number };

function deliveryOf(org: OrgContext, claim: Claim, { status, error, durationMs }: Ended): Delivery {
  const startedAt = org.now.toISOString();
  const endedAt = new Date(org.now.getTime() + durationMs).toISOString();
  return {
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
    deliveredAt: error === null ? endedAt : null,
    createdAt: startedAt,
    updatedAt: endedAt,
  };
}

function statementsOf(
  org: OrgContext,
  claim: Claim,
  { delivery: row, attempts }: DeliveryDetail,
): [Statement, ...Statement[]] {
  const attempt = attempts[0];
  return [
    org.db.sql(
      `INSERT INTO deliveries (org_id, id, webhook_id, event_id, event, status, attempts, last_attempt_at, last_status, last_error,
         last_duration_ms, delivered_at, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING`,
      ...[org.id, row.id, row.webhookId, row.eventId, row.event, row.status, row.lastAttemptAt, row.lastStatus],
      ...[row.lastError, row.lastDurationMs, row.deliveredAt, row.createdAt, row.updatedAt],
    ),
    org.db.sql(
      `INSERT INTO events (org_id, id, names, data, created_at) VALUES (?1, ?2, '["webhook.test"]', ?3, ?4) ON CONFLICT DO NOTHING`,
      ...[org.id, claim.eventId, claim.data, claim.eventCreatedAt],
    ),
    org.db.sql(
      `INSERT INTO attempts (org_id, delivery_id, number, at, duration_ms, status, error, response)
       VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING`,
      ...[org.id, row.id, row.createdAt, attempt?.durationMs, row.lastStatus, row.lastError, attempt?.response ?? null],
    ),
  ];
}
