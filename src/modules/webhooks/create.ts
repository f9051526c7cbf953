import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import type { StoredSeverity } from "#db/values";
import { newReceiver } from "#deliveries/receiver";
import { openSecret, sealSecret } from "#deliveries/secret";
import { checkTarget, targetRules } from "#deliveries/target";
import { Fault } from "#lib/fault";
import { jsonOrNull } from "#lib/json";
import { newWebhookSecret } from "#lib/standard-webhook";
import { accountIdsOf } from "#modules/accounts";
import { audited, webhookStatement } from "./get.ts";
import type { NewlyMade, Webhook } from "./rows.ts";

/** Webhooks of one organization. */
export const webhooksMax = 50;

/** What people say of a webhook. */
export interface WebhookInput {
  readonly url: string;
  readonly events: readonly string[];
  readonly description: string | null;
  /** What it wants to hear of; null: everything. */
  readonly severities: readonly StoredSeverity[] | null;
  /** UUIDs or 12 digits; null: every account. */
  readonly accountIds: readonly string[] | null;
  readonly status: "enabled" | "disabled";
}

/**
 * Makes a webhook, with a secret of its own or the given `whsec_…`. Faults: WEBHOOK_URL_BLOCKED; INVALID_REQUEST for an account;
 * CONFLICT when the organization has 50 already.
 */
export async function createWebhook(org: OrgContext, input: WebhookInput, own?: string): Promise<NewlyMade> {
  const secret = own ?? newWebhookSecret();
  const webhook = await newRow(org, input, secret);
  const target = { type: "webhook", id: webhook.id };
  const statements: [Statement, Statement] = [insertBelowLimit(org, webhook), webhookStatement(org, webhook.id)];
  const entry = { action: "webhook.create", target, after: audited(webhook) } as const;
  const [, found] = await org.change(entry, statements, { webhook, secret });
  // safe: the select answers rows of the table; after a repeated request it is the row of the first.
  const [stored] = found as Webhook[];
  if (!stored) throw new Fault("CONFLICT", `There are ${webhooksMax} webhooks already. Delete one first.`);
  return { webhook: stored, secret: await openSecret(org, stored.id, stored.secret) };
}

async function newRow(org: OrgContext, input: WebhookInput, secret: string): Promise<Webhook> {
  const { href } = checkTarget(input.url, targetRules(org.env));
  const accountIds = await accountIdsOf(org, input.accountIds);
  const id = org.newId();
  return {
    ...newReceiver(org, id, input.status),
    ...input,
    kind: "webhook",
    url: href,
    accountIds,
    secret: await sealSecret(org, id, secret),
  };
}

const insertBelowLimit = (org: OrgContext, row: Webhook): Statement =>
  org.db.sql(
    `INSERT INTO webhooks (org_id, id, url, description, events, severities, account_ids, secret, status, disabled_reason,
       disabled_at, version, created_at, updated_at)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 1, ?12, ?12
     WHERE (SELECT count(*) FROM webhooks WHERE org_id = ?1 AND kind = 'webhook') < ${webhooksMax}
     ON CONFLICT DO NOTHING`,
    org.id,
    row.id,
    row.url,
    row.description,
    JSON.stringify(row.events),
    jsonOrNull(row.severities),
    jsonOrNull(row.accountIds),
    row.secret,
    row.status,
    row.disabledReason,
    row.disabledAt,
    row.createdAt,
  );
