import type { Receiver } from "#deliveries/receiver";

export type Webhook = Receiver;

/** A webhook with its secret, which is shown once. */
export interface NewlyMade {
  readonly webhook: Webhook;
  readonly secret: string;
}
