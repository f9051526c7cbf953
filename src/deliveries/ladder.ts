import { auditStatement } from "#db/audit";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { eventStatementsIfChanged, type EventName } from "#db/outbox";
import { newId } from "#lib/id";
import type { Claim } from "./claim.ts";
import { whatOf } from "./receiver.ts";

/** How a webhook did before an attempt. `warned`: see the schema. */
export type Health = Pick<Claim, "failures" | "failingSince" | "warned">;

/** What is to be told of a webhook after an attempt, beside the attempt itself. */
export type Rung =
  | { readonly kind: "failing"; readonly stage: "day" | "three_days"; readonly since: string }
  | { readonly kind: "disabled"; readonly reason: string; readonly since: string }
  | { readonly kind: "recovered"; readonly since: string | null };

const dayMs = 86_400_000;

/** A webhook whose every attempt failed for so long is disabled by the next one that fails, if it was told a day ago that it would be. */
const disabledAfterMs = 5 * dayMs;

export const goneReason = "The receiver answered 410 Gone";
const tiredReason = "Every attempt of five days failed";

/** `warned` after each rung. */
const warnedBy = { day: 1, three_days: 2, disabled: 3, recovered: 0 } as const;

/**
 * The ladder (Svix's, as in docs.svix.com/retries): told after a day and after three days of nothing but failures, disabled after
 * five days, or by 410 at once, and told again when it works. Where attempts are rare and the second warning comes late, it counts
 * as failing for four days then: two bad moments, days apart, never disable.
 */
export function rungAfter(health: Health, end: "delivered" | "failed" | "gone", at: Date): Rung | null {
  const { failingSince, warned } = health;
  if (end === "delivered") return warned === 0 ? null : { kind: "recovered", since: failingSince };
  const since = failingSince ?? at.toISOString();
  if (end === "gone") return { kind: "disabled", reason: goneReason, since };
  const failingMs = at.getTime() - Date.parse(since);
  if (warned >= warnedBy.three_days)
    return failingMs >= disabledAfterMs ? { kind: "disabled", reason: tiredReason, since } : null;
  if (failingMs >= 3 * dayMs) {
    const counted = new Date(at.getTime() - Math.min(failingMs, disabledAfterMs - dayMs)).toISOString();
    return { kind: "failing", stage: "three_days", since: counted };
  }
  if (failingMs >= dayMs && warned < warnedBy.day) return { kind: "failing", stage: "day", since };
  return null;
}

/** What a rung is told with. */
export interface Telling {
  readonly claim: Claim;
  readonly rung: Rung;
  readonly eventId: string;
  readonly error: string | null;
  readonly at: Date;
}

/**
 * The statements of a rung, each hanging on the one before: written only where the attempt was, and where nobody changed the
 * webhook meanwhile. It is not told to the webhook itself.
 */
export function rungStatements(org: OrgContext, telling: Telling): Statement[] {
  const { claim, rung, eventId } = telling;
  const name: EventName = `webhook.${rung.kind}`;
  const event = { id: eventId, names: [name], data: dataOf(telling), exceptWebhookId: claim.webhookId };
  if (rung.kind !== "disabled") {
    const warned = rung.kind === "failing" ? warnedBy[rung.stage] : warnedBy.recovered;
    const since = rung.kind === "failing" ? rung.since : null;
    return [warnedUpdate(org, claim, warned, since), ...eventStatementsIfChanged(org, event)];
  }
  const what = whatOf(claim);
  const entry = {
    action: `${what}.disable`,
    target: { type: what, id: claim.webhookId },
    before: { status: "enabled" },
    after: { status: "disabled", disabledReason: rung.reason },
  } as const;
  return [
    disabledUpdate(org, telling, rung.reason),
    auditStatement(org, newId(), entry),
    ...eventStatementsIfChanged(org, event),
    endPending(org, claim.webhookId, telling.at),
  ];
}

/** `data` of `webhook.failing`, `webhook.disabled` and `webhook.recovered`. Of the URL only the origin: the rest may be a secret. */
function dataOf({ claim, rung, error, at }: Telling): Readonly<Record<string, unknown>> {
  const { since } = rung;
  const about = {
    webhookId: claim.webhookId,
    kind: claim.kind,
    name: claim.name,
    url: URL.parse(claim.url)?.origin ?? null,
    failingSince: since,
    lastError: error,
    at: at.toISOString(),
  };
  if (rung.kind === "recovered") return about;
  if (rung.kind === "disabled") return { ...about, reason: rung.reason };
  const disablesAt = new Date(Date.parse(rung.since) + disabledAfterMs).toISOString();
  return { ...about, stage: rung.stage, disablesAt };
}

const warnedUpdate = (org: OrgContext, claim: Claim, warned: number, since: string | null): Statement =>
  org.db.sql(
    "UPDATE webhooks SET warned = ?3, failing_since = ?5 WHERE org_id = ?1 AND id = ?2 AND version = ?4 AND changes() > 0",
    org.id,
    claim.webhookId,
    warned,
    claim.version,
    since,
  );

const disabledUpdate = (org: OrgContext, { claim, at }: Telling, reason: string): Statement =>
  org.db.sql(
    `UPDATE webhooks SET status = 'disabled', disabled_reason = ?3, disabled_at = ?4, warned = ${warnedBy.disabled},
       version = version + 1, updated_at = ?4
     WHERE org_id = ?1 AND id = ?2 AND version = ?5 AND changes() > 0`,
    org.id,
    claim.webhookId,
    reason,
    at.toISOString(),
    claim.version,
  );

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
