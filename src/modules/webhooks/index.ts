export { pagerDutyOrigin, sender } from "./channel-message.ts";
export { leaseMs } from "./claim.ts";
export { byHand, newReceiver, sealSecret } from "./create.ts";
export { startDelivery } from "./deliver.ts";
export { deleteReceiver } from "./delete.ts";
export { getDelivery, listDeliveries, type DeliveryDetail } from "./deliveries.ts";
export { wakeDueDeliveries } from "./due.ts";
export type { Receivers } from "./get.ts";
export { endPending } from "./ladder.ts";
export { redeliver } from "./redeliver.ts";
export { pruneDeliveries } from "./retention.ts";
export type { Delivery, Webhook } from "./rows.ts";
export {
  DeliveryBody,
  deliveryBody,
  DeliveryDetailBody,
  deliveryDetailBody,
  DeliveryFilters,
  DeliveryId,
} from "./delivery-shapes.ts";
export { checkTarget, targetRules } from "./target.ts";
export { sendSample } from "./test-webhook.ts";
