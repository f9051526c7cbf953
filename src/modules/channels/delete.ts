import type { OrgContext } from "#db/context";
import { deleteReceiver } from "#deliveries/delete-receiver";
import { dropGathered } from "./change.ts";
import { audited, getChannel, ofChannels } from "./channel.ts";

/**
 * Deletes a channel; what was still to be told there ends. Faults: RESOURCE_NOT_FOUND; PRECONDITION_FAILED; CONFLICT while alert rules
 * name it.
 */
export async function deleteChannel(org: OrgContext, id: string, ifMatch: number | null): Promise<void> {
  const channel = await getChannel(org, id);
  const also = [dropGathered(org, id)];
  await deleteReceiver(org, ofChannels, channel, { ifMatch, before: audited(channel), also });
}
