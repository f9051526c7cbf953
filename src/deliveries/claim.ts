import type { OrgContext } from "#db/context";
import type { ChannelConfig, ChannelKind } from "#db/values";

/** How long an attempt may hold a webhook and its delivery: well beyond the longest one. */
export const leaseMs = 60_000;

/** A delivery that is ours until `leaseUntil`. */
export interface Claim {
  readonly deliveryId: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly event: string;
  /** Attempts made before this one. With `leaseUntil` it fences what is recorded. */
  readonly attempts: number;
  /** How many of those belong to earlier rounds: the schedule begins anew with each round. */
  readonly attemptsBefore: number;
  readonly leaseUntil: string;
  readonly kind: ChannelKind;
  /** Of a channel. */
  readonly name: string | null;
  readonly url: string;
  /** Of a channel. */
  readonly config: ChannelConfig | null;
  /** Sealed. */
  readonly secret: string;
  /** Sealed: the secret before this one, while it is signed with as well. */
  readonly previousSecret: string | null;
  /** The webhook's, with which it is attempted. What is changed meanwhile is not judged by how that ends. */
  readonly version: number;
  /** How the webhook did before this attempt. */
  readonly failures: number;
  readonly failingSince: string | null;
  readonly warned: number;
  /** The event's data as stored JSON; null when the event is gone. */
  readonly data: string | null;
  readonly eventCreatedAt: string | null;
  /** 1: it would tell a channel of what has ended since. */
  readonly isOver: 1 | null;
}

export const lostReason = "What happened is no longer kept";
export const overReason = "What this would tell of is over";

/** SQL: a delivery `d`, its receiver `w` and its event `e`. Parameter 1 is the organization, 2 the delivery. */
export const ofDelivery = `deliveries d JOIN webhooks w ON w.org_id = d.org_id AND w.id = d.webhook_id
  LEFT JOIN events e ON e.org_id = d.org_id AND e.id = d.event_id WHERE d.org_id = ?1 AND d.id = ?2`;

/** What is shown or paged after its end was told would never be ended. Webhooks are told all that happened. */
export const isOver = `CASE WHEN w.kind = 'webhook' THEN NULL
  WHEN d.event = 'alert.triggered' THEN (
    SELECT 1 FROM alerts a WHERE a.org_id = d.org_id AND a.id = e.data ->> 'alertId' AND a.resolved_at >= e.data ->> 'at')
  WHEN d.event IN ('webhook.failing', 'webhook.disabled') THEN (
    SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM webhooks x WHERE x.org_id = d.org_id AND x.id = e.data ->> 'webhookId' AND x.warned <> 0)) END`;

/**
 * Takes a delivery when it is due and its webhook is free: of any number of callers one gets it, and nobody else sends to
 * that webhook until the outcome is recorded or the lease has run out. Null: nothing to do here (not due, done, gone, or
 * whoever holds the webhook will go on with it).
 */
export async function claimDelivery(org: OrgContext, deliveryId: string): Promise<Claim | null> {
  const now = org.now.toISOString();
  const leaseUntil = new Date(org.now.getTime() + leaseMs).toISOString();
  const [, taken, found] = await org.db.atomic([
    org.db.sql(
      `UPDATE webhooks SET busy_until = ?3
       WHERE org_id = ?1 AND status = 'enabled' AND (busy_until IS NULL OR busy_until <= ?4) AND id = (
         SELECT webhook_id FROM deliveries WHERE org_id = ?1 AND id = ?2 AND status = 'pending' AND next_attempt_at <= ?4
           AND (lease_until IS NULL OR lease_until <= ?4))`,
      org.id,
      deliveryId,
      leaseUntil,
      now,
    ),
    org.db.sql(
      "UPDATE deliveries SET lease_until = ?3 WHERE org_id = ?1 AND id = ?2 AND changes() > 0 RETURNING id",
      org.id,
      deliveryId,
      leaseUntil,
    ),
    org.db.sql(
      `SELECT d.id AS deliveryId, d.webhook_id AS webhookId, d.event_id AS eventId, d.event, d.attempts,
         d.attempts_before AS attemptsBefore, d.lease_until AS leaseUntil, w.kind, w.name, w.url, w.config, w.secret, w.version,
         CASE WHEN w.previous_until > ?4 THEN w.previous_secret END AS previousSecret,
         w.failures, w.failing_since AS failingSince, w.warned, e.data, e.created_at AS eventCreatedAt,
         ${isOver} AS isOver
       FROM ${ofDelivery} AND d.lease_until = ?3`,
      org.id,
      deliveryId,
      leaseUntil,
      now,
    ),
  ]);
  // safe: the second statement answers a row when it took the delivery, the third the columns of a claim, `config` as JSON.
  const [claim] = found as (Omit<Claim, "config"> & { config: string | null })[];
  if ((taken as unknown[]).length === 0 || !claim) return null;
  return { ...claim, config: claim.config === null ? null : (JSON.parse(claim.config) as ChannelConfig) };
}
