import type { About, Check, Examples } from "#checks/check";
import { dayMs, isOlderThan } from "#checks/days";
import { exampleDetection, exampleDetector, exampleNoDetector } from "./examples.ts";

interface Params {
  /** GuardDuty counts to 10. Findings below 7 are not asked for. */
  readonly minSeverity: number;
  /** Findings not updated for longer than this count no more. Those older than 30 days are not asked for. */
  readonly days: number;
}

const criticalFrom = 9;
const threatsMax = 50;

export const check: Check<"guardduty.detectors", Params> = {
  id: "guardduty_high_findings",
  severity: "critical",
  category: "security",
  domain: "logging_detection",
  effort: "high",
  confidence: 0.9,
  drift: false,
  resources: ["guardduty.detectors"],
  decisive: ["threats"],
  params: { minSeverity: 7, days: 30 },
  judge({ attributes: { isEnabled }, observed }, { now, params, place }) {
    const findings = observed?.findings;
    if (isEnabled === undefined || findings === undefined)
      return { status: "unknown", reason: "guardduty:GetDetector, ListFindings or GetFindings could not be read" };
    if (findings === null) return null;
    const open = findings.filter(
      ({ severity, updatedAt }) =>
        severity >= params.minSeverity && (updatedAt === null || !isOlderThan(params.days, updatedAt, now)),
    );
    const [worst] = open;
    if (!worst) return { status: "pass" };
    const isCritical = open.some(({ type, severity }) => severity >= criticalFrom || type.startsWith("AttackSequence"));
    const threats = open
      .slice(0, threatsMax)
      .map(({ type, resourceType, resource }) => ({ type, resourceType, resource }));
    return {
      status: "fail",
      severity: isCritical ? "critical" : "high",
      summary: `GuardDuty in ${place.region} reports ${worst.type} about ${worst.resource ?? worst.resourceType}${open.length > 1 ? `, and ${open.length - 1} more` : ""}.`,
      details: { threats, hasMore: open.length > threatsMax || observed?.hasMoreFindings === true },
      evidence: threats.map(({ type }) => ({ call: "guardduty:GetFindings", field: "Findings[].Type", value: type })),
    };
  },
};

export const about: About = {
  title: "GuardDuty sees a grave threat nobody has dealt with",
  rationale: "It is the trace of an attack that may still go on, and it waits for somebody to look.",
  remediation:
    "Find out what happened, cut off the resource or the credential it is about, and archive the finding in GuardDuty when it is dealt with.",
  controls: {
    nist_800_53_r5: ["ir_4_a"],
    soc2: ["cc_3_2", "cc_4_2", "cc_7_3", "cc_7_4"],
    iso_27001_2022: ["A.5.19", "A.5.21", "A.5.25", "A.5.28", "A.5.29", "A.8.7", "A.8.9"],
    hipaa: ["164_308_a_6_ii"],
  },
};

export const examples = (): Examples<"guardduty.detectors", Params> => {
  const now = new Date("2026-06-19T00:00:00.000Z");
  const later = new Date(now.getTime() + 1);
  const found = (...findings: readonly ReturnType<typeof exampleDetection>[]) => exampleDetector({}, { findings });
  const sequence = exampleDetection({ type: "AttackSequence:IAM/CompromisedCredentials", severity: 8.9 });
  return {
    pass: [
      { name: "nothing found", found: exampleDetector() },
      { name: "not updated for more than 30 days", now: later, found: found(exampleDetection()) },
      { name: "not grave enough", now, found: found(exampleDetection()), params: { minSeverity: 8.1 } },
    ],
    fail: [
      {
        name: "updated 30 days ago",
        now: new Date(now.getTime() - dayMs),
        params: { days: 30 },
        found: found(exampleDetection()),
        expect: {
          severity: "high",
          details: {
            threats: [
              { type: "Backdoor:EC2/C&CActivity.B!DNS", resourceType: "Instance", resource: "i-0123456789abcdef0" },
            ],
            hasMore: false,
          },
        },
      },
      { name: "exactly 30 days ago", now, found: found(exampleDetection()) },
      { name: "of severity 7", now, found: found(exampleDetection({ severity: 7 })), expect: { severity: "high" } },
      { name: "of severity 8.9", now, found: found(exampleDetection({ severity: 8.9 })), expect: { severity: "high" } },
      { name: "of severity 9", now, found: found(exampleDetection({ severity: 9 })), expect: { severity: "critical" } },
      {
        name: "a sequence of steps",
        now,
        found: found(exampleDetection(), sequence),
        expect: { severity: "critical" },
      },
      { name: "no date, no name", now: later, found: found(exampleDetection({ updatedAt: null, resource: null })) },
      {
        name: "more than were read",
        now,
        found: exampleDetector({}, { findings: [exampleDetection()], hasMoreFindings: true }),
        expect: { details: { hasMore: true } },
      },
    ],
    unknown: [
      { name: "findings denied", found: exampleDetector({}, { findings: undefined }) },
      { name: "detector denied", found: exampleDetector({ isEnabled: undefined }, { findings: null }) },
    ],
    notApplicable: [
      { name: "no detector", found: exampleNoDetector() },
      { name: "suspended", found: exampleDetector({ isEnabled: false }, { findings: null }) },
    ],
  };
};
