import { z } from "@hono/zod-openapi";
import { categories, severities } from "#checks/check";
import type { RuleCondition } from "#db/values";
import { patchOf } from "#http/patch";
import { commaList, Enabled, idPath, Uuid, wordList } from "#http/shapes";
import { resourceTypes } from "#modules/accounts";
import { compileExpression, expressionMax } from "#rules/cel";
import { conditionProblems } from "#rules/condition";
import type { Rule } from "./rule.ts";
import type { Preview } from "./preview.ts";

const exampleId = "019aa5d2-6b1d-7f60-8a1b-0c9d8e7f6a5c";
const exampleCondition = { field: "attributes.encrypted", operator: "equals", value: false } as const;

export const RulePath = idPath(exampleId);

export const RuleQuery = z.object({
  enabled: Enabled.optional(),
  severity: commaList(severities, "critical,high").optional(),
  framework: wordList("acme_baseline").optional(),
});

const Condition = z.custom<RuleCondition>().openapi({
  type: "object",
  description:
    "`{field, operator, value}`, or `{all: […]}`, `{any: […]}`, `{not: …}` around such. Fields: `id`, `arn`, `name`, `state`, `region`, `service`, " +
    "`resourceType`, `createdAt`, `expiresAt`, `costMonthly`, `tags.<key>`, `attributes.<member>.<member>…`, with `0` for an element and `*` for any. " +
    "Operators: equals, not_equals, contains, not_contains, starts_with, ends_with, matches (`*` stands for anything), in, not_in, greater_than, " +
    "greater_or_equal, less_than, less_or_equal, exists, not_exists, older_than_days, within_days (so many days from now, either way).",
  example: exampleCondition,
});

const word = (max: number) => z.string().trim().min(1).max(max);

/** A rule as people write it. Exactly one of `condition` and `expression` says what is wrong. */
export const NewRule = z
  .strictObject({
    name: word(100),
    description: z.string().max(2_000).default(""),
    severity: z.enum(severities),
    category: z.enum(categories).default("compliance"),
    resourceTypes: z
      .array(z.enum(resourceTypes))
      .max(50)
      .default([])
      .transform((types) => [...new Set(types)].toSorted())
      .openapi({ description: "CloudFormation's names; empty: every kind." }),
    condition: Condition.nullish().transform((condition) => condition ?? null),
    expression: z
      .string()
      .max(expressionMax)
      .nullish()
      .transform((text) => text ?? null)
      .openapi({
        type: ["string", "null"],
        description:
          "CEL over `resource` and `now`, true where something is wrong: `resource.attributes.rules.exists(r, r.fromPort == 22)`.",
      }),
    framework: word(64).nullable().default(null).openapi({ description: "A framework it is evidence for." }),
    control: word(64).nullable().default(null),
    remediation: z.string().max(2_000).nullable().default(null),
    enabled: z.boolean().default(true),
  })
  .superRefine(({ condition, expression, framework, control }, context) => {
    const refuse = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: "custom", path, message });
    if ((condition === null) === (expression === null))
      return refuse(
        [condition === null ? "condition" : "expression"],
        "Give exactly one of `condition` and `expression`",
      );
    if (control !== null && framework === null) refuse(["framework"], "is required with `control`");
    if (expression === null) {
      for (const { path, message } of conditionProblems(condition)) refuse(["condition", ...path], message);
      return;
    }
    const compiled = compileExpression(expression);
    if ("message" in compiled) refuse(["expression"], compiled.message);
  })
  .openapi("NewRule", {
    example: {
      name: "Volumes are encrypted",
      severity: "high",
      resourceTypes: ["AWS::EC2::Volume"],
      condition: exampleCondition,
    },
  });
export type RuleInput = z.output<typeof NewRule>;

/** A patch replaces it and does not merge it: another condition has other members. */
export const wholes = ["condition"];
export const RulePatch = patchOf("RulePatch", NewRule, { enabled: false }, wholes);

const time = z.iso.datetime();
export const RuleBody = z
  .object({
    id: z.uuid(),
    type: z.string().openapi({ description: "The `type` of its findings: `rule:<id>`." }),
    name: z.string(),
    description: z.string(),
    severity: z.enum(severities),
    category: z.enum(categories),
    resourceTypes: z.array(z.string()),
    condition: z.record(z.string(), z.unknown()).nullable(),
    expression: z.string().nullable(),
    framework: z.string().nullable(),
    control: z.string().nullable(),
    remediation: z.string().nullable(),
    enabled: z.boolean(),
    createdBy: z.string().nullable(),
    version: z.int(),
    createdAt: time,
    updatedAt: time,
  })
  .openapi("Rule", {
    example: {
      id: exampleId,
      type: `rule:${exampleId}`,
      name: "Volumes are encrypted",
      description: "",
      severity: "high",
      category: "compliance",
      resourceTypes: ["AWS::EC2::Volume"],
      condition: exampleCondition,
      expression: null,
      framework: null,
      control: null,
      remediation: null,
      enabled: true,
      createdBy: null,
      version: 1,
      createdAt: "2026-03-13T08:00:00.000Z",
      updatedAt: "2026-03-13T08:00:00.000Z",
    },
  });

export const ruleBody = (row: Rule): z.input<typeof RuleBody> => ({
  id: row.id,
  type: `rule:${row.id}`,
  ...inputOf(row),
  resourceTypes: [...row.resourceTypes],
  condition: row.condition && { ...row.condition },
  createdBy: row.createdBy,
  version: row.version,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});

/** A rule as somebody would write it. */
export const inputOf = (row: Rule): RuleInput => ({
  name: row.name,
  description: row.description,
  severity: row.severity,
  category: row.category,
  // safe: only types that were known are stored.
  resourceTypes: [...row.resourceTypes] as RuleInput["resourceTypes"],
  condition: row.condition,
  expression: row.expression,
  framework: row.framework,
  control: row.control,
  remediation: row.remediation,
  enabled: row.enabled,
});

export const PreviewQuery = z.object({
  after: Uuid.optional().openapi({
    description: "`nextAfter` of the page before.",
    example: "8d2c8f6e-4b0a-8f3e-9a53-1f2f0f6f2b11",
  }),
});

const Counts = z.record(z.string(), z.int());
export const PreviewBody = z
  .object({
    lookedAt: z.int().openapi({ description: "Resources of this page, of the kinds the rule judges." }),
    matched: z.int().openapi({ description: "What would be a finding." }),
    passed: z.int(),
    unknown: z.int().openapi({ description: "What hangs on something that is not known." }),
    byAccount: Counts.openapi({ description: "What matched, by the account's UUID." }),
    byResourceType: Counts,
    unknownReasons: Counts.openapi({ description: "The first ten reasons, and how often." }),
    sample: z
      .array(
        z.object({
          resourceId: z.uuid(),
          accountId: z.uuid(),
          resourceType: z.string(),
          region: z.string(),
          name: z.string().nullable(),
          arn: z.string().nullable(),
          summary: z.string(),
          evidence: z.array(z.object({ field: z.string(), value: z.unknown() })),
        }),
      )
      .openapi({ description: "The first 20 that matched." }),
    nextAfter: z
      .uuid()
      .nullable()
      .openapi({ description: "There are more: go on with `?after=`. Null: that was all." }),
  })
  .openapi("RulePreview", {
    example: {
      lookedAt: 120,
      matched: 0,
      passed: 118,
      unknown: 2,
      byAccount: {},
      byResourceType: {},
      unknownReasons: { "attributes.encrypted is not known.": 2 },
      sample: [],
      nextAfter: null,
    },
  });

export const previewBody = (preview: Preview): z.input<typeof PreviewBody> => ({
  ...preview,
  sample: preview.sample.map((one) => ({ ...one, evidence: [...one.evidence] })),
});
