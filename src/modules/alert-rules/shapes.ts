import { z } from "@hono/zod-openapi";
import type { AlertPreview } from "#alerts/preview";
import type { AlertRule } from "#alerts/rule";
import { severities } from "#checks/check";
import { patchOf } from "#http/patch";
import { Enabled, idPath, TimeOfDay, TimeZone, Uuid } from "#http/shapes";
import { ItemBody, itemBody, MessageBody, messageBody } from "#modules/alerts";
import { Condition } from "./condition-shapes.ts";

const exampleId = "019aa5d2-6b1d-7f60-8a1b-0c9d8e7f6b01";
const exampleChannel = "019aa5d2-6b1d-7f60-8a1b-0c9d8e7f6b02";

export const AlertRulePath = idPath(exampleId);

export const AlertRuleQuery = z.object({ enabled: Enabled.optional() });

const Channels = z.array(Uuid).max(10);

const Route = z
  .strictObject({
    by: z.enum(["tag", "account"]),
    key: z.string().min(1).max(128).optional().openapi({ description: "The tag's key.", example: "owner" }),
    channels: z
      .record(z.string().min(1).max(256), Channels.min(1))
      .refine((channels) => Object.keys(channels).length <= 50, "Map 50 values at most.")
      .openapi({ description: "Value of the tag, or account (UUID or 12 digits) → ids of channels and webhooks." }),
  })
  .refine(
    ({ by, key }) => (by === "tag") === (key !== undefined),
    "`key` is the tag's: name it with `by: tag`, and only there.",
  )
  .openapi("AlertRoute", { example: { by: "tag", key: "owner", channels: { payments: [exampleChannel] } } });

const Quiet = z
  .strictObject({
    from: TimeOfDay,
    to: TimeOfDay.openapi({ description: "Before `from`: on the next day." }),
    timeZone: TimeZone,
    exceptCritical: z.boolean().default(true),
  })
  .refine(({ from, to }) => from !== to, "`from` and `to` are the same time.")
  .openapi("QuietHours", { example: { from: "22:00", to: "07:00", timeZone: "Europe/Berlin", exceptCritical: true } });

/** An alert rule as people write it. */
export const NewAlertRule = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    description: z.string().max(2_000).default(""),
    enabled: z.boolean().default(true),
    severity: z
      .enum(severities)
      .nullable()
      .default(null)
      .openapi({ description: "Of its alerts. Null: that of the gravest finding, else `medium`." }),
    condition: Condition,
    channels: Channels.default([]).openapi({
      description: "Ids of channels and webhooks that are told.",
      example: [exampleChannel],
    }),
    route: Route.nullable().default(null).openapi({
      description: "Whom an alert goes to instead, by the owner of the thing; each has an alert of its own.",
    }),
    windowMinutes: z
      .int()
      .min(0)
      .max(10_080)
      .default(60)
      .openapi({ description: "An alert is told of at most once in so many minutes; what is new in between waits." }),
    quietHours: Quiet.nullable().default(null).openapi({ description: "What is to be told then waits for their end." }),
    notifyResolved: z.boolean().default(true).openapi({ description: "Channels are told that an alert is resolved." }),
  })
  .openapi("NewAlertRule", {
    example: {
      name: "Critical findings",
      condition: { kind: "findings", filter: { severity: ["critical"] } },
      channels: [exampleChannel],
    },
  });
export type AlertRuleInput = z.output<typeof NewAlertRule>;

/** A patch replaces them and does not merge them: null means any value of a tag, and another kind has other members. */
export const wholes = ["condition", "route"];
export const AlertRulePatch = patchOf("AlertRulePatch", NewAlertRule, { enabled: false }, wholes);

const time = z.iso.datetime();
const example = {
  id: exampleId,
  name: "Critical findings",
  description: "",
  enabled: true,
  severity: null,
  condition: { kind: "findings" as const, filter: { severity: ["critical" as const] }, newOnly: true, atLeast: 1 },
  channels: [exampleChannel],
  route: null,
  windowMinutes: 60,
  quietHours: null,
  notifyResolved: true,
  lastEvaluation: { at: "2026-03-13T10:00:02.000Z", matched: 5_000, messages: 1 },
  createdBy: null,
  version: 1,
  createdAt: "2026-03-13T08:00:00.000Z",
  updatedAt: "2026-03-13T08:00:00.000Z",
};

export const AlertRuleBody = z
  .object({
    id: z.uuid(),
    name: z.string(),
    description: z.string(),
    enabled: z.boolean(),
    severity: z.enum(severities).nullable(),
    condition: Condition,
    channels: z.array(z.uuid()),
    route: Route.nullable(),
    windowMinutes: z.int(),
    quietHours: Quiet.nullable(),
    notifyResolved: z.boolean(),
    lastEvaluation: z
      .object({
        at: time,
        matched: z.int().openapi({ description: "Things that met the condition and had not been told." }),
        messages: z.int().openapi({ description: "What came of it: one message for each alert, however many things." }),
      })
      .nullable()
      .openapi({ description: "The last time that something new met its condition." }),
    createdBy: z.string().nullable(),
    version: z.int(),
    createdAt: time,
    updatedAt: time,
  })
  .openapi("AlertRule", { example });

export const alertRuleBody = (row: AlertRule): z.input<typeof AlertRuleBody> => ({
  id: row.id,
  ...inputOf(row),
  lastEvaluation: row.lastEvaluation,
  createdBy: row.createdBy,
  version: row.version,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});

/** A rule as somebody would write it. */
export const inputOf = (row: AlertRule): AlertRuleInput =>
  // safe: what is stored was held against the schema; only its lists are readonly.
  ({
    name: row.name,
    description: row.description,
    enabled: row.enabled,
    severity: row.severity,
    condition: row.condition,
    channels: [...row.channels],
    route: row.route,
    windowMinutes: row.windowMinutes,
    quietHours: row.quietHours,
    notifyResolved: row.notifyResolved,
  }) as AlertRuleInput;

export const AlertPreviewBody = z
  .object({
    wouldTell: z.boolean().openapi({ description: "It would tell now, or would have told after the last scans." }),
    matching: z.int().openapi({ description: "Things that meet the condition now." }),
    newInLastScan: z.int().nullable().openapi({
      description: "Of findings: those first seen by the last scan of their account. Null for other conditions.",
    }),
    items: z
      .array(ItemBody)
      .openapi({ description: "The gravest of what would be told, else of what matches; ten at most." }),
    routes: z.array(
      z.object({
        group: z.string().nullable().openapi({ description: "Null: the rule's own channels." }),
        channels: z.array(z.uuid()),
        count: z.int(),
      }),
    ),
    message: z.union([MessageBody, z.null()]).openapi({
      description: "As it would be told, without regard to routes. Null: nothing would be.",
    }),
  })
  .openapi("AlertRulePreview", {
    example: { wouldTell: false, matching: 12, newInLastScan: 0, items: [], routes: [], message: null },
  });

export const alertPreviewBody = (preview: AlertPreview): z.input<typeof AlertPreviewBody> => ({
  ...preview,
  items: preview.items.map(itemBody),
  routes: preview.routes.map((route) => ({ ...route, channels: [...route.channels] })),
  message: preview.message && messageBody(preview.message),
});
