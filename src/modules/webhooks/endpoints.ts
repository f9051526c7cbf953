import { getDelivery, listDeliveries } from "#deliveries/log";
import { redeliver } from "#deliveries/redeliver";
import { endpoint, list, none, one } from "#http/endpoint";
import { changeWebhook, replaceWebhook } from "./change.ts";
import { createWebhook } from "./create.ts";
import { deleteWebhook } from "./delete.ts";
import {
  DeliveryBody,
  deliveryBody,
  DeliveryDetailBody,
  deliveryDetailBody,
  DeliveryFilters,
  DeliveryId,
} from "./delivery-shapes.ts";
import { getWebhook, listWebhooks, ofWebhooks, webhookSort } from "./get.ts";
import { replayWebhook } from "./replay.ts";
import { rotateSecret } from "./rotate.ts";
import type { Webhook } from "./rows.ts";
import {
  NewWebhook,
  NewWebhookBody,
  newWebhookBody,
  ReplayBody,
  replayBody,
  ReplayWebhook,
  RotateSecret,
  TestWebhook,
  WebhookBody,
  webhookBody,
  WebhookId,
  WebhookPatch,
  WebhookQuery,
  WebhookUpdate,
} from "./shapes.ts";
import { testWebhook } from "./test-webhook.ts";

const read = { tag: "Webhooks", scope: "webhooks:read", role: "admin" } as const;
const write = { tag: "Webhooks", scope: "webhooks:write", role: "admin" } as const;
const webhook = one(WebhookBody, webhookBody, ({ version }: Webhook) => version, { moving: true });
const withSecret = one(NewWebhookBody, newWebhookBody, ({ webhook }) => webhook.version);

export const endpoints = [
  endpoint(
    {
      ...read,
      method: "get",
      path: "/webhooks",
      operationId: "listWebhooks",
      summary: "Lists the webhooks, the newest first",
      query: WebhookQuery,
      sort: webhookSort,
      reply: list(WebhookBody, webhookBody),
      faults: [],
    },
    ({ org, page, query }) => listWebhooks(org, page, query),
  ),
  endpoint(
    {
      ...write,
      method: "post",
      path: "/webhooks",
      operationId: "createWebhook",
      summary: "Adds a webhook",
      description:
        "From now on the events it listens to are POSTed to it, signed as Standard Webhooks has it (`webhook-id`, `webhook-timestamp`, " +
        "`webhook-signature`). `X-Cloudglass-Signature: sha256=…` is the hex HMAC-SHA256 of the raw body. The key of both is the bytes that " +
        "stand in base64 behind `whsec_`. Deliveries come at least once and in no promised order: know a repetition by `webhook-id`. " +
        "Answer 2xx within 15 seconds; anything else is tried again, ten times in about 75 hours; 410 disables the webhook, and so do five " +
        "days of nothing but failures. A receiver that fails five times in a row is left alone for a minute, later for up to half an hour, " +
        "until one delivery gets through; nothing is lost by that.",
      body: NewWebhook,
      status: 201,
      reply: withSecret,
      location: ({ webhook }) => `/webhooks/${webhook.id}`,
      faults: ["WEBHOOK_URL_BLOCKED", "CONFLICT"],
    },
    ({ org, body: { secret, ...input } }) => createWebhook(org, input, secret),
  ),
  endpoint(
    {
      ...read,
      method: "get",
      path: "/webhooks/{id}",
      operationId: "getWebhook",
      summary: "One webhook, and how it does",
      params: WebhookId,
      reply: webhook,
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getWebhook(org, params.id),
  ),
  endpoint(
    {
      ...write,
      method: "put",
      path: "/webhooks/{id}",
      operationId: "replaceWebhook",
      summary: "Replaces a webhook; its secret stays",
      params: WebhookId,
      body: WebhookUpdate,
      reply: webhook,
      faults: ["RESOURCE_NOT_FOUND", "WEBHOOK_URL_BLOCKED", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => replaceWebhook(org, { ...params, ifMatch }, body),
  ),
  endpoint(
    {
      ...write,
      method: "patch",
      path: "/webhooks/{id}",
      operationId: "changeWebhook",
      summary: "Changes a webhook by merge patch (RFC 7396)",
      description:
        '`{"status": "enabled"}` enables it again, without the failures it had; what happened meanwhile comes by `POST /webhooks/{id}/replay`.',
      params: WebhookId,
      body: WebhookPatch,
      reply: webhook,
      faults: ["RESOURCE_NOT_FOUND", "WEBHOOK_URL_BLOCKED", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => changeWebhook(org, { ...params, ifMatch }, body),
  ),
  endpoint(
    {
      ...write,
      method: "delete",
      path: "/webhooks/{id}",
      operationId: "deleteWebhook",
      summary: "Deletes a webhook that no alert rule tells; what was still to be delivered to it ends",
      params: WebhookId,
      status: 204,
      reply: none,
      faults: ["RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, ifMatch }) => deleteWebhook(org, params.id, ifMatch),
  ),
  endpoint(
    {
      ...write,
      method: "post",
      path: "/webhooks/{id}/secret/rotate",
      operationId: "rotateWebhookSecret",
      summary: "Gives a webhook a new secret",
      description:
        "It is shown this once. For `overlapHours` each delivery is signed with both: `webhook-signature` and `X-Cloudglass-Signature` then " +
        "hold two signatures, the new one first, separated by a space. Rotated again within that time, the oldest secret is dropped.",
      params: WebhookId,
      body: RotateSecret,
      reply: withSecret,
      faults: ["RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => rotateSecret(org, { ...params, ifMatch }, body),
  ),
  endpoint(
    {
      ...write,
      method: "post",
      path: "/webhooks/{id}/test",
      operationId: "testWebhook",
      summary: "Sends a sample of an event at once and answers the attempt",
      description:
        'Any event, whatever the webhook subscribed to, and also while it is disabled. `data` begins with `"test": true`. What fails is ' +
        "not tried again and does not count against the webhook; what works ends a pause that failures brought.",
      group: "webhook-test",
      params: WebhookId,
      body: TestWebhook,
      reply: one(DeliveryDetailBody, deliveryDetailBody),
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params, body }) => testWebhook(org, params.id, body.event),
  ),
  endpoint(
    {
      ...write,
      method: "post",
      path: "/webhooks/{id}/replay",
      operationId: "replayWebhook",
      summary: "Sends again what was given up, or what happened while the webhook was disabled",
      description:
        "Up to 1,000 deliveries, the oldest first; `nextSince` says where to go on. Repeating a request sends nothing twice.",
      params: WebhookId,
      body: ReplayWebhook,
      status: 202,
      reply: one(ReplayBody, replayBody),
      faults: ["RESOURCE_NOT_FOUND", "INVALID_TRANSITION"],
    },
    ({ org, params, body }) => replayWebhook(org, params.id, body),
  ),
  endpoint(
    {
      ...read,
      method: "get",
      path: "/webhooks/{id}/deliveries",
      operationId: "listWebhookDeliveries",
      summary: "What was told to a webhook, the newest first",
      params: WebhookId,
      query: DeliveryFilters,
      reply: list(DeliveryBody, deliveryBody),
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params, page, query }) => listDeliveries(org, params.id, page, query, ofWebhooks),
  ),
  endpoint(
    {
      ...read,
      method: "get",
      path: "/webhooks/{id}/deliveries/{deliveryId}",
      operationId: "getWebhookDelivery",
      summary: "One delivery with its attempts",
      params: DeliveryId,
      reply: one(DeliveryDetailBody, deliveryDetailBody),
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getDelivery(org, params.id, params.deliveryId, ofWebhooks),
  ),
  endpoint(
    {
      ...write,
      method: "post",
      path: "/webhooks/{id}/deliveries/{deliveryId}/redeliver",
      operationId: "redeliverWebhookDelivery",
      summary: "Sends a delivery again, whatever became of it",
      description:
        "A new round of attempts begins now, numbered on from those before. The message and its `webhook-id` stay the same.",
      params: DeliveryId,
      status: 202,
      reply: one(DeliveryBody, deliveryBody),
      faults: ["RESOURCE_NOT_FOUND", "INVALID_TRANSITION", "CONFLICT"],
    },
    ({ org, params }) => redeliver(org, params.id, params.deliveryId, ofWebhooks),
  ),
];
