import type { OrgContext } from "#db/context";
import { notFound, refuseStale } from "#lib/fault";
import { audited, getWebhook } from "./get.ts";
import { endPending } from "./ladder.ts";

/**
 * Deletes a webhook and ends what was still to be delivered to it. An attempt under way is not called back; its outcome is
 * not recorded. Faults: RESOURCE_NOT_FOUND; PRECONDITION_FAILED.
 */
export async function deleteWebhook(org: OrgContext, id: string, ifMatch: number | null): Promise<void> {
  const before = await getWebhook(org, id);
  refuseStale("webhook", before.version, ifMatch);
  const entry = { action: "webhook.delete", target: { type: "webhook", id }, before: audited(before) } as const;
  const removal = org.db.sql(
    "DELETE FROM webhooks WHERE org_id = ?1 AND id = ?2 AND version = coalesce(?3, version) RETURNING id",
    org.id,
    id,
    ifMatch,
  );
  const [removed] = await org.change(entry, [removal, endPending(org, id, org.now)]);
  // safe: the statement answers the id of what it removed.
  if ((removed as unknown[]).length > 0) return;
  refuseStale("webhook", (await getWebhook(org, id)).version, ifMatch);
  throw notFound("webhook");
}
