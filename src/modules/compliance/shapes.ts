import { z } from "@hono/zod-openapi";
import { severities } from "#checks/check";
import { scanStatuses } from "#db/schema";
import { commaList, idPath, listOf } from "#http/shapes";
import { AccountRef } from "#modules/accounts";
import { controlStates, type ComplianceScore, type EvidenceCounts } from "#scores/compliance";
import type { DetailedFramework, TitledControl } from "./get.ts";
import type { HistoryPoint } from "./history.ts";
import type { ScanCompliance } from "./of-scan.ts";
import type { ScoredFramework, Scores } from "./score.ts";

export const FrameworkPath = z.object({ id: z.string().openapi({ example: "cis_aws_5.0" }) });

const frameworkList = listOf(/^[a-z][a-z0-9_.-]{1,49}$/, "a framework's id", "cis_aws_5.0,soc2");
const ofAccount = AccountRef.optional().openapi({ description: "One account; left out: the whole organization." });

export const AccountQuery = z.object({ accountId: ofAccount });
export const FrameworkQuery = AccountQuery.extend({ state: commaList(controlStates, "failed").optional() });
export const ScoreQuery = AccountQuery.extend({ framework: frameworkList.optional() });
export const HistoryQuery = ScoreQuery.extend({
  days: z
    .string()
    .regex(/^\d{1,3}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(1).max(366))
    .default(90)
    .openapi({ type: "integer", minimum: 1, maximum: 366, default: 90 }),
});
export const ScanCompliancePath = idPath("0199e0b3-0000-7000-8000-000000000002");
export const ScanComplianceQuery = z.object({ framework: frameworkList.optional() });

const percent = z.number().min(0).max(100);
const evidenceWords = "Automated evidence, not certification.";

const scoreMembers = {
  score: percent.nullable().openapi({
    description: `Pass rates of assessed controls, weighed by severity (10, 6, 3, 1). Null without evidence. ${evidenceWords}`,
  }),
  controlsPassed: percent.nullable().openapi({ description: "Of assessed controls, those without a fail." }),
  controlsPassedWithExceptions: percent.nullable().openapi({
    description: "The same where findings ignored with a reason and an expiry count as passed; null where not known.",
  }),
  coverage: percent.openapi({ description: "Assessed controls of all the framework has." }),
  controlCounts: z.object({
    total: z.int(),
    passed: z.int(),
    failed: z.int(),
    notAssessed: z.int().openapi({ description: "Checks are evidence of them, but nothing could be judged." }),
    notCovered: z.int().openapi({ description: "Nothing is evidence of them." }),
  }),
};
const frameworkMembers = {
  id: z.string(),
  title: z.string(),
  edition: z.string().nullable(),
  builtIn: z.boolean(),
  ...scoreMembers,
};
const Parts = z
  .array(z.object({ severity: z.enum(severities), weight: z.int(), controlsAssessed: z.int(), passRate: z.number() }))
  .openapi({ description: "What the score is made of: Σ weight × controls × mean pass rate / Σ weight × controls." });

const example = {
  id: "cis_aws_5.0",
  title: "CIS AWS Foundations",
  edition: "5.0",
  builtIn: true,
  score: 82,
  controlsPassed: 50,
  controlsPassedWithExceptions: 50,
  coverage: 80,
  controlCounts: { total: 5, passed: 2, failed: 2, notAssessed: 1, notCovered: 0 },
};

export const FrameworkBody = z.object(frameworkMembers).openapi("Framework", { example });

const scoreBody = (score: ComplianceScore) => {
  const { total, passed, failed, not_assessed: notAssessed, not_covered: notCovered } = score.controls;
  return {
    score: score.score,
    controlsPassed: score.controlsPassed,
    controlsPassedWithExceptions: score.controlsPassedWithExceptions,
    coverage: score.coverage,
    controlCounts: { total, passed, failed, notAssessed, notCovered },
  };
};

export const frameworkBody = ({
  framework,
  score,
}: Pick<ScoredFramework, "framework" | "score">): z.input<typeof FrameworkBody> => ({
  id: framework.id,
  title: framework.title,
  edition: framework.edition,
  builtIn: framework.own === null,
  ...scoreBody(score),
});

const rate = (value: number): number => Math.round(value * 10_000) / 10_000;

const ScoredBody = FrameworkBody.extend({ parts: Parts }).openapi("FrameworkScore");
const scoredBody = (one: ScoredFramework): z.input<typeof ScoredBody> => ({
  ...frameworkBody(one),
  parts: one.score.parts.map(({ severity, weight, controlsAssessed, passRates }) => ({
    severity,
    weight,
    controlsAssessed,
    passRate: rate(passRates / controlsAssessed),
  })),
});

const asOf = z.iso.datetime().nullable().openapi({ description: "When it was counted last; null: never." });
export const ScoresBody = z.object({ asOf, frameworks: z.array(ScoredBody) }).openapi("ComplianceScores");
export const scoresBody = ({ asOf, frameworks }: Scores): z.input<typeof ScoresBody> => ({
  asOf,
  frameworks: frameworks.map(scoredBody),
});

export const ScanComplianceBody = ScoresBody.extend({
  scanId: z.uuid(),
  accountId: z.uuid().nullable(),
  status: z.enum(scanStatuses),
}).openapi("ScanCompliance");
export const scanComplianceBody = ({
  scanId,
  accountId,
  status,
  ...scores
}: ScanCompliance): z.input<typeof ScanComplianceBody> => ({
  scanId,
  accountId,
  // safe: nothing else is stored.
  status: status as z.input<typeof ScanComplianceBody>["status"],
  ...scoresBody(scores),
});

export const HistoryBody = z
  .array(
    z.object({
      day: z.iso.date(),
      frameworks: z.array(
        z.object({
          id: z.string(),
          score: scoreMembers.score,
          controlsPassed: scoreMembers.controlsPassed,
          coverage: percent,
        }),
      ),
    }),
  )
  .openapi("ComplianceHistory", {
    example: [{ day: "2026-03-13", frameworks: [{ id: "soc2", score: 82, controlsPassed: 50, coverage: 80 }] }],
  });
export const historyBody = (points: readonly HistoryPoint[]): z.input<typeof HistoryBody> =>
  points.map(({ day, frameworks }) => ({
    day,
    frameworks: frameworks.map(({ framework, score: { score, controlsPassed, coverage } }) => ({
      id: framework.id,
      score,
      controlsPassed,
      coverage,
    })),
  }));

const Evidence = z.object({
  check: z.string().openapi({ description: "A check, or `rule:<id>`." }),
  variant: z.string().nullable(),
  severity: z.enum(severities),
  passed: z.int(),
  failed: z.int(),
  unknown: z.int(),
  excepted: z.int().openapi({ description: "Of `failed`, those ignored with a reason and an expiry." }),
});
const ControlBody = z
  .object({
    id: z.string(),
    title: z.string().openapi({ description: "Our words, or the organization's." }),
    state: z.enum(controlStates),
    weight: z.int().nullable(),
    passRate: z.number().min(0).max(1).nullable(),
    checks: z.array(z.string()).openapi({ description: "`check`, `check/variant` or `rule:<id>`." }),
    evidence: z.array(Evidence).openapi({ description: "Resources, counted check by check." }),
  })
  .openapi("Control");
export const FrameworkDetailBody = ScoredBody.extend({ asOf, controls: z.array(ControlBody) }).openapi(
  "FrameworkWithControls",
  {
    example: {
      ...example,
      parts: [],
      asOf: "2026-03-13T08:04:32.000Z",
      controls: [
        {
          id: "1.13",
          title: "Access keys change every 90 days",
          state: "failed",
          weight: 3,
          passRate: 0.75,
          checks: ["iam_key_old"],
          evidence: [
            { check: "iam_key_old", variant: null, severity: "medium", passed: 3, failed: 1, unknown: 0, excepted: 0 },
          ],
        },
      ],
    },
  },
);

const nameOf = ({ check, variant }: EvidenceCounts): string => (variant === null ? check : `${check}/${variant}`);

const controlBody = (
  { title, control }: TitledControl,
  chosen: readonly string[] | undefined,
): z.input<typeof ControlBody> => ({
  id: control.id,
  title,
  state: control.state,
  weight: control.weight,
  passRate: control.passRate === null ? null : rate(control.passRate),
  checks: [...(chosen ?? control.evidence.map(nameOf))],
  evidence: control.evidence.map((one) => ({ ...one })),
});

export const frameworkDetailBody = ({
  asOf,
  controls,
  ...scored
}: DetailedFramework): z.input<typeof FrameworkDetailBody> => {
  const chosen = new Map(scored.framework.own?.controls.map(({ id, checks }) => [id, checks] as const));
  return {
    ...scoredBody({ ...scored, controls: [] }),
    asOf,
    controls: controls.map((one) => controlBody(one, chosen.get(one.control.id))),
  };
};
