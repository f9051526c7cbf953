import { z } from "@hono/zod-openapi";
import type { Delivery, DeliveryDetail } from "#deliveries/log";
import { patchOf } from "#http/patch";
import { commaList, idPath, TimeOfDay, TimeZone } from "#http/shapes";
import { DeliveryBody, deliveryBody, DeliveryDetailBody, deliveryDetailBody } from "#modules/webhooks";
import { channelKinds, targetOf, type Channel, type ChannelInput } from "./channel.ts";

const exampleId = "019aa5d2-6b1d-7f60-8a1b-0c9d8e7f6a5c";
const statuses = ["enabled", "disabled"] as const;

export const ChannelId = idPath(exampleId);
export const ChannelQuery = z.object({
  kind: commaList(channelKinds).optional(),
  status: commaList(statuses).optional(),
});

const Digest = z
  .strictObject({
    every: z.enum(["hour", "day"]),
    at: TimeOfDay.openapi({ description: "Of an hour only the minutes count.", example: "09:00" }),
    timeZone: TimeZone,
  })
  .openapi("Digest");

const common = {
  name: z.string().trim().min(1).max(100),
  description: z.string().max(500).nullish(),
  status: z.enum(statuses).default("enabled"),
};
const digest = Digest.nullish().openapi({
  description: "Alerts gather and are told together at these times; null: each by itself, at once.",
});
const noDigest = z.null("PagerDuty takes each alert by itself: leave `digest` out").optional();

const Url = z.string().min(1).max(2_048).openapi({
  description: "The whole URL of the incoming webhook, which is never shown again.",
  example: "https://hooks.example.com/services/T000/B000/secret",
});
const RoutingKey = z
  .string()
  .regex(/^[0-9A-Za-z]{32}$/, "must be the integration's key: 32 letters and digits")
  .openapi({ description: "The key of an Events API v2 integration, which is never shown again." });
const Region = z.enum(["us", "eu"]).default("us").openapi({ description: "Where the PagerDuty account lives." });
const Recipients = z
  .array(z.email("must be an e-mail address").max(254))
  .min(1)
  .max(50)
  .refine((all) => new Set(all.map((address) => address.toLowerCase())).size === all.length, "must name nobody twice");

const email = z.strictObject({ kind: z.literal("email"), ...common, recipients: Recipients, digest });
const kindError = { error: `must be one of ${channelKinds.join(", ")}` };
const example = {
  kind: "slack",
  name: "Security",
  url: "https://hooks.slack.com/services/T000/B000/secret",
  digest: null,
} as const;

/** A channel as people write it. */
export const NewChannel = z
  .discriminatedUnion(
    "kind",
    [
      z.strictObject({ kind: z.literal("slack"), ...common, url: Url, digest }),
      z.strictObject({ kind: z.literal("teams"), ...common, url: Url, digest }),
      z.strictObject({
        kind: z.literal("pagerduty"),
        ...common,
        routingKey: RoutingKey,
        region: Region,
        digest: noDigest,
      }),
      email,
    ],
    kindError,
  )
  .openapi("NewChannel", { example });

/** The same, but for what opens it: left out, it stays. */
export const ChannelChange = z
  .discriminatedUnion(
    "kind",
    [
      z.strictObject({ kind: z.literal("slack"), ...common, url: Url.optional(), digest }),
      z.strictObject({ kind: z.literal("teams"), ...common, url: Url.optional(), digest }),
      z.strictObject({
        kind: z.literal("pagerduty"),
        ...common,
        ...{ routingKey: RoutingKey.optional(), region: Region, digest: noDigest },
      }),
      email,
    ],
    kindError,
  )
  .openapi("ChannelChange", {
    description: "What opens the channel (`url`, `routingKey`) stays when it is left out.",
    example: { kind: "slack", name: "Security", digest: { every: "day", at: "09:00", timeZone: "Europe/Berlin" } },
  });

export const ChannelPatch = patchOf("ChannelPatch", ChannelChange.options, { digest: null, status: "enabled" });

export const channelInput = ({
  description = null,
  digest: times = null,
  ...rest
}: z.output<typeof NewChannel> | z.output<typeof ChannelChange>): ChannelInput => ({
  ...rest,
  description,
  digest: times,
});

export const TestInput = z
  .strictObject({ event: z.enum(["alert.triggered", "alert.resolved"]).default("alert.triggered") })
  .openapi("ChannelTest", { example: { event: "alert.triggered" } });

const time = z.iso.datetime();
export const ChannelBody = z
  .object({
    id: z.uuid(),
    kind: z.enum(channelKinds),
    name: z.string(),
    description: z.string().nullable(),
    target: z
      .string()
      .nullable()
      .openapi({ description: "Origin and last characters of what opens it. Null: e-mail." }),
    region: z.enum(["us", "eu"]).nullable().openapi({ description: "Of PagerDuty." }),
    recipients: z.array(z.string()).nullable().openapi({ description: "Of e-mail." }),
    digest: Digest.nullable(),
    status: z.enum(statuses),
    disabledReason: z.string().nullable(),
    failingSince: time.nullable().openapi({ description: "Every attempt since then failed." }),
    lastDeliveredAt: time.nullable(),
    version: z.int(),
    createdAt: time,
    updatedAt: time,
  })
  .openapi("Channel", {
    example: {
      ...{ id: exampleId, kind: "slack", name: "Security", description: null, target: "https://hooks.slack.com/…cret" },
      ...{ region: null, recipients: null, digest: null, status: "enabled", disabledReason: null, failingSince: null },
      ...{
        lastDeliveredAt: null,
        version: 1,
        createdAt: "2026-03-13T08:00:00.000Z",
        updatedAt: "2026-03-13T08:00:00.000Z",
      },
    },
  });

export const channelBody = (row: Channel): z.input<typeof ChannelBody> => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  description: row.description,
  target: targetOf(row),
  region: row.config.region ?? null,
  recipients: row.config.recipients ? [...row.config.recipients] : null,
  digest: row.digest,
  status: row.status,
  disabledReason: row.disabledReason,
  failingSince: row.failingSince,
  lastDeliveredAt: row.lastDeliveredAt,
  version: row.version,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});

const channelId = z.uuid();
export const ChannelDeliveryBody = DeliveryBody.omit({ webhookId: true })
  .extend({ channelId })
  .openapi("ChannelDelivery");
export const ChannelDeliveryDetailBody = DeliveryDetailBody.omit({ webhookId: true })
  .extend({ channelId })
  .openapi("ChannelDeliveryWithAttempts");

const ofChannel = <Body extends { webhookId: string }>({ webhookId, ...rest }: Body) => ({
  ...rest,
  channelId: webhookId,
});

export const channelDeliveryBody = (row: Delivery) => ofChannel(deliveryBody(row));
export const channelDeliveryDetailBody = (detail: DeliveryDetail) => ofChannel(deliveryDetailBody(detail));
