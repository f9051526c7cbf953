import type { Consumer } from "./consume.ts";

/**
 * Nudges that failed again and again. Nothing is lost with them: a delivery that is due is found by the cron job. What was
 * in them is told, so that somebody may look why.
 */
export const consumer: Consumer = {
  queue: "deliveries-dead",
  async consume(batch) {
    for (const { id, body } of batch.messages) {
      console.log(
        JSON.stringify({ level: "error", msg: "delivery nudge given up", messageId: id, body: shortened(body) }),
      );
    }
    batch.ackAll();
  },
};

/** Nudges hold ids only; one that is none of ours is cut. */
const shortened = (body: unknown): string => (JSON.stringify(body) ?? "").slice(0, 300);
