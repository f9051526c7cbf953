import { DeliveryMessage } from "#db/messages";
import { startDelivery } from "#deliveries/deliver";
import { consume, type Consumer } from "./consume.ts";

/** Deliveries that became due. A message is done when its delivery is claimed: the attempt itself outlives the batch. */
export const consumer: Consumer = {
  queue: "deliveries",
  consume: (batch, env, ctx) =>
    consume(
      batch,
      (body) => DeliveryMessage.parse(body),
      (message) => startDelivery(env, message, (promise) => ctx.waitUntil(promise)),
    ),
};
