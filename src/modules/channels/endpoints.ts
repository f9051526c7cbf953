import { redeliver } from "#deliveries/redeliver";
import { endpoint, list, none, one } from "#http/endpoint";
import { DeliveryFilters, DeliveryId } from "#modules/webhooks";
import { changeChannel, replaceChannel } from "./change.ts";
import {
  channelSort,
  getChannel,
  getChannelDelivery,
  listChannelDeliveries,
  listChannels,
  ofChannels,
  type Channel,
} from "./channel.ts";
import { createChannel } from "./create.ts";
import { deleteChannel } from "./delete.ts";
import { testChannel } from "./sample.ts";
import {
  channelBody,
  ChannelBody,
  ChannelChange,
  channelDeliveryBody,
  ChannelDeliveryBody,
  channelDeliveryDetailBody,
  ChannelDeliveryDetailBody,
  ChannelId,
  channelInput,
  ChannelPatch,
  ChannelQuery,
  NewChannel,
  TestInput,
} from "./shapes.ts";

const read = { tag: "Channels", scope: "channels:read", role: "admin" } as const;
const write = { tag: "Channels", scope: "channels:write", role: "admin" } as const;
const channel = one(ChannelBody, channelBody, ({ version }: Channel) => version, { moving: true });

export const endpoints = [
  endpoint(
    {
      ...read,
      method: "get",
      path: "/channels",
      operationId: "listChannels",
      summary: "Lists the channels, the newest first",
      query: ChannelQuery,
      sort: channelSort,
      reply: list(ChannelBody, channelBody),
      faults: [],
    },
    ({ org, page, query }) => listChannels(org, page, query),
  ),
  endpoint(
    {
      ...write,
      method: "post",
      path: "/channels",
      operationId: "createChannel",
      summary: "Adds a channel that alert rules can tell",
      description:
        "`slack`: an incoming webhook of Slack, or of whatever takes its form (Mattermost, Discord's `/slack`). `teams`: a workflow's webhook. " +
        "`pagerduty`: an Events API v2 integration; an alert that is resolved resolves its incident. `email`: up to 50 recipients. What " +
        "opens a channel is sealed and never shown again. What fails is tried again as with webhooks, ten times in about 75 hours.",
      body: NewChannel,
      status: 201,
      reply: channel,
      location: ({ id }) => `/channels/${id}`,
      faults: ["INVALID_REQUEST", "WEBHOOK_URL_BLOCKED", "CHANNEL_UNAVAILABLE", "CONFLICT"],
    },
    ({ org, body }) => createChannel(org, channelInput(body)),
  ),
  endpoint(
    {
      ...read,
      method: "get",
      path: "/channels/{id}",
      operationId: "getChannel",
      summary: "One channel",
      params: ChannelId,
      reply: channel,
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getChannel(org, params.id),
  ),
  endpoint(
    {
      ...write,
      method: "put",
      path: "/channels/{id}",
      operationId: "replaceChannel",
      summary: "Replaces a channel, but for what opens it where that is left out",
      params: ChannelId,
      body: ChannelChange,
      reply: channel,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "WEBHOOK_URL_BLOCKED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => replaceChannel(org, { ...params, ifMatch }, channelInput(body)),
  ),
  endpoint(
    {
      ...write,
      method: "patch",
      path: "/channels/{id}",
      operationId: "changeChannel",
      summary: "Changes a channel by merge patch (RFC 7396)",
      description:
        "Enabled again it starts without the failures it had. Disabled, what was still to be told there ends. What waits for a digest " +
        "that is changed is told within a minute.",
      params: ChannelId,
      body: ChannelPatch,
      reply: channel,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "WEBHOOK_URL_BLOCKED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => changeChannel(org, { ...params, ifMatch }, body),
  ),
  endpoint(
    {
      ...write,
      method: "delete",
      path: "/channels/{id}",
      operationId: "deleteChannel",
      summary: "Deletes a channel that no alert rule tells; what was still to be told there ends",
      params: ChannelId,
      status: 204,
      reply: none,
      faults: ["RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, ifMatch }) => deleteChannel(org, params.id, ifMatch),
  ),
  endpoint(
    {
      ...write,
      method: "post",
      path: "/channels/{id}/test",
      operationId: "testChannel",
      summary: "Tells a channel of a made-up alert at once, and answers the attempt",
      description:
        "Also while it is disabled, and whatever its digest. At PagerDuty an incident opens; test again with `alert.resolved` to close it. The " +
        "attempt stands among the deliveries and is not made again.",
      group: "webhook-test",
      params: ChannelId,
      body: TestInput,
      reply: one(ChannelDeliveryDetailBody, channelDeliveryDetailBody),
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params, body }) => testChannel(org, params.id, body.event),
  ),
  endpoint(
    {
      ...read,
      method: "get",
      path: "/channels/{id}/deliveries",
      operationId: "listChannelDeliveries",
      summary: "What was told to a channel, the newest first",
      params: ChannelId,
      query: DeliveryFilters,
      reply: list(ChannelDeliveryBody, channelDeliveryBody),
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params, page, query }) => listChannelDeliveries(org, params.id, page, query),
  ),
  endpoint(
    {
      ...read,
      method: "get",
      path: "/channels/{id}/deliveries/{deliveryId}",
      operationId: "getChannelDelivery",
      summary: "One delivery with its attempts",
      params: DeliveryId,
      reply: one(ChannelDeliveryDetailBody, channelDeliveryDetailBody),
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getChannelDelivery(org, params.id, params.deliveryId),
  ),
  endpoint(
    {
      ...write,
      method: "post",
      path: "/channels/{id}/deliveries/{deliveryId}/redeliver",
      operationId: "redeliverChannelDelivery",
      summary: "Tells a channel again, whatever became of it",
      description: "A new round of attempts begins now, numbered on from those before.",
      params: DeliveryId,
      status: 202,
      reply: one(ChannelDeliveryBody, channelDeliveryBody),
      faults: ["RESOURCE_NOT_FOUND", "INVALID_TRANSITION", "CONFLICT"],
    },
    ({ org, params }) => redeliver(org, params.id, params.deliveryId, ofChannels),
  ),
] as const;
