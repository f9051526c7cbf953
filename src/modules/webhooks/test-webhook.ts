import type { OrgContext } from "#db/context";
import type { EventName } from "#db/outbox";
import type { DeliveryDetail } from "#deliveries/log";
import { sendSample } from "#deliveries/sample";
import { jsonAsset } from "#lib/asset";
import { getWebhook } from "./get.ts";

/** Event → a sample of its data; written from event-samples.ts and kept beside the Worker. */
const eventSamples = jsonAsset<Readonly<Record<EventName, object>>>("events.json");

/** Sends a sample of any event to a webhook, as `sendSample` has it. Fault: RESOURCE_NOT_FOUND. */
export async function testWebhook(org: OrgContext, id: string, event: EventName): Promise<DeliveryDetail> {
  const webhook = await getWebhook(org, id);
  return sendSample(org, webhook, event, (await eventSamples(org.env.ASSETS))[event]);
}
