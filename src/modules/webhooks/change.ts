import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { leaseMs } from "#deliveries/claim";
import { endPending } from "#deliveries/ladder";
import { byHand } from "#deliveries/receiver";
import { checkTarget, targetRules } from "#deliveries/target";
import { Fault, refuseStale } from "#lib/fault";
import { jsonOrNull } from "#lib/json";
import { patched } from "#lib/merge-patch";
import { accountIdsOf } from "#modules/accounts";
import type { WebhookInput } from "./create.ts";
import { audited, getWebhook, webhookStatement } from "./get.ts";
import type { Webhook } from "./rows.ts";
import { inputOf, WebhookUpdate } from "./shapes.ts";

export interface Naming {
  readonly id: string;
  readonly ifMatch: number | null;
}

/**
 * Replaces all that people may say of a webhook, but its secret. Faults: RESOURCE_NOT_FOUND, also for an account,
 * WEBHOOK_URL_BLOCKED, PRECONDITION_FAILED, CONFLICT.
 */
export async function replaceWebhook(org: OrgContext, { id, ifMatch }: Naming, input: WebhookInput): Promise<Webhook> {
  const before = await getWebhook(org, id);
  refuseStale("webhook", before.version, ifMatch);
  return write(org, before, ifMatch, input);
}

/** Merges a patch (RFC 7396) into a webhook. Faults: those of `replaceWebhook`, and INVALID_REQUEST. */
export async function changeWebhook(org: OrgContext, { id, ifMatch }: Naming, patch: unknown): Promise<Webhook> {
  const before = await getWebhook(org, id);
  refuseStale("webhook", before.version, ifMatch);
  return write(org, before, ifMatch, patched(WebhookUpdate, inputOf(before), patch));
}

async function write(org: OrgContext, before: Webhook, ifMatch: number | null, input: WebhookInput): Promise<Webhook> {
  const { href } = checkTarget(input.url, targetRules(org.env));
  const accountIds = await accountIdsOf(org, input.accountIds, before.accountIds ?? []);
  const after: Webhook = { ...before, ...input, url: href, accountIds };
  const target = { type: "webhook", id: before.id };
  const entry = { action: "webhook.update", target, before: audited(before), after: audited(after) } as const;
  const [updated, found] = await org.change(entry, [
    update(org, before, after),
    webhookStatement(org, before.id),
    endPending(org, before.id, org.now),
  ]);
  // safe: the statements answer ids and rows of the table.
  const [[changed], [stored]] = [updated as unknown[], found as Webhook[]];
  if (changed && stored) return stored;
  refuseStale("webhook", (await getWebhook(org, before.id)).version, ifMatch);
  throw new Fault("CONFLICT", "The webhook was changed at the same moment. Read it again.");
}

const isEnabled = "?9 = 'enabled' AND status = 'disabled'";
const isOther = `(${isEnabled}) OR url <> ?4`;

/**
 * What is enabled again, or has another URL, begins without failures and without the pause they brought; a lease, which is never
 * longer than `leaseMs`, stays. That it was in trouble is kept, so that it is told when it works. Right-hand sides read what was before.
 */
const update = (org: OrgContext, before: Webhook, after: Webhook): Statement =>
  org.db.sql(
    `UPDATE webhooks SET url = ?4, description = ?5, events = ?6, severities = ?7, account_ids = ?8, status = ?9,
       disabled_reason = CASE WHEN ?9 = 'enabled' THEN NULL WHEN status = 'enabled' THEN '${byHand}' ELSE disabled_reason END,
       disabled_at = CASE WHEN ?9 = 'enabled' THEN NULL WHEN status = 'enabled' THEN ?10 ELSE disabled_at END,
       silences = CASE WHEN ${isEnabled} THEN json_insert(
         CASE WHEN json_array_length(silences) < 20 THEN silences ELSE json_remove(silences, '$[0]') END,
         '$[#]', json_array(coalesce(disabled_at, updated_at), ?10)) ELSE silences END,
       warned = CASE WHEN (${isOther}) AND warned <> 0 THEN -1 ELSE warned END,
       failures = CASE WHEN ${isOther} THEN 0 ELSE failures END,
       failing_since = CASE WHEN ${isOther} THEN NULL ELSE failing_since END,
       busy_until = CASE WHEN (${isOther}) AND busy_until > ?11 THEN NULL ELSE busy_until END,
       version = version + 1, updated_at = ?10
     WHERE org_id = ?1 AND id = ?2 AND kind = 'webhook' AND version = ?3 RETURNING id`,
    org.id,
    before.id,
    before.version,
    after.url,
    after.description,
    JSON.stringify(after.events),
    jsonOrNull(after.severities),
    jsonOrNull(after.accountIds),
    after.status,
    org.now.toISOString(),
    new Date(org.now.getTime() + leaseMs).toISOString(),
  );
