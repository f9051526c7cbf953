import type { InferSelectModel } from "drizzle-orm";
import type { attempts, deliveries, webhooks } from "#db/schema";

export type Webhook = InferSelectModel<typeof webhooks>;
export type Delivery = InferSelectModel<typeof deliveries>;
export type Attempt = InferSelectModel<typeof attempts>;

/** A webhook with its secret, which is shown once. */
export interface NewlyMade {
  readonly webhook: Webhook;
  readonly secret: string;
}
