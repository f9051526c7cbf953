import type { About, Check, Examples } from "#checks/check";
import { dayMs, daysUntil } from "#checks/days";
import type { FoundBy } from "#collectors/registry";
import { exampleSecret } from "./examples.ts";
import { isOwn } from "./shared.ts";

interface Params {
  /** Tags that may say when it ends, the first that holds a date counts. */
  readonly expiryTagKeys: readonly string[];
  /** How old a secret may get that nothing else says an end of. */
  readonly maxAgeDays: number;
  /** Warned so many days before. */
  readonly warnDays: number;
  /** A rotation may be late by this. */
  readonly overdueGraceDays: number;
}

const soonDays = 7;

export const check: Check<"secretsmanager.secrets", Params> = {
  id: "secret_expiring",
  severity: "medium",
  category: "security",
  domain: "secrets_lifecycle",
  effort: "medium",
  confidence: 0.9,
  drift: false,
  resources: ["secretsmanager.secrets"],
  decisive: ["expiresAt"],
  params: {
    expiryTagKeys: ["expires-at", "expiry", "ExpirationDate", "expires_on"],
    maxAgeDays: 90,
    warnDays: 30,
    overdueGraceDays: 1,
  },
  judge(found, { now, params, place }) {
    if (!isOwn({ ...found.attributes, owningService: null }, place)) return null;
    const end = endOf(found, params);
    if (end === null) return null;
    const { expiresAt, source, field } = end;
    const leftMs = Date.parse(expiresAt) - now.getTime();
    // One that rotates itself is due only when it did not.
    const warnDays = source === "rotation" ? -params.overdueGraceDays : params.warnDays;
    if (source === "rotation" ? leftMs >= warnDays * dayMs : leftMs > warnDays * dayMs) return { status: "pass" };
    return {
      status: "fail",
      severity: leftMs < 0 ? "high" : leftMs <= soonDays * dayMs ? "medium" : "low",
      summary: `Secret ${found.name} ${source === "rotation" ? "was to be rotated by" : "is to be replaced by"} ${expiresAt.slice(0, 10)}.`,
      details: { expiresAt, source },
      variants: source === "rotation" ? ["rotation"] : source === "policy" && leftMs < 0 ? ["age"] : [],
      evidence: [{ call: "secretsmanager:ListSecrets", field: `SecretList[].${field}`, value: end.value }],
    };
  },
  deadline: (found, params) => endOf(found, params)?.expiresAt ?? null,
  atRead: ({ expiresAt }, now) => {
    const days = daysUntil(String(expiresAt), now);
    return { daysUntilExpiry: Number.isNaN(days) ? null : days };
  },
};

interface End {
  readonly expiresAt: string;
  readonly source: "tag" | "rotation" | "policy";
  /** Where it stands in AWS's answer, and what is written there. */
  readonly field: string;
  readonly value: string;
}

/** null: it has none. */
function endOf(
  { tags, createdAt, attributes, observed }: FoundBy<"secretsmanager.secrets">,
  params: Params,
): End | null {
  const key = params.expiryTagKeys.find((one) => timeOf(tags[one]) !== null);
  const tag = key === undefined ? undefined : tags[key];
  const tagged = timeOf(tag);
  if (tag !== undefined && tagged !== null)
    return { expiresAt: tagged, source: "tag", field: `Tags[${key}]`, value: tag };
  const next = observed?.nextRotationAt;
  if (attributes.rotationEnabled && next)
    return { expiresAt: next, source: "rotation", field: "NextRotationDate", value: next };
  if (attributes.owningService !== null) return null;
  const dates = [
    ["LastRotatedDate", observed?.lastRotatedAt],
    ["LastChangedDate", observed?.lastChangedAt],
    ["CreatedDate", createdAt],
  ] as const;
  const [field, value] = dates.find(([, date]) => date) ?? [];
  if (!field || !value) return null;
  const expiresAt = new Date(Date.parse(value) + params.maxAgeDays * dayMs).toISOString();
  return { expiresAt, source: "policy", field, value };
}

/** A date, or a date with a time, as ISO 8601 writes it; null: it is none. */
function timeOf(text: string | undefined): string | null {
  if (text === undefined || !/^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?$/.test(text)) return null;
  const time = Date.parse(text.includes("T") && !/(Z|[+-]\d\d:\d\d)$/.test(text) ? `${text}Z` : text);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

export const about: About = {
  title: "A secret is due to be replaced",
  rationale:
    "One with an end stops working on that day, and what uses it with it. One without is known to more people, machines and logs the older it gets.",
  remediation:
    "Replace the value, and write the next end into its tag. Better, have it rotated: then only a rotation that did not happen is reported.",
  controls: {},
  variants: {
    rotation: { aws_fsbp: ["SecretsManager.2"] },
    age: { aws_fsbp: ["SecretsManager.4"] },
  },
};

export const examples = (): Examples<"secretsmanager.secrets", Params> => {
  const now = new Date("2026-04-01T00:00:00.000Z");
  const at = (days: number, ms = 0) => new Date(now.getTime() + days * dayMs + ms).toISOString();
  const tagged = (expiry: string, key = "expiry") => exampleSecret({}, {}, { tags: { [key]: expiry } });
  const rotating = (nextRotationAt: string | null) => exampleSecret({ rotationEnabled: true }, { nextRotationAt });
  const changed = (lastChangedAt: string) => exampleSecret({}, { lastChangedAt });
  return {
    pass: [
      { name: "31 days left, by its tag", now, found: tagged(at(31).slice(0, 10)) },
      { name: "a moment more than 30 days left", now, found: tagged(at(30, 1)) },
      { name: "to be rotated tomorrow", now, found: rotating(at(1)) },
      { name: "rotation late by a day", now, found: rotating(at(-1)) },
      { name: "changed lately", now, found: changed(at(-59)) },
      { name: "rotated by hand lately", now, found: exampleSecret({}, { lastRotatedAt: at(-10) }) },
      { name: "older ones allowed", now, params: { maxAgeDays: 365 }, found: exampleSecret() },
    ],
    fail: [
      {
        name: "30 days left, by its tag",
        now,
        found: tagged(at(30)),
        expect: { severity: "low", details: { expiresAt: at(30), source: "tag" }, variants: [] },
      },
      {
        name: "a moment more than 7 days left",
        now,
        found: tagged(at(7, 1), "expires-at"),
        expect: { severity: "low" },
      },
      { name: "7 days left", now, found: tagged(at(7), "ExpirationDate"), expect: { severity: "medium" } },
      { name: "the very moment", now, found: tagged("2026-04-01"), expect: { severity: "medium" } },
      { name: "past", now, found: tagged(at(0, -1)), expect: { severity: "high" } },
      {
        name: "a time without a zone",
        now,
        found: tagged("2026-04-10T12:00:00"),
        expect: { details: { expiresAt: "2026-04-10T12:00:00.000Z" } },
      },
      { name: "a tag of one's own", now, params: { expiryTagKeys: ["end"] }, found: tagged("2026-04-10", "end") },
      {
        name: "rotation late by more than a day",
        now,
        found: rotating(at(-1, -1)),
        expect: { severity: "high", details: { source: "rotation" }, variants: ["rotation"] },
      },
      {
        name: "a service's own, whose rotation is late",
        now,
        found: exampleSecret({ rotationEnabled: true, owningService: "rds" }, { nextRotationAt: at(-2) }),
      },
      {
        name: "90 days old today",
        now,
        found: changed(at(-90)),
        expect: { severity: "medium", details: { expiresAt: at(0), source: "policy" }, variants: [] },
      },
      { name: "more than 90 days old", now, found: changed(at(-91)), expect: { severity: "high", variants: ["age"] } },
      {
        name: "a tag that is no date, and never changed",
        now,
        found: exampleSecret({}, { lastChangedAt: null }, { tags: { expiry: "never" } }),
        expect: { severity: "medium", details: { source: "policy" } },
      },
      { name: "a day that is none", now, found: tagged("2026-13-01"), expect: { details: { source: "policy" } } },
      {
        name: "rotated, and AWS does not say when next",
        now,
        found: rotating(null),
        expect: { details: { source: "policy" } },
      },
    ],
    notApplicable: [
      { name: "marked for deletion", now, found: exampleSecret({ deletedAt: at(-1) }) },
      { name: "a service's own", now, found: exampleSecret({ owningService: "rds" }) },
      { name: "a copy", now, found: exampleSecret({ primaryRegion: "us-east-1" }) },
      { name: "no date at all", now, found: exampleSecret({}, { lastChangedAt: null }, { createdAt: null }) },
    ],
  };
};
