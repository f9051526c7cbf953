import { eq, and } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { webhooks } from "#db/schema";
import { Fault } from "#lib/fault";
import { masterKeys, seal } from "#lib/secrets";
import { newWebhookSecret } from "#lib/standard-webhook";
import { audited } from "./get.ts";
import { openSecret, secretSubject } from "./message.ts";
import type { NewlyMade, Webhook } from "./rows.ts";
import { checkTarget, targetRules } from "./target.ts";

/** Webhooks of one organization. */
export const webhooksMax = 50;

export interface WebhookInput {
  readonly url: string;
  readonly events: readonly string[];
  readonly description?: string | null | undefined;
  /** `whsec_…`; made when left out. */
  readonly secret?: string | undefined;
}

/** Makes a webhook. Faults: WEBHOOK_URL_BLOCKED; CONFLICT when the organization has 50 already. */
export async function createWebhook(org: OrgContext, input: WebhookInput): Promise<NewlyMade> {
  const secret = input.secret ?? newWebhookSecret();
  const webhook = await newRow(org, input, secret);
  const target = { type: "webhook", id: webhook.id };
  const own = and(eq(webhooks.orgId, org.id), eq(webhooks.id, webhook.id));
  const statements: [Statement, Statement] = [
    insertBelowLimit(org, webhook),
    org.db.select().from(webhooks).where(own),
  ];
  const entry = { action: "webhook.create", target, after: audited(webhook) } as const;
  const [, found] = await org.change(entry, statements, { webhook, secret });
  // safe: the select answers rows of the table; after a repeated request it is the row of the first.
  const [stored] = found as Webhook[];
  if (!stored) throw new Fault("CONFLICT", `There are ${webhooksMax} webhooks already. Delete one first.`);
  return { webhook: stored, secret: await openSecret(org, stored.id, stored.secret) };
}

/** Sealed for its row, and for no other. */
export const sealSecret = (org: OrgContext, webhookId: string, secret: string): Promise<string> =>
  seal(masterKeys(org.env.MASTER_KEYS), "webhook-secret", secretSubject(org.id, webhookId), secret);

async function newRow(org: OrgContext, input: WebhookInput, secret: string): Promise<Webhook> {
  const id = org.newId();
  const now = org.now.toISOString();
  return {
    orgId: org.id,
    id,
    kind: "webhook",
    name: null,
    url: checkTarget(input.url, targetRules(org.env)).href,
    description: input.description ?? null,
    events: [...new Set(input.events)],
    secret: await sealSecret(org, id, secret),
    severities: null,
    accountIds: null,
    previousSecret: null,
    previousUntil: null,
    config: null,
    digest: null,
    status: "enabled",
    disabledReason: null,
    disabledAt: null,
    failures: 0,
    failingSince: null,
    warned: 0,
    lastDeliveredAt: null,
    busyUntil: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

const insertBelowLimit = (org: OrgContext, row: Webhook): Statement =>
  org.db.sql(
    `INSERT INTO webhooks (org_id, id, url, description, events, secret, status, version, created_at, updated_at)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, 'enabled', 1, ?7, ?7 WHERE (SELECT count(*) FROM webhooks WHERE org_id = ?1 AND kind = 'webhook') < ?8
     ON CONFLICT DO NOTHING`,
    org.id,
    row.id,
    row.url,
    row.description,
    JSON.stringify(row.events),
    row.secret,
    row.createdAt,
    webhooksMax,
  );
