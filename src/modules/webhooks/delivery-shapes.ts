import { z } from "@hono/zod-openapi";
import { eventNames } from "#db/outbox";
import type { DeliveryDetail, Attempt, Delivery } from "#deliveries/log";
import { commaList, Moment, Uuid } from "#http/shapes";
import { exampleId, WebhookId } from "./shapes.ts";
import { shownAnswer } from "./shown-answer.ts";

const exampleDeliveryId = "019aa5d3-0a4c-7be2-9d53-5a1f0e2c7b96";
const time = z.iso.datetime();

export const DeliveryId = WebhookId.extend({
  deliveryId: Uuid.openapi({ example: exampleDeliveryId }),
});

const deliveryStatuses = ["pending", "delivered", "dead"] as const;

const deliveryMembers = {
  id: z.uuid(),
  webhookId: z.uuid(),
  eventId: z.uuid(),
  event: z.string(),
  status: z.enum(deliveryStatuses),
  attemptCount: z.int(),
  lastAttemptAt: time.nullable(),
  lastStatus: z
    .int()
    .nullable()
    .openapi({ description: "HTTP status of the last attempt; null when there was no answer." }),
  lastError: z.string().nullable().openapi({ description: "Why the last attempt failed, or why there was none." }),
  lastDurationMs: z.int().nullable(),
  nextAttemptAt: time.nullable(),
  deliveredAt: time.nullable(),
  createdAt: time,
  updatedAt: time,
};

export const AttemptBody = z
  .object({
    number: z.int(),
    at: time,
    durationMs: z.int(),
    status: z.int().nullable().openapi({ description: "HTTP status; null when there was no answer." }),
    error: z.string().nullable(),
    response: z.string().nullable().openapi({
      description:
        "The first KiB of the answer, fit to be shown: HTML's characters as entities, what is not seen as `\\u{…}`.",
    }),
  })
  .openapi("Attempt");

const deliveryExample = {
  id: exampleDeliveryId,
  webhookId: exampleId,
  eventId: "019aa5d3-0a4b-7c1d-8f7e-3b2a1c0d9e8f",
  event: "finding.opened",
  status: "pending" as const,
  attemptCount: 1,
  lastAttemptAt: "2026-03-13T08:04:31.500Z",
  lastStatus: 503,
  lastError: "Answered 503",
  lastDurationMs: 480,
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
  lastAttemptAt: row.lastAttemptAt,
  lastStatus: row.lastStatus,
  lastError: row.lastError,
  lastDurationMs: row.lastDurationMs,
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
  response: row.response === null ? null : shownAnswer(row.response),
});

export const deliveryDetailBody = ({ delivery, attempts }: DeliveryDetail): z.input<typeof DeliveryDetailBody> => ({
  ...deliveryBody(delivery),
  attempts: attempts.map(attemptBody),
});

export const DeliveryFilters = z.object({
  status: commaList(deliveryStatuses).optional(),
  event: commaList(eventNames).optional(),
  since: Moment.optional(),
  until: Moment.optional(),
});
