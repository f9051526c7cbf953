import type { About, Check, Examples } from "#checks/check";
import { dayMs, daysUntil } from "#checks/days";
import { exampleParameter } from "./examples.ts";

interface Params {
  readonly warnDays: number;
  /** With so many days left, or fewer, the finding is high. */
  readonly highDays: number;
}

export const check: Check<"ssm.parameters", Params> = {
  id: "ssm_parameter_expiring",
  severity: "medium",
  category: "reliability",
  domain: "secrets_lifecycle",
  effort: "low",
  confidence: 1.0,
  drift: false,
  resources: ["ssm.parameters"],
  decisive: ["expiresAt", "changeDueAt"],
  params: { warnDays: 30, highDays: 7 },
  judge({ name, nativeId, attributes }, { now, params }) {
    const { expiresAt, noChangeAfterHours, lastModifiedAt } = attributes;
    if (expiresAt === undefined || noChangeAfterHours === undefined)
      return { status: "unknown", reason: "ssm:DescribeParameters gave a policy that cannot be read" };
    if (noChangeAfterHours !== null && lastModifiedAt === null)
      return { status: "unknown", reason: "ssm:DescribeParameters does not say when it last changed" };
    const isWithin = (days: number): boolean =>
      expiresAt !== null && Date.parse(expiresAt) - now.getTime() <= days * dayMs;
    const isEnding = isWithin(params.warnDays);
    const changeDueAt = dueAt(lastModifiedAt, noChangeAfterHours);
    if (!isEnding && (changeDueAt === null || Date.parse(changeDueAt) >= now.getTime())) return { status: "pass" };
    const call = "ssm:DescribeParameters";
    return {
      status: "fail",
      severity: isEnding ? (isWithin(params.highDays) ? "high" : "medium") : "low",
      summary: isEnding
        ? `Parameter ${name ?? nativeId} is deleted by its policy on ${expiresAt?.slice(0, 10)}.`
        : `Parameter ${name ?? nativeId} was to be changed by ${changeDueAt?.slice(0, 10)}.`,
      details: { name, expiresAt, lastModifiedAt, noChangeAfterHours, changeDueAt },
      evidence: [
        { call, field: "Parameters[].Policies[] (Expiration)", value: expiresAt },
        { call, field: "Parameters[].Policies[] (NoChangeNotification)", value: noChangeAfterHours },
        { call, field: "Parameters[].LastModifiedDate", value: lastModifiedAt },
      ],
    };
  },
  atRead({ expiresAt }, now) {
    const days = typeof expiresAt === "string" ? daysUntil(expiresAt, now) : Number.NaN;
    return { daysUntilExpiry: Number.isNaN(days) ? null : days };
  },
};

const dueAt = (changedAt: string | null, hours: number | null): string | null =>
  changedAt === null || hours === null ? null : new Date(Date.parse(changedAt) + hours * 3_600_000).toISOString();

export const about: About = {
  title: "A parameter is about to be deleted by its policy, or overdue for a change",
  rationale:
    "Once it is gone, every program that reads it fails, often only at its next start. A value nobody has changed for longer than its owner meant to allow is a secret grown old.",
  remediation:
    "Write a new value, with a later date in its policy if it is to stay. If it is to go, move its readers first.",
  controls: {},
};

export const examples = (): Examples<"ssm.parameters", Params> => {
  const now = new Date("2026-02-01T00:00:00.000Z");
  const ends = (expiresAt: string) => exampleParameter({ expiresAt });
  return {
    pass: [
      { name: "no policies", found: exampleParameter(), now },
      { name: "a millisecond more than the warning", found: ends("2026-03-03T00:00:00.001Z"), now },
      { name: "a shorter warning", found: ends("2026-02-20T00:00:00.000Z"), now, params: { warnDays: 14 } },
      { name: "to be changed this very moment", found: exampleParameter({ noChangeAfterHours: 31 * 24 }), now },
      {
        name: "no policies, and no date",
        found: exampleParameter({ lastModifiedAt: null }),
        now,
      },
    ],
    fail: [
      {
        name: "ends with the warning",
        found: ends("2026-03-03T00:00:00.000Z"),
        now,
        expect: { severity: "medium", details: { expiresAt: "2026-03-03T00:00:00.000Z" } },
      },
      {
        name: "a millisecond more than a week",
        found: ends("2026-02-08T00:00:00.001Z"),
        now,
        expect: { severity: "medium" },
      },
      { name: "ends within a week", found: ends("2026-02-08T00:00:00.000Z"), now, expect: { severity: "high" } },
      { name: "should be gone", found: ends("2026-01-31T00:00:00.000Z"), now, expect: { severity: "high" } },
      {
        name: "was to be changed a millisecond ago",
        found: exampleParameter({ noChangeAfterHours: 31 * 24 }),
        now: new Date("2026-02-01T00:00:00.001Z"),
        expect: { severity: "low", details: { changeDueAt: "2026-02-01T00:00:00.000Z" } },
      },
    ],
    unknown: [
      { name: "an end nobody can read", found: exampleParameter({ expiresAt: undefined }), now },
      { name: "a reminder nobody can read", found: exampleParameter({ noChangeAfterHours: undefined }), now },
      {
        name: "a reminder, and no date",
        found: exampleParameter({ noChangeAfterHours: 24, lastModifiedAt: null }),
        now,
      },
    ],
  };
};
