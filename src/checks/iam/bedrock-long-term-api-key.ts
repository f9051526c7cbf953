import type { FoundBy } from "#collectors/registry";
import type { About, Check, Examples } from "#checks/check";
import { dayMs, daysUntil } from "#checks/days";

interface Params {
  readonly maxLifeDays: number;
  /** Whoever uses a key that ends within this time has to be warned. */
  readonly warnDays: number;
}

export const check: Check<"iam.serviceSpecificCredentials", Params> = {
  id: "bedrock_long_term_api_key",
  severity: "high",
  category: "security",
  domain: "secrets_lifecycle",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: ["iam.serviceSpecificCredentials"],
  decisive: ["expiresAt"],
  params: { maxLifeDays: 90, warnDays: 14 },
  judge({ nativeId, createdAt, expiresAt = null, state, attributes }, { now, params }) {
    const { serviceName, active, userName } = attributes;
    if (serviceName !== "bedrock.amazonaws.com") return null;
    const left = expiresAt === null ? Infinity : Date.parse(expiresAt) - now.getTime();
    const isExpiring = left <= params.warnDays * dayMs;
    if (!active || left <= 0 || (!isExpiring && left <= params.maxLifeDays * dayMs)) return { status: "pass" };
    return {
      status: "fail",
      severity: isExpiring ? "medium" : "high",
      summary: `Bedrock API key ${nativeId} of ${userName} ${expiresAt === null ? "never ends" : `ends on ${expiresAt.slice(0, 10)}`}.`,
      details: {
        credentialId: nativeId,
        userName,
        createdAt,
        expiresAt,
        reason: isExpiring ? "expiring" : expiresAt === null ? "no_end" : "far_end",
      },
      evidence: [
        { call: "iam:ListServiceSpecificCredentials", field: "ExpirationDate", value: expiresAt },
        { call: "iam:ListServiceSpecificCredentials", field: "Status", value: state },
      ],
    };
  },
  atRead: ({ expiresAt }, now) => (typeof expiresAt === "string" ? { daysUntilExpiry: daysUntil(expiresAt, now) } : {}),
};

export const about: About = {
  title: "An API key for Bedrock lives long",
  rationale:
    "It is a plain text that anybody can use from anywhere: once it is in a repository, strangers run their models on your bill until it ends.",
  remediation:
    "Call Bedrock with a role, or with short-term keys of at most twelve hours, and delete this one. If it ends soon, first see who still uses it.",
  controls: {},
};

export function examples(): Examples<"iam.serviceSpecificCredentials", Params> {
  const now = new Date("2026-06-01T00:00:00.000Z");
  const after = (days: number, ms = 0): string => new Date(now.getTime() + days * dayMs + ms).toISOString();
  const key = (
    expiresAt: string | null,
    attributes: Partial<FoundBy<"iam.serviceSpecificCredentials">["attributes"]> = {},
  ): FoundBy<"iam.serviceSpecificCredentials"> => ({
    nativeId: "ACCAEXAMPLEKEY0000001",
    arn: null,
    name: "alice-at-111122223333",
    state: "Active",
    tags: {},
    createdAt: "2026-05-01T00:00:00.000Z",
    expiresAt,
    region: null,
    attributes: {
      userName: "alice",
      serviceName: "bedrock.amazonaws.com",
      serviceUserName: "alice-at-111122223333",
      active: true,
      ...attributes,
    },
  });
  return {
    pass: [
      { name: "90 days left to the second", now, found: key(after(90)) },
      { name: "just over 14 days left", now, found: key(after(14, 1)) },
      { name: "ended", now, found: key(after(0)) },
      { name: "switched off", now, found: key(null, { active: false }) },
      { name: "a longer life allowed", now, params: { maxLifeDays: 365 }, found: key(after(180)) },
    ],
    fail: [
      { name: "no end", now, found: key(null), expect: { severity: "high", details: { reason: "no_end" } } },
      {
        name: "just over 90 days left",
        now,
        found: key(after(90, 1)),
        expect: { severity: "high", details: { reason: "far_end" } },
      },
      {
        name: "14 days left to the second",
        now,
        found: key(after(14)),
        expect: { severity: "medium", details: { reason: "expiring" } },
      },
      { name: "a moment left", now, found: key(after(0, 1)), expect: { severity: "medium" } },
    ],
    notApplicable: [{ name: "of CodeCommit", now, found: key(null, { serviceName: "codecommit.amazonaws.com" }) }],
  };
}
