import { auditStatement } from "#db/audit";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { eventStatementsIfChanged } from "#db/outbox";
import { newId } from "#lib/id";
import type { Claim } from "./claim.ts";
import { retryDelaySeconds } from "./schedule.ts";
import type { Outcome } from "./send.ts";

/** What becomes of a delivery after an attempt. */
export type Step =
  | { readonly kind: "delivered" }
  | { readonly kind: "retry"; readonly delaySeconds: number }
  | { readonly kind: "dead" }
  /** 410: the receiver wants nothing any more. */
  | { readonly kind: "gone" };

/** 2xx is the only success. `attempts` includes the one just made; `random` answers 0 ≤ r < 1. */
export function stepAfter(attempts: number, outcome: Outcome, random: () => number): Step {
  if (outcome.error === null) return { kind: "delivered" };
  if (outcome.status === 410) return { kind: "gone" };
  if (outcome.isFinal) return { kind: "dead" };
  const delaySeconds = retryDelaySeconds(attempts, outcome.retryAfterSeconds, random);
  return delaySeconds === null ? { kind: "dead" } : { kind: "retry", delaySeconds };
}

export interface Recorded {
  /** False: the lease was lost, or the webhook deleted; nothing was written. */
  readonly recorded: boolean;
  /** Another delivery that is due at this webhook. */
  readonly nextId: string | null;
  /** The event that tells of a disabled webhook, when it was written. */
  readonly eventId: string | null;
}

/**
 * Writes the outcome of an attempt in one batch: the delivery (only while the claim still holds), the attempt, the
 * webhook's release and, after a 410, its end. `at` is when the attempt ended.
 */
export async function recordOutcome(
  org: OrgContext,
  claim: Claim,
  outcome: Outcome,
  step: Step,
  at: Date,
): Promise<Recorded> {
  const eventId = step.kind === "gone" ? newId() : null;
  const statements = [
    deliveryUpdate(org, claim, step, at),
    attemptInsert(org, claim, outcome),
    release(org, claim, outcome, at),
    ...(eventId === null ? [] : disabling(org, claim, eventId, at)),
    nextDue(org, claim.webhookId, at),
  ];
  const results = await org.db.atomic(statements);
  // safe: the first and the last statement answer rows with `id`.
  const [changed, next] = [results[0], results.at(-1)] as { id: string }[][];
  return { recorded: (changed?.length ?? 0) > 0, nextId: next?.[0]?.id ?? null, eventId };
}

const statusOf = { delivered: "delivered", retry: "pending", dead: "dead", gone: "dead" } as const;

const after = (at: Date, seconds: number): string => new Date(at.getTime() + seconds * 1_000).toISOString();

const deliveryUpdate = (org: OrgContext, claim: Claim, step: Step, at: Date): Statement =>
  org.db.sql(
    `UPDATE deliveries SET status = ?5, attempts = attempts + 1, next_attempt_at = ?6, lease_until = NULL, delivered_at = ?7, updated_at = ?8
     WHERE org_id = ?1 AND id = ?2 AND status = 'pending' AND lease_until = ?3 AND attempts = ?4 RETURNING id`,
    org.id,
    claim.deliveryId,
    claim.leaseUntil,
    claim.attempts,
    statusOf[step.kind],
    step.kind === "retry" ? after(at, step.delaySeconds) : null,
    step.kind === "delivered" ? at.toISOString() : null,
    at.toISOString(),
  );

const attemptInsert = (org: OrgContext, claim: Claim, outcome: Outcome): Statement =>
  org.db.sql(
    `INSERT INTO attempts (org_id, delivery_id, number, at, duration_ms, status, error, response)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE changes() > 0`,
    org.id,
    claim.deliveryId,
    claim.attempts + 1,
    org.now.toISOString(),
    outcome.durationMs,
    outcome.status,
    outcome.error,
    outcome.response,
  );

/** 429 and 503 with Retry-After speak for the whole receiver: it is left alone for so long. */
function release(org: OrgContext, claim: Claim, { status, retryAfterSeconds }: Outcome, at: Date): Statement {
  const paused = (status === 429 || status === 503) && retryAfterSeconds !== null;
  return org.db.sql(
    "UPDATE webhooks SET busy_until = ?4 WHERE org_id = ?1 AND id = ?2 AND busy_until = ?3 AND changes() > 0",
    org.id,
    claim.webhookId,
    claim.leaseUntil,
    paused ? after(at, retryAfterSeconds) : null,
  );
}

export const goneReason = "The receiver answered 410 Gone";

/** Each statement hangs on the one before; the last ends what was still waiting, so that nothing waits for ever. */
function disabling(org: OrgContext, { webhookId }: Claim, eventId: string, at: Date): Statement[] {
  const target = { type: "webhook", id: webhookId };
  const after410 = { status: "disabled", disabledReason: goneReason };
  return [
    org.db.sql(
      `UPDATE webhooks SET status = 'disabled', disabled_reason = ?3, version = version + 1, updated_at = ?4
       WHERE org_id = ?1 AND id = ?2 AND status = 'enabled' AND changes() > 0`,
      org.id,
      webhookId,
      goneReason,
      at.toISOString(),
    ),
    auditStatement(org, newId(), { action: "webhook.disable", target, before: { status: "enabled" }, after: after410 }),
    ...eventStatementsIfChanged(org, {
      id: eventId,
      names: ["webhook.disabled"],
      data: { webhookId, reason: goneReason },
    }),
    endPending(org, webhookId, at),
  ];
}

/** Pending deliveries of a webhook that is disabled or gone die: they stay in its list and can be sent again later. */
export const endPending = (org: OrgContext, webhookId: string, at: Date): Statement =>
  org.db.sql(
    `UPDATE deliveries SET status = 'dead', next_attempt_at = NULL, lease_until = NULL, updated_at = ?3
     WHERE org_id = ?1 AND webhook_id = ?2 AND next_attempt_at IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM webhooks WHERE org_id = ?1 AND id = ?2 AND status = 'enabled')`,
    org.id,
    webhookId,
    at.toISOString(),
  );

const nextDue = (org: OrgContext, webhookId: string, at: Date): Statement =>
  org.db.sql(
    `SELECT d.id FROM webhooks w CROSS JOIN deliveries d
     WHERE w.org_id = ?1 AND w.id = ?2 AND w.status = 'enabled' AND (w.busy_until IS NULL OR w.busy_until <= ?3)
       AND d.org_id = ?1 AND d.webhook_id = ?2 AND d.next_attempt_at <= ?3
     ORDER BY d.next_attempt_at LIMIT 1`,
    org.id,
    webhookId,
    at.toISOString(),
  );
