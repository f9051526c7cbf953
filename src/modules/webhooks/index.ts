export { startDelivery } from "./deliver.ts";
export { wakeDueDeliveries } from "./due.ts";
export { pruneDeliveries } from "./retention.ts";
export { tryOut } from "./test-webhook.ts";
