import { z } from "@hono/zod-openapi";
import type { Alert } from "#alerts/rule";
import { severities } from "#checks/check";
import type { AlertItem, AlertMessage } from "#db/values";
import { commaList, idPath, uuidList } from "#http/shapes";
import type { WholeAlert } from "./alert.ts";
import { alertStatuses, type AlertStatus } from "./list.ts";

const exampleId = "019aa5d2-6b1d-7f60-8a1b-0c9d8e7f6b03";
const exampleRule = "019aa5d2-6b1d-7f60-8a1b-0c9d8e7f6b01";
const exampleChannel = "019aa5d2-6b1d-7f60-8a1b-0c9d8e7f6b02";

export const AlertPath = idPath(exampleId);

const StatusList = commaList([...alertStatuses, "all"], "open").transform((words): readonly AlertStatus[] =>
  alertStatuses.filter((status) => words.includes("all") || words.includes(status)),
);

export const AlertQuery = z.object({
  status: StatusList.optional().openapi({
    type: "string",
    description: `Comma list of: ${alertStatuses.join(", ")}, all. Left out: open, acknowledged.`,
    example: "open",
  }),
  severity: commaList(severities, "critical").optional(),
  ruleId: uuidList.optional(),
});

/** What somebody says to it. */
export const Note = z
  .strictObject({ note: z.string().trim().min(1).max(2_000).nullish() })
  .openapi("AlertNote", { example: { note: "Known: the migration of Tuesday." } });

const time = z.iso.datetime();

export const ItemBody = z
  .object({
    kind: z.enum(["finding", "resource", "account", "framework", "policy", "webhook", "organization"]),
    id: z.string().openapi({ description: "Of the thing; empty: the organization." }),
    title: z.string(),
    summary: z.string(),
    severity: z.enum(severities).nullable(),
    awsAccountId: z.string().nullable(),
    accountName: z.string().nullable(),
    region: z.string().nullable(),
    resourceName: z.string().nullable(),
    resourceArn: z.string().nullable(),
    evidence: z.array(z.object({ call: z.string(), field: z.string(), value: z.unknown() })),
    fix: z.string().nullable().openapi({ description: "What to do." }),
  })
  .openapi("AlertItem");

export const itemBody = (item: AlertItem): z.input<typeof ItemBody> => ({ ...item, evidence: [...item.evidence] });

export const MessageBody = z
  .object({
    alertId: z.uuid(),
    ruleId: z.uuid(),
    ruleName: z.string(),
    status: z.enum(alertStatuses),
    severity: z.enum(severities),
    title: z.string(),
    summary: z.string(),
    group: z.string().nullable().openapi({ description: "Value of the tag, or the account, that it was routed by." }),
    runId: z.uuid().nullable(),
    at: time,
    active: z.int().openapi({ description: "What it is about now." }),
    fresh: z.int().openapi({ description: "What of that nobody has been told of before." }),
    items: z.array(ItemBody).openapi({ description: "The gravest, at most ten." }),
    omitted: z.int().openapi({ description: "How many more there are." }),
  })
  .openapi("AlertMessage", { description: "`data` of `alert.triggered` and `alert.resolved`." });

export const messageBody = (message: AlertMessage): z.input<typeof MessageBody> => ({
  ...message,
  items: message.items.map(itemBody),
});

const example = {
  id: exampleId,
  ruleId: exampleRule,
  ruleName: "Critical findings",
  group: null,
  status: "open" as const,
  severity: "critical" as const,
  title: "Critical findings: 3 findings",
  summary: "3 findings opened or came back: 3 critical.",
  total: 3,
  messages: 1,
  channels: [exampleChannel],
  runId: null,
  toldAt: "2026-03-13T10:00:02.000Z",
  acknowledgedBy: null,
  acknowledgedAt: null,
  resolvedBy: null,
  resolvedAt: null,
  note: null,
  version: 1,
  createdAt: "2026-03-13T10:00:02.000Z",
  updatedAt: "2026-03-13T10:00:02.000Z",
};

const members = {
  id: z.uuid(),
  ruleId: z.uuid(),
  ruleName: z.string(),
  group: z.string().nullable(),
  status: z.enum(alertStatuses),
  severity: z.enum(severities),
  title: z.string(),
  summary: z.string(),
  total: z.int().openapi({ description: "Things it told of, ever." }),
  messages: z.int().openapi({ description: "How often it was told." }),
  channels: z.array(z.uuid()).openapi({ description: "Who was told." }),
  runId: z.uuid().nullable().openapi({ description: "The run it told of last; null: several, or none." }),
  toldAt: time.nullable(),
  acknowledgedBy: z.string().nullable(),
  acknowledgedAt: time.nullable(),
  resolvedBy: z.string().nullable().openapi({ description: "`system`: nothing of what it was about is left." }),
  resolvedAt: time.nullable(),
  note: z.string().nullable(),
  version: z.int(),
  createdAt: time,
  updatedAt: time,
};

export const AlertBody = z.object(members).openapi("Alert", { example });

export const alertBody = ({
  orgId: _,
  groupKey,
  items: __,
  accountIds: ___,
  ...row
}: Alert): z.input<typeof AlertBody> => ({
  ...row,
  group: groupKey === "" ? null : groupKey,
  channels: [...row.channels],
});

export const AlertDetailBody = z
  .object({
    ...members,
    items: z.array(ItemBody).openapi({ description: "The gravest of what it told of last, at most ten." }),
    active: z.int().openapi({ description: "How much of it is left." }),
    waiting: z.int().openapi({ description: "What is new and waits for the end of the rule's window or quiet hours." }),
    subjects: z.array(z.string()).openapi({
      description: "Ids of what is left: findings, resources, accounts, … The first 500.",
    }),
  })
  .openapi("AlertDetail", { example: { ...example, items: [], active: 3, waiting: 0, subjects: [] } });

export const alertDetailBody = ({ row, ...rest }: WholeAlert): z.input<typeof AlertDetailBody> => ({
  ...alertBody(row),
  items: row.items.map(itemBody),
  ...rest,
  subjects: [...rest.subjects],
});
