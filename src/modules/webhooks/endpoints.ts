import { endpoint, list, none, one } from "#http/endpoint";
import { createWebhook } from "./create.ts";
import { deleteWebhook } from "./delete.ts";
import { getDelivery, listDeliveries } from "./deliveries.ts";
import { getWebhook, listWebhooks } from "./get.ts";
import {
  DeliveryBody,
  deliveryBody,
  DeliveryDetailBody,
  deliveryDetailBody,
  DeliveryFilters,
  DeliveryId,
  NewWebhook,
  NewWebhookBody,
  newWebhookBody,
  WebhookBody,
  webhookBody,
  WebhookId,
} from "./shapes.ts";

const tag = "Webhooks";

export const endpoints = [
  endpoint(
    {
      method: "get",
      path: "/webhooks",
      operationId: "listWebhooks",
      tag,
      summary: "Lists the webhooks, the newest first",
      scope: "webhooks:read",
      role: "admin",
      reply: list(WebhookBody, webhookBody),
      faults: [],
    },
    ({ org, page }) => listWebhooks(org, page),
  ),
  endpoint(
    {
      method: "post",
      path: "/webhooks",
      operationId: "createWebhook",
      tag,
      summary: "Adds a webhook",
      description:
        "From now on the events it listens to are POSTed to it, signed as Standard Webhooks has it (`webhook-id`, `webhook-timestamp`, " +
        "`webhook-signature`). `X-Cloudglass-Signature: sha256=…` is the hex HMAC-SHA256 of the raw body. The key of both is the bytes that " +
        "stand in base64 behind `whsec_`. Deliveries come at least once and in no promised order: know a repetition by `webhook-id`. " +
        "Answer 2xx within 15 seconds; anything else is tried again, ten times in about 75 hours; 410 disables the webhook.",
      scope: "webhooks:write",
      role: "admin",
      body: NewWebhook,
      status: 201,
      reply: one(NewWebhookBody, newWebhookBody, ({ webhook }) => webhook.version),
      location: ({ webhook }) => `/webhooks/${webhook.id}`,
      faults: ["WEBHOOK_URL_BLOCKED", "CONFLICT"],
    },
    ({ org, body }) => createWebhook(org, body),
  ),
  endpoint(
    {
      method: "get",
      path: "/webhooks/{id}",
      operationId: "getWebhook",
      tag,
      summary: "One webhook",
      scope: "webhooks:read",
      role: "admin",
      params: WebhookId,
      reply: one(WebhookBody, webhookBody, ({ version }) => version),
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getWebhook(org, params.id),
  ),
  endpoint(
    {
      method: "delete",
      path: "/webhooks/{id}",
      operationId: "deleteWebhook",
      tag,
      summary: "Deletes a webhook; what was still to be delivered to it ends",
      scope: "webhooks:write",
      role: "admin",
      params: WebhookId,
      status: 204,
      reply: none,
      faults: ["RESOURCE_NOT_FOUND", "PRECONDITION_FAILED"],
    },
    ({ org, params, ifMatch }) => deleteWebhook(org, params.id, ifMatch),
  ),
  endpoint(
    {
      method: "get",
      path: "/webhooks/{id}/deliveries",
      operationId: "listWebhookDeliveries",
      tag,
      summary: "What was told to a webhook, the newest first",
      scope: "webhooks:read",
      role: "admin",
      params: WebhookId,
      query: DeliveryFilters,
      reply: list(DeliveryBody, deliveryBody),
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params, page, query }) => listDeliveries(org, params.id, page, query),
  ),
  endpoint(
    {
      method: "get",
      path: "/webhooks/{id}/deliveries/{deliveryId}",
      operationId: "getWebhookDelivery",
      tag,
      summary: "One delivery with its attempts",
      scope: "webhooks:read",
      role: "admin",
      params: DeliveryId,
      reply: one(DeliveryDetailBody, deliveryDetailBody),
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getDelivery(org, params.id, params.deliveryId),
  ),
] as const;
