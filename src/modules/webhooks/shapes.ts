import { z } from "@hono/zod-openapi";
import { severities } from "#checks/check";
import { eventNames, subscriptions } from "#db/outbox";
import { patchOf } from "#http/patch";
import { commaList, idPath, Moment } from "#http/shapes";
import { encodeBase64 } from "#lib/base64";
import { webhookKey } from "#lib/standard-webhook";
import { AccountRef } from "#modules/accounts";
import type { WebhookInput } from "./create.ts";
import type { Replay } from "./replay.ts";
import type { NewlyMade, Webhook } from "./rows.ts";

export const exampleId = "019aa5d2-6b1d-7f60-8a1b-0c9d8e7f6a5b";
const time = z.iso.datetime();

export const WebhookId = idPath(exampleId);
export const WebhookQuery = z.object({ status: commaList(["enabled", "disabled"]).optional() });

const members = {
  url: z
    .string()
    .min(1)
    .max(2_048)
    .openapi({ description: "Where events are POSTed: https, port 443 or 8443, a public host name." }),
  events: z
    .array(z.enum(subscriptions))
    .min(1)
    .max(subscriptions.length)
    .transform((names) => [...new Set(names)])
    .openapi({
      type: "array",
      items: { type: "string", enum: [...subscriptions] },
      description: "Event names; `finding.*` stands for a group, `*` for everything.",
    }),
  description: z.string().max(500).nullable().default(null),
  severities: z
    .array(z.enum(severities))
    .min(1)
    .transform((named) => severities.filter((one) => named.includes(one)))
    .nullable()
    .default(null)
    .openapi({
      type: ["array", "null"],
      items: { type: "string", enum: [...severities] },
      description: "Only events of these severities, and those that have none. Null: all.",
    }),
  accountIds: z
    .array(AccountRef)
    .min(1)
    .max(500)
    .nullable()
    .default(null)
    .openapi({ description: "Only events of these accounts, and those of none. Null: all." }),
  status: z
    .enum(["enabled", "disabled"])
    .default("enabled")
    .openapi({ description: "A disabled webhook is told nothing; what waited for it ends, and can be replayed." }),
};

/** Only as it is written when it is encoded: not every verifier takes base64 with white space, or without its padding. */
function isSecret(secret: string): boolean {
  const key = webhookKey(secret);
  return key !== null && secret.endsWith(`_${encodeBase64(key)}`);
}

const Secret = z
  .string()
  .refine(isSecret, "Must be `whsec_` and the base64 of 24 to 64 bytes, with its padding.")
  .optional()
  .openapi({ description: "Signing secret, `whsec_` and the base64 of 24 to 64 bytes. Made for you when left out." });

const inputExample = {
  url: "https://hooks.example.com/cloudglass",
  events: ["finding.*", "scan.completed"],
  description: "Pager",
  severities: ["high", "critical"] as const,
};

export const NewWebhook = z
  .strictObject({ ...members, secret: Secret })
  .openapi("NewWebhook", { example: { ...inputExample, severities: ["high", "critical"] } });

/** All that can be changed: not the secret, which is rotated. */
export const WebhookUpdate = z
  .strictObject(members)
  .openapi("WebhookUpdate", { example: { ...inputExample, severities: ["high", "critical"], status: "enabled" } });

export const WebhookPatch = patchOf("WebhookPatch", WebhookUpdate, { severities: null, status: "enabled" });

export const inputOf = ({ url, events, description, severities, accountIds, status }: Webhook): WebhookInput => ({
  url,
  events,
  description,
  severities,
  accountIds,
  status,
});

export const RotateSecret = z
  .strictObject({
    overlapHours: z
      .int()
      .min(0)
      .max(24)
      .default(24)
      .openapi({ description: "Hours for which is signed with the former secret as well." }),
    secret: Secret,
  })
  .openapi("RotateWebhookSecret", { example: { overlapHours: 24 } });

export const TestWebhook = z
  .strictObject({ event: z.enum(eventNames).default("webhook.test") })
  .openapi("TestWebhook", { example: { event: "finding.opened" } });

export const ReplayWebhook = z
  .strictObject({
    since: Moment,
    until: Moment.optional(),
    status: z.enum(["failed", "missing"]).openapi({
      description:
        "`failed`: deliveries made in that time that were given up. `missing`: events of that time, while the webhook was disabled.",
    }),
  })
  .openapi("ReplayWebhook", { example: { since: "2026-03-13T08:00:00.000Z", status: "missing" } });

export const ReplayBody = z
  .object({
    scheduled: z.int().openapi({ description: "Deliveries that are now pending, 1,000 at most." }),
    nextSince: time
      .nullable()
      .openapi({ description: "There may be more: repeat the request with this as `since`. Null: that was all." }),
  })
  .openapi("WebhookReplay", { example: { scheduled: 12, nextSince: null } });

export const replayBody = (replay: Replay): z.input<typeof ReplayBody> => replay;

const webhookMembers = {
  id: z.uuid(),
  url: z.string(),
  description: z.string().nullable(),
  events: z.array(z.string()),
  severities: z.array(z.enum(severities)).nullable(),
  accountIds: z.array(z.uuid()).nullable(),
  status: z.enum(["enabled", "disabled"]),
  disabledReason: z.string().nullable(),
  disabledAt: time.nullable(),
  failures: z
    .int()
    .openapi({ description: "Attempts that failed, one after the other. From five on it is left alone for a while." }),
  failingSince: time.nullable().openapi({
    description:
      "When the first of them was; after five days it is disabled. Where the second warning came later than after four days: four days before that warning.",
  }),
  lastDeliveredAt: time.nullable(),
  previousSecretExpiresAt: time
    .nullable()
    .openapi({ description: "Until then is signed with the secret before this one as well." }),
  version: z.int(),
  createdAt: time,
  updatedAt: time,
};

const webhookExample = {
  id: exampleId,
  ...inputExample,
  events: [...inputExample.events],
  severities: [...inputExample.severities],
  accountIds: null,
  status: "enabled" as const,
  disabledReason: null,
  disabledAt: null,
  failures: 0,
  failingSince: null,
  lastDeliveredAt: "2026-03-13T08:04:32.000Z",
  previousSecretExpiresAt: null,
  version: 1,
  createdAt: "2026-03-13T08:00:00.000Z",
  updatedAt: "2026-03-13T08:00:00.000Z",
};

export const WebhookBody = z.object(webhookMembers).openapi("Webhook", { example: webhookExample });
export const NewWebhookBody = z
  .object({ ...webhookMembers, secret: z.string().openapi({ description: "Shown this once." }) })
  .openapi("WebhookWithSecret", { example: { ...webhookExample, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" } });

export const webhookBody = (row: Webhook, now: Date): z.input<typeof WebhookBody> => ({
  id: row.id,
  url: row.url,
  description: row.description,
  events: [...row.events],
  severities: row.severities && [...row.severities],
  accountIds: row.accountIds && [...row.accountIds],
  status: row.status,
  disabledReason: row.disabledReason,
  disabledAt: row.disabledAt,
  failures: row.failures,
  failingSince: row.failingSince,
  lastDeliveredAt: row.lastDeliveredAt,
  previousSecretExpiresAt: (row.previousUntil ?? "") > now.toISOString() ? row.previousUntil : null,
  version: row.version,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});

export const newWebhookBody = ({ webhook, secret }: NewlyMade, now: Date): z.input<typeof NewWebhookBody> => ({
  ...webhookBody(webhook, now),
  secret,
});
