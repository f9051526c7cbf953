import { z } from "@hono/zod-openapi";
import { eventNames, subscriptions } from "#db/outbox";
import { webhookKey } from "#lib/standard-webhook";
import type { DeliveryDetail } from "./deliveries.ts";
import type { Attempt, Delivery, NewlyMade, Webhook } from "./rows.ts";

export const WebhookId = z.object({ id: z.uuid() });
export const DeliveryId = z.object({ id: z.uuid(), deliveryId: z.uuid() });

export const NewWebhook = z
  .strictObject({
    url: z.string().min(1).max(2_048).openapi({ description: "Where events are POSTed: https, port 443 or 8443, a public host name." }),
    events: z
      .array(z.enum(subscriptions))
      .min(1)
      .max(subscriptions.length)
      .openapi({ description: "Event names; `finding.*` stands for a group, `*` for everything." }),
    description: z.string().max(500).nullish(),
    secret: z
      .string()
      .refine((secret) => webhookKey(secret) !== null, "Must be `whsec_` and the base64 of 24 to 64 bytes.")
      .optional()
      .openapi({ description: "Signing secret, `whsec_` and the base64 of 24 to 64 bytes. Made for you when left out." }),
  })
  .openapi("NewWebhook");

const webhookMembers = {
  id: z.uuid(),
  url: z.string(),
  description: z.string().nullable(),
  events: z.array(z.string()),
  status: z.enum(["enabled", "disabled"]),
  disabledReason: z.string().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
};

export const WebhookBody = z.object(webhookMembers).openapi("Webhook");
export const NewWebhookBody = z
  .object({ ...webhookMembers, secret: z.string().openapi({ description: "Shown this once." }) })
  .openapi("WebhookWithSecret");

export const webhookBody = (row: Webhook): z.input<typeof WebhookBody> => ({
  id: row.id,
  url: row.url,
  description: row.description,
  events: [...row.events],
  status: row.status,
  disabledReason: row.disabledReason,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});

export const newWebhookBody = ({ webhook, secret }: NewlyMade): z.input<typeof NewWebhookBody> => ({
  ...webhookBody(webhook),
  secret,
});

const deliveryStatuses = ["pending", "delivered", "dead"] as const;

const deliveryMembers = {
  id: z.uuid(),
  webhookId: z.uuid(),
  eventId: z.uuid(),
  event: z.string(),
  status: z.enum(deliveryStatuses),
  attemptCount: z.int(),
  nextAttemptAt: z.iso.datetime().nullable(),
  deliveredAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
};

export const AttemptBody = z
  .object({
    number: z.int(),
    at: z.iso.datetime(),
    durationMs: z.int(),
    status: z.int().nullable().openapi({ description: "HTTP status; null when there was no answer." }),
    error: z.string().nullable(),
    response: z.string().nullable().openapi({ description: "The first KiB of the answer." }),
  })
  .openapi("Attempt");

export const DeliveryBody = z.object(deliveryMembers).openapi("Delivery");
export const DeliveryDetailBody = z.object({ ...deliveryMembers, attempts: z.array(AttemptBody) }).openapi("DeliveryWithAttempts");

export const deliveryBody = (row: Delivery): z.input<typeof DeliveryBody> => ({
  id: row.id,
  webhookId: row.webhookId,
  eventId: row.eventId,
  event: row.event,
  status: row.status,
  attemptCount: row.attempts,
  nextAttemptAt: row.nextAttemptAt,
  deliveredAt: row.deliveredAt,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});

const attemptBody = (row: Attempt): z.input<typeof AttemptBody> => ({
  number: row.number,
  at: row.at,
  durationMs: row.durationMs,
  status: row.status,
  error: row.error,
  response: row.response,
});

export const deliveryDetailBody = ({ delivery, attempts }: DeliveryDetail): z.input<typeof DeliveryDetailBody> => ({
  ...deliveryBody(delivery),
  attempts: attempts.map(attemptBody),
});

const commaList = <Word extends string>(known: readonly Word[]) =>
  z
    .string()
    .transform((text) => [...new Set(text.split(",").map((word) => word.trim()))])
    .pipe(z.array(z.enum(known)))
    .optional()
    .openapi({ type: "string", description: `Comma list of: ${known.join(", ")}.`, example: known[0] });

export const DeliveryFilters = z.object({ status: commaList(deliveryStatuses), event: commaList(eventNames) });
