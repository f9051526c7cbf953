export {
  DeliveryBody,
  deliveryBody,
  DeliveryDetailBody,
  deliveryDetailBody,
  DeliveryFilters,
  DeliveryId,
} from "./delivery-shapes.ts";
