import { z } from "@hono/zod-openapi";
import { eventNames, subscriptions } from "#db/outbox";
import { webhookKey } from "#lib/standard-webhook";
import { commaList } from "#modules/accounts";
import type { DeliveryDetail } from "./deliveries.ts";
import type { Attempt, Delivery, NewlyMade, Webhook } from "./rows.ts";

const exampleId = "019aa5d2-6b1d-7f60-8a1b-0c9d8e7f6a5b";
const exampleDeliveryId = "019aa5d3-0a4c-7be2-9d53-5a1f0e2c7b96";

export const WebhookId = z.object({ id: z.uuid().openapi({ example: exampleId }) });
export const DeliveryId = z.object({
  id: z.uuid().openapi({ example: exampleId }),
  deliveryId: z.uuid().openapi({ example: exampleDeliveryId }),
});

export const NewWebhook = z
  .strictObject({
    url: z
      .string()
      .min(1)
      .max(2_048)
      .openapi({ description: "Where events are POSTed: https, port 443 or 8443, a public host name." }),
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
      .openapi({
        description: "Signing secret, `whsec_` and the base64 of 24 to 64 bytes. Made for you when left out.",
      }),
  })
  .openapi("NewWebhook", {
    example: {
      url: "https://hooks.example.com/cloudglass",
      events: ["finding.*", "scan.completed"],
      description: "Pager",
    },
  });

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

const webhookExample = {
  id: exampleId,
  url: "https://hooks.example.com/cloudglass",
  description: "Pager",
  events: ["finding.*", "scan.completed"],
  status: "enabled" as const,
  disabledReason: null,
  createdAt: "2026-03-13T08:00:00.000Z",
  updatedAt: "2026-03-13T08:00:00.000Z",
};

export const WebhookBody = z.object(webhookMembers).openapi("Webhook", { example: webhookExample });
export const NewWebhookBody = z
  .object({ ...webhookMembers, secret: z.string().openapi({ description: "Shown this once." }) })
  .openapi("WebhookWithSecret", { example: { ...webhookExample, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" } });

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

const deliveryExample = {
  id: exampleDeliveryId,
  webhookId: exampleId,
  eventId: "019aa5d3-0a4b-7c1d-8f7e-3b2a1c0d9e8f",
  event: "finding.opened",
  status: "pending" as const,
  attemptCount: 1,
  nextAttemptAt: "2026-03-13T08:04:37.120Z",
  deliveredAt: null,
  createdAt: "2026-03-13T08:04:30.000Z",
  updatedAt: "2026-03-13T08:04:32.000Z",
};
const attemptExample = {
  number: 1,
  at: "2026-03-13T08:04:31.500Z",
  durationMs: 480,
  status: 503,
  error: "Answered 503",
  response: "Service Unavailable",
};

export const DeliveryBody = z.object(deliveryMembers).openapi("Delivery", { example: deliveryExample });
export const DeliveryDetailBody = z
  .object({ ...deliveryMembers, attempts: z.array(AttemptBody) })
  .openapi("DeliveryWithAttempts", { example: { ...deliveryExample, attempts: [attemptExample] } });

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

export const DeliveryFilters = z.object({
  status: commaList(deliveryStatuses).optional(),
  event: commaList(eventNames).optional(),
});
