import { z } from "@hono/zod-openapi";
import { knownRegions } from "#aws/regions";
import { severities } from "#checks/check";
import { checks } from "#checks/registry";
import { patchOf } from "#http/patch";
import { idPath, Moment, SearchText, Uuid } from "#http/shapes";
import { exampleAccountId, resourceTypes } from "#modules/accounts";
import type { SuppressionInput } from "./create.ts";
import type { Preview } from "./preview.ts";
import type { SuppressionRow } from "./suppression.ts";

const exampleId = "019aa5d2-6b1d-7f60-8a1b-0c9d8e7f6a5b";

export const SuppressionId = idPath(exampleId);
export const SuppressionQuery = z.object({ q: SearchText.optional() });

const Text = (max: number) => z.string().trim().min(1).max(max);

/** Distinct words of a known list; an unknown one is refused with the known ones. */
const words = (known: readonly string[]) =>
  z
    .array(z.string())
    .min(1)
    .max(500)
    .transform((list) => [...new Set(list)])
    .superRefine((list, context) => {
      const unknown = list.filter((word) => !known.includes(word));
      if (unknown.length > 0)
        context.addIssue({ code: "custom", message: `Unknown: ${unknown.join(", ")}. Known: ${known.join(", ")}.` });
    });

export const Condition = z
  .strictObject({
    type: words(checks.map(({ id }) => id))
      .optional()
      .openapi({ type: "array", items: { type: "string" }, description: "Checks." }),
    accountId: z.array(Uuid).min(1).max(500).optional(),
    region: words([...knownRegions, "global"])
      .optional()
      .openapi({ type: "array", items: { type: "string" } }),
    resourceType: words(resourceTypes)
      .optional()
      .openapi({ type: "array", items: { type: "string" } }),
    tags: z
      .record(z.string().min(1).max(128), z.string().max(256).nullable())
      .refine((tags) => Object.keys(tags).length > 0 && Object.keys(tags).length <= 20, "Name 1 to 20 tags.")
      .optional()
      .openapi({ description: "Tags of the resource, all of them; null: any value." }),
    name: Text(500)
      .refine((pattern) => pattern.split("*").length <= 11, "May hold ten `*` at most.")
      .optional()
      .openapi({ description: "The resource's name or ARN; `*` stands for anything." }),
  })
  .refine((condition) => Object.values(condition).some((member) => member !== undefined), "Name at least one member.")
  .openapi("SuppressionCondition", {
    description: "All members that are named must hold; of a list's values one.",
    example: { type: ["ec2_imdsv1_allowed"], tags: { env: "sandbox" } },
  });

const members = {
  name: Text(100),
  condition: Condition,
  reason: Text(1_000).openapi({ description: "What is told of each finding it takes." }),
  owner: Text(100).nullish().openapi({ description: "Whom to ask about it." }),
  expiresAt: Moment.nullish().openapi({ description: "Null: for good." }),
};

const example = {
  name: "Sandboxes",
  condition: { type: ["ec2_imdsv1_allowed"], tags: { env: "sandbox" } },
  reason: "Sandboxes live for a day.",
  owner: "platform@example.com",
  expiresAt: "2027-01-01T00:00:00.000Z",
};

export const NewSuppression = z.strictObject(members).openapi("NewSuppression", { example });

/** A patch replaces it and does not merge it: null means any value of a tag. */
export const wholes = ["condition"];
export const SuppressionPatch = patchOf(
  "SuppressionPatch",
  NewSuppression,
  { expiresAt: null, condition: { region: ["eu-west-1"] } },
  wholes,
);

export const suppressionInput = ({
  owner = null,
  expiresAt = null,
  ...rest
}: z.output<typeof NewSuppression>): SuppressionInput => ({ ...rest, owner, expiresAt });

const time = z.iso.datetime();
export const SuppressionBody = z
  .object({
    id: z.uuid(),
    name: z.string(),
    condition: z.record(z.string(), z.unknown()),
    reason: z.string(),
    owner: z.string().nullable(),
    expiresAt: time.nullable(),
    status: z.enum(["active", "expired"]),
    sweeping: z.boolean().openapi({ description: "Findings that there are already are still being looked at." }),
    createdBy: z.string().nullable(),
    version: z.int(),
    createdAt: time,
    updatedAt: time,
  })
  .openapi("Suppression", {
    example: {
      id: exampleId,
      ...example,
      status: "active",
      sweeping: false,
      createdBy: null,
      version: 1,
      createdAt: "2026-03-13T08:00:00.000Z",
      updatedAt: "2026-03-13T08:00:00.000Z",
    },
  });

export const suppressionBody = (row: SuppressionRow, now: Date): z.input<typeof SuppressionBody> => ({
  id: row.id,
  name: row.name,
  condition: { ...row.condition },
  reason: row.reason,
  owner: row.owner,
  expiresAt: row.expiresAt,
  status: row.endedAt !== null || (row.expiresAt !== null && row.expiresAt <= now.toISOString()) ? "expired" : "active",
  sweeping: row.sweepAfter !== null,
  createdBy: row.createdBy,
  version: row.version,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});

export const PreviewInput = z.strictObject({ condition: Condition }).openapi("SuppressionPreviewInput");

const Counts = z.record(z.string(), z.int());
export const PreviewBody = z
  .object({
    matched: z.int().openapi({ description: "Open findings that it would take now." }),
    exact: z.boolean().openapi({ description: "False: there are too many to count; at least so many." }),
    byType: Counts,
    byAccount: Counts.openapi({ description: "By the account's UUID." }),
    findings: z
      .array(
        z.object({
          id: z.uuid(),
          type: z.string(),
          title: z.string(),
          severity: z.enum(severities),
          accountId: z.uuid(),
          region: z.string(),
          resourceId: z.uuid(),
          resourceArn: z.string().nullable(),
          resourceName: z.string().nullable(),
          summary: z.string(),
        }),
      )
      .openapi({ description: "The first 20." }),
  })
  .openapi("SuppressionPreview", {
    example: {
      matched: 1,
      exact: true,
      byType: { ec2_imdsv1_allowed: 1 },
      byAccount: { [exampleAccountId]: 1 },
      findings: [],
    },
  });

export const previewBody = ({ findings, ...rest }: Preview): z.input<typeof PreviewBody> => ({
  ...rest,
  findings: findings.map(
    ({ id, type, title, severity, accountId, region, resourceId, resourceArn, resourceName, summary }) => ({
      id,
      type,
      title,
      severity,
      accountId,
      region,
      resourceId,
      resourceArn,
      resourceName,
      summary,
    }),
  ),
});
