import type { OrgContext } from "#db/context";
import { deleteReceiver } from "#deliveries/delete-receiver";
import { audited, getWebhook, ofWebhooks } from "./get.ts";

/** Deletes a webhook, as `deleteReceiver` has it. */
export async function deleteWebhook(org: OrgContext, id: string, ifMatch: number | null): Promise<void> {
  const webhook = await getWebhook(org, id);
  await deleteReceiver(org, ofWebhooks, webhook, { ifMatch, before: audited(webhook) });
}
