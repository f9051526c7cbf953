import { z } from "zod";

/** What the queue carries: ids only. The truth is in D1; a message is a nudge and may come 0, 1 or 3 times. */
export const ScanTaskMessage = z.strictObject({
  orgId: z.uuid(),
  shard: z.int().min(0),
  scanId: z.uuid(),
  taskId: z.string().max(100),
});
export type ScanTaskMessage = z.infer<typeof ScanTaskMessage>;

export const DeliveryMessage = z.strictObject({ orgId: z.uuid(), shard: z.int().min(0), deliveryId: z.uuid() });
export type DeliveryMessage = z.infer<typeof DeliveryMessage>;

/** Alert rules of an organization that are due. */
export const AlertsMessage = z.strictObject({ orgId: z.uuid(), shard: z.int().min(0) });
export type AlertsMessage = z.infer<typeof AlertsMessage>;
