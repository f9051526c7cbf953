import { evaluateAlerts } from "#alerts/evaluate";
import { systemContext } from "#db/context";
import { AlertsMessage } from "#db/messages";
import { consume, type Consumer } from "./consume.ts";

/** Alert rules that became due. */
export const consumer: Consumer = {
  queue: "alerts",
  consume: (batch, env, ctx) =>
    consume(
      batch,
      (body) => AlertsMessage.parse(body),
      (message) => evaluateAlerts(systemContext(env, message, new Date(), (promise) => ctx.waitUntil(promise))),
    ),
};
