import type { OrgContext } from "#db/context";
import { sealSecret } from "#deliveries/secret";
import { Fault, refuseStale } from "#lib/fault";
import { newWebhookSecret } from "#lib/standard-webhook";
import type { Naming } from "./change.ts";
import { getWebhook, webhookStatement } from "./get.ts";
import type { NewlyMade, Webhook } from "./rows.ts";

export interface Rotation {
  /** Hours for which is signed with the former secret as well; 0: not at all. */
  readonly overlapHours: number;
  /** `whsec_…`; made when left out. */
  readonly secret?: string | undefined;
}

/**
 * Gives a webhook a new secret, which is shown this once. Of former ones only the last is still signed with. Faults:
 * RESOURCE_NOT_FOUND, PRECONDITION_FAILED, CONFLICT.
 */
export async function rotateSecret(
  org: OrgContext,
  { id, ifMatch }: Naming,
  { overlapHours, secret = newWebhookSecret() }: Rotation,
): Promise<NewlyMade> {
  const before = await getWebhook(org, id);
  refuseStale("webhook", before.version, ifMatch);
  const until = overlapHours === 0 ? null : new Date(org.now.getTime() + overlapHours * 3_600_000).toISOString();
  const sealed = await sealSecret(org, id, secret);
  const changed = {
    secret: sealed,
    previousSecret: until === null ? null : before.secret,
    previousUntil: until,
    version: before.version + 1,
    updatedAt: org.now.toISOString(),
  };
  const entry = {
    action: "webhook.rotate_secret",
    target: { type: "webhook", id },
    before: { secret: before.secret },
    after: { secret: sealed, previousUntil: until },
  } as const;
  const update = org.db.sql(
    `UPDATE webhooks SET secret = ?4, previous_secret = CASE WHEN ?5 IS NULL THEN NULL ELSE secret END, previous_until = ?5,
       version = version + 1, updated_at = ?6
     WHERE org_id = ?1 AND id = ?2 AND kind = 'webhook' AND version = ?3 RETURNING id`,
    org.id,
    id,
    before.version,
    sealed,
    until,
    changed.updatedAt,
  );
  const webhook = { ...before, ...changed };
  const [rows, found] = await org.change(entry, [update, webhookStatement(org, id)], { webhook, secret });
  // safe: the statements answer ids and rows of the table.
  const [stored] = found as Webhook[];
  if ((rows as unknown[]).length > 0 && stored) return { webhook: stored, secret };
  refuseStale("webhook", (await getWebhook(org, id)).version, ifMatch);
  throw new Fault("CONFLICT", "The webhook was changed at the same moment. Read it again.");
}
