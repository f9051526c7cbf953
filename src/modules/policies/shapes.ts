import { z } from "@hono/zod-openapi";
import { severities } from "#checks/check";
import { patchOf } from "#http/patch";
import { commaList, Enabled, idPath, uuidList } from "#http/shapes";
import { AccountRef, exampleAccountId } from "#modules/accounts";
import type { EvaluationRow } from "#scans/policies";
import type { Evaluated } from "./evaluate.ts";
import type { Policy } from "./policy.ts";
import type { Violation } from "./violations.ts";

const exampleId = "019aa5d2-6b1d-7f60-8a1b-0c9d8e7f6a5d";
const exampleScanId = "0199e0b3-0000-7000-8000-000000000002";

export const PolicyPath = idPath(exampleId);
export const EvaluatedPath = idPath(exampleScanId);
export const PolicyQuery = z.object({ enabled: Enabled.optional() });

const results = commaList(["pass", "fail"], "fail");
export const EvaluationQuery = z.object({ result: results.optional() });
export const ScanEvaluationQuery = z.object({ result: results.optional(), policyId: uuidList.optional() });

const Severity = z.enum(severities).openapi({ description: "This severity and those above." });
const Percent = z.number().min(0).max(100);
const Since = z
  .string()
  .max(40)
  .refine(
    (text) =>
      text === "previous_scan" ||
      /^P\d{1,4}[DW]$/.test(text) ||
      z.iso.datetime({ offset: true }).safeParse(text).success,
    "must be `previous_scan`, days or weeks (`P7D`, `P2W`), or a moment (`2026-03-13T10:00:00Z`)",
  )
  .openapi({ description: "`previous_scan`, `P7D`, `P2W`, or a moment.", example: "previous_scan" });

/** What a scan must meet. */
const Condition = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("max_open"), severity: Severity, count: z.int().min(0).max(10_000) }),
    z.strictObject({ kind: z.literal("no_new"), severity: Severity, since: Since }),
    z.strictObject({ kind: z.literal("score_at_least"), framework: z.string().min(1).max(64), score: Percent }),
    z.strictObject({ kind: z.literal("risk_at_most"), score: Percent }),
    z.strictObject({ kind: z.literal("check_passes"), type: z.string().min(1).max(80) }),
    z.strictObject({ kind: z.literal("scan_complete") }),
  ])
  .openapi("PolicyCondition", { example: { kind: "max_open", severity: "high", count: 0 } });

/** A policy as people write it. */
export const NewPolicy = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    description: z.string().max(2_000).default(""),
    enabled: z.boolean().default(true),
    accounts: z
      .array(AccountRef)
      .min(1)
      .max(100)
      .nullable()
      .default(null)
      .openapi({ description: "Null: every account." }),
    conditions: z.array(Condition).min(1).max(10).openapi({ description: "A scan must meet all of them." }),
  })
  .openapi("NewPolicy", {
    example: { name: "Nothing critical", conditions: [{ kind: "max_open", severity: "critical", count: 0 }] },
  });
export type PolicyInput = z.output<typeof NewPolicy>;

export const PolicyPatch = patchOf("PolicyPatch", NewPolicy, { enabled: false });

const time = z.iso.datetime();
const example = {
  id: exampleId,
  name: "Nothing critical",
  description: "",
  enabled: true,
  accounts: null,
  conditions: [{ kind: "max_open" as const, severity: "critical" as const, count: 0 }],
  createdBy: null,
  version: 1,
  createdAt: "2026-03-13T08:00:00.000Z",
  updatedAt: "2026-03-13T08:00:00.000Z",
};

export const PolicyBody = z
  .object({
    id: z.uuid(),
    name: z.string(),
    description: z.string(),
    enabled: z.boolean(),
    accounts: z.array(z.uuid()).nullable(),
    conditions: z.array(Condition),
    createdBy: z.string().nullable(),
    version: z.int(),
    createdAt: time,
    updatedAt: time,
  })
  .openapi("Policy", { example });

export const policyBody = (row: Policy): z.input<typeof PolicyBody> => ({
  id: row.id,
  ...inputOf(row),
  createdBy: row.createdBy,
  version: row.version,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});

/** A policy as somebody would write it. */
export const inputOf = ({ name, description, enabled, accounts, conditions }: Policy): PolicyInput => ({
  name,
  description,
  enabled,
  accounts: accounts && [...accounts],
  conditions: [...conditions],
});

/** How one condition came out. */
export const ConditionResultBody = z.object({
  condition: Condition,
  result: z
    .enum(["pass", "fail", "unknown"])
    .openapi({ description: "`unknown`: without evidence; the policy fails." }),
  reason: z.string(),
});
const exampleResult = {
  condition: example.conditions[0] ?? { kind: "scan_complete" as const },
  result: "fail" as const,
  reason: "There are more than 0 open findings of severity critical or above.",
};
const exampleEvaluation = {
  id: "0199e0b3-0000-7000-8000-000000000005",
  policyId: exampleId,
  policyName: example.name,
  policyVersion: 1,
  scanId: exampleScanId,
  accountId: exampleAccountId,
  trigger: "scan" as const,
  result: "fail" as const,
  conditions: [exampleResult],
  createdAt: "2026-03-13T10:00:00.000Z",
};

export const EvaluationBody = z
  .object({
    id: z.uuid(),
    policyId: z.uuid(),
    policyName: z.string(),
    policyVersion: z.int(),
    scanId: z.uuid(),
    accountId: z.uuid().nullable(),
    trigger: z.enum(["scan", "api"]).openapi({ description: "The end of the scan, or somebody who asked." }),
    result: z.enum(["pass", "fail"]),
    conditions: z.array(ConditionResultBody),
    createdAt: time,
  })
  .openapi("Evaluation", { example: exampleEvaluation });

export const evaluationBody = ({ orgId: _, conditions, ...row }: EvaluationRow): z.input<typeof EvaluationBody> => ({
  ...row,
  conditions: [...conditions],
});

export const EvaluatedBody = z
  .object({
    result: z.enum(["pass", "fail"]).openapi({ description: "`pass`: every policy passes." }),
    evaluations: z.array(EvaluationBody),
  })
  .openapi("ScanEvaluation", { example: { result: "fail", evaluations: [exampleEvaluation] } });

export const evaluatedBody = ({ result, evaluations }: Evaluated): z.input<typeof EvaluatedBody> => ({
  result,
  evaluations: evaluations.map(evaluationBody),
});

export const ViolationBody = ConditionResultBody.extend({
  evaluationId: z.uuid(),
  policyId: z.uuid(),
  policyName: z.string(),
  evaluatedAt: time,
}).openapi("PolicyViolation", {
  example: {
    ...exampleResult,
    evaluationId: exampleEvaluation.id,
    policyId: exampleId,
    policyName: example.name,
    evaluatedAt: exampleEvaluation.createdAt,
  },
});

export const violationBody = (violation: Violation): z.input<typeof ViolationBody> => ({ ...violation });
