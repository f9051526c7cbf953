import { and, eq } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { listRows, whenAlone } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { webhooks } from "#db/schema";
import type { Receivers } from "#deliveries/receiver";
import { notFound } from "#lib/fault";
import type { Webhook } from "./rows.ts";

const sortable = { createdAt: webhooks.id, url: webhooks.url };
export const webhookSort = Object.keys(sortable);

/** A page of the webhooks, the newest first. */
export const listWebhooks = (
  org: OrgContext,
  page: PageRequest,
  { status }: { readonly status?: readonly Webhook["status"][] | undefined },
): Promise<Page<Webhook>> =>
  listRows(org, {
    table: webhooks,
    page,
    order: [{ column: webhooks.id, descending: true }],
    sortable,
    filters: [{ column: webhooks.kind, values: ["webhook"] }],
    conditions: whenAlone(status, (word) => eq(webhooks.status, word)),
  });

/** Fault: RESOURCE_NOT_FOUND, also for a channel. */
export async function getWebhook(org: OrgContext, id: string): Promise<Webhook> {
  const [rows] = await org.db.atomic([webhookStatement(org, id)]);
  return requireWebhook(rows);
}

export const webhookStatement = (org: OrgContext, id: string): Statement =>
  org.db
    .select()
    .from(webhooks)
    .where(and(eq(webhooks.orgId, org.id), eq(webhooks.id, id), eq(webhooks.kind, "webhook")));

/** What `webhookStatement` answered. Fault: RESOURCE_NOT_FOUND. */
export function requireWebhook(rows: unknown): Webhook {
  // safe: the statement above answers rows of the table.
  const [row] = rows as Webhook[];
  if (!row) throw notFound("webhook");
  return row;
}

/** What the audit log tells of a webhook: never its secret, nor what stands behind the host of its URL. */
export const audited = ({ url, description, events, severities, accountIds, status }: Webhook) => ({
  url: new URL(url).origin,
  description,
  events,
  severities,
  accountIds,
  status,
});

export const ofWebhooks = {
  what: "webhook",
  get: getWebhook,
  statement: webhookStatement,
  require: requireWebhook,
} as const satisfies Receivers;
