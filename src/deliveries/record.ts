import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { newId } from "#lib/id";
import type { Claim } from "./claim.ts";
import { rungAfter, rungStatements } from "./ladder.ts";
import { ownFaultSeconds, pauseAfter, retryDelaySeconds } from "./retries.ts";
import type { Outcome } from "./send.ts";

/** What becomes of a delivery after an attempt. */
export type Step =
  | { readonly kind: "delivered" }
  | { readonly kind: "retry"; readonly delaySeconds: number }
  | { readonly kind: "dead" };

/** 2xx is the only success. `attempts`, of this round, includes the one just made; `random` answers 0 ≤ r < 1. */
export function stepAfter(attempts: number, outcome: Outcome, random: () => number): Step {
  if (outcome.error === null) return { kind: "delivered" };
  if (outcome.isFinal) return { kind: "dead" };
  if (outcome.isOurs) return { kind: "retry", delaySeconds: ownFaultSeconds.delay };
  const delaySeconds = retryDelaySeconds(attempts, outcome.retryAfterSeconds, random);
  return delaySeconds === null ? { kind: "dead" } : { kind: "retry", delaySeconds };
}

/**
 * Seconds for which the receiver is left alone after an attempt: because it asked for it, or because it keeps failing. Null:
 * not at all.
 */
export function pauseFor(claim: Claim, outcome: Outcome, random: () => number): number | null {
  const { error, retryAfterSeconds } = outcome;
  if (error === null) return null;
  if (outcome.isOurs) return outcome.isFinal ? null : ownFaultSeconds.pause;
  const pauses = [pauseAfter(claim.failures + 1, random), retryAfterSeconds].filter((pause) => pause !== null);
  return pauses.length === 0 ? null : Math.max(...pauses);
}

/** What follows an attempt. */
export interface End {
  readonly step: Step;
  /** Seconds for which the receiver is left alone. */
  readonly pauseSeconds: number | null;
}

export interface Recorded {
  /** False: the lease was lost, or the webhook deleted; nothing was written. */
  readonly recorded: boolean;
  /** Another delivery that is due at this webhook. */
  readonly nextId: string | null;
  /** The event that tells of the webhook itself, if there is something to tell. */
  readonly eventId: string | null;
}

/**
 * Writes the outcome of an attempt in one batch: the delivery (only while the claim still holds), the attempt, how the
 * webhook does, its release, and what is to be told of that. `at` is when the attempt ended. What was none (`isOurs`) is neither
 * listed nor held against the webhook.
 */
export async function recordOutcome(
  org: OrgContext,
  claim: Claim,
  outcome: Outcome,
  end: End,
  at: Date,
): Promise<Recorded> {
  const { kind } = end.step;
  const ended = kind === "delivered" ? kind : outcome.status === 410 ? "gone" : "failed";
  const rung = outcome.isOurs ? null : rungAfter(claim, ended, at);
  const eventId = rung === null ? null : newId();
  const told =
    rung === null || eventId === null ? [] : rungStatements(org, { claim, rung, eventId, error: outcome.error, at });
  const statements = [
    deliveryUpdate(org, claim, { outcome, step: end.step, at }),
    ...(outcome.isOurs
      ? [release(org, claim, end, at)]
      : [
          attemptInsert(org, claim, outcome),
          tally(org, claim, { failed: outcome.error !== null, pauseSeconds: end.pauseSeconds, at }),
        ]),
    ...told,
    nextDue(org, claim.webhookId, at),
  ];
  const results = await org.db.atomic(statements);
  // safe: the first and the last statement answer rows with `id`.
  const [changed, next] = [results[0], results.at(-1)] as { id: string }[][];
  return { recorded: (changed?.length ?? 0) > 0, nextId: next?.[0]?.id ?? null, eventId };
}

const statusOf = { delivered: "delivered", retry: "pending", dead: "dead" } as const;

const after = (at: Date, seconds: number): string => new Date(at.getTime() + seconds * 1_000).toISOString();

function deliveryUpdate(
  org: OrgContext,
  claim: Claim,
  { outcome, step, at }: { readonly outcome: Outcome; readonly step: Step; readonly at: Date },
): Statement {
  return org.db.sql(
    `UPDATE deliveries SET status = ?5, next_attempt_at = ?6, lease_until = NULL,
       delivered_at = coalesce(?7, delivered_at), updated_at = ?8,
       ${outcome.isOurs ? "" : "attempts = attempts + 1, last_attempt_at = ?9, last_status = ?10, last_duration_ms = ?11,"} last_error = ?12
     WHERE org_id = ?1 AND id = ?2 AND status = 'pending' AND lease_until = ?3 AND attempts = ?4 RETURNING id`,
    org.id,
    claim.deliveryId,
    claim.leaseUntil,
    claim.attempts,
    statusOf[step.kind],
    step.kind === "retry" ? after(at, step.delaySeconds) : null,
    step.kind === "delivered" ? at.toISOString() : null,
    at.toISOString(),
    org.now.toISOString(),
    outcome.status,
    outcome.durationMs,
    outcome.error,
  );
}

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

/**
 * How the webhook does, and its release: until `pauseSeconds` have passed nobody sends to it. A failure of one that was changed
 * meanwhile only releases it: it may lead elsewhere now. A secret past its time goes.
 */
function tally(
  org: OrgContext,
  claim: Claim,
  { failed, pauseSeconds, at }: { readonly failed: boolean; readonly pauseSeconds: number | null; readonly at: Date },
): Statement {
  return org.db.sql(
    `UPDATE webhooks SET busy_until = CASE WHEN busy_until <> ?3 THEN busy_until WHEN version = ?7 THEN ?4 END,
       failures = CASE WHEN ?5 THEN failures + (version = ?7) ELSE 0 END,
       failing_since = CASE WHEN ?5 THEN coalesce(failing_since, CASE WHEN version = ?7 THEN ?6 END) END,
       last_delivered_at = CASE WHEN ?5 THEN last_delivered_at ELSE ?6 END,
       previous_secret = CASE WHEN previous_until > ?6 THEN previous_secret END,
       previous_until = CASE WHEN previous_until > ?6 THEN previous_until END
     WHERE org_id = ?1 AND id = ?2 AND changes() > 0`,
    org.id,
    claim.webhookId,
    claim.leaseUntil,
    pauseUntil(pauseSeconds, at),
    failed ? 1 : 0,
    at.toISOString(),
    claim.version,
  );
}

const pauseUntil = (seconds: number | null, at: Date): string | null => (seconds === null ? null : after(at, seconds));

const release = (org: OrgContext, claim: Claim, { pauseSeconds }: End, at: Date): Statement =>
  org.db.sql(
    "UPDATE webhooks SET busy_until = ?4 WHERE org_id = ?1 AND id = ?2 AND busy_until = ?3 AND changes() > 0",
    org.id,
    claim.webhookId,
    claim.leaseUntil,
    pauseUntil(pauseSeconds, at),
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
