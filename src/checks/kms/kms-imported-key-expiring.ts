import type { About, Check, Examples } from "#checks/check";
import { dayMs, daysUntil } from "#checks/days";
import { exampleKey, exampleUnreadKey } from "./examples.ts";
import { called, undescribed } from "./shared.ts";

interface Params {
  readonly warnDays: number;
}

export const check: Check<"kms.keys", Params> = {
  id: "kms_imported_key_expiring",
  severity: "high",
  category: "reliability",
  domain: "secrets_lifecycle",
  effort: "medium",
  confidence: 1,
  drift: false,
  resources: ["kms.keys"],
  decisive: ["validTo"],
  params: { warnDays: 30 },
  judge(key, { now, params }) {
    const { origin, expirationModel, validTo } = key.attributes;
    if (origin === undefined || expirationModel === undefined || validTo === undefined) return undescribed;
    if (origin !== "EXTERNAL" || key.state === "PendingDeletion") return null;
    if (expirationModel !== "KEY_MATERIAL_EXPIRES" || validTo === null) return { status: "pass" };
    const left = (Date.parse(validTo) - now.getTime()) / dayMs;
    if (left > params.warnDays) return { status: "pass" };
    return {
      status: "fail",
      severity: left <= 7 ? "critical" : left <= 14 ? "high" : "medium",
      summary: `The imported material of KMS key ${called(key)} ends on ${validTo.slice(0, 10)}.`,
      details: { validTo },
      evidence: [{ call: "kms:DescribeKey", field: "KeyMetadata.ValidTo", value: validTo }],
    };
  },
  atRead: ({ validTo }, now) => ({ daysUntilExpiry: daysUntil(String(validTo), now) }),
};

export const about: About = {
  title: "The imported material of a KMS key nears its end",
  rationale:
    "At that moment KMS deletes the material, and nothing that was encrypted under the key can be read until the same material is imported again.",
  remediation:
    "Import the same material once more, with a later end or with none. Make sure first that you still have it.",
  controls: {},
};

export function examples(): Examples<"kms.keys", Params> {
  const end = Date.parse("2026-07-01T00:00:00.000Z");
  const before = (days: number, ms = 0): Date => new Date(end - days * dayMs - ms);
  const imported = { origin: "EXTERNAL", expirationModel: "KEY_MATERIAL_EXPIRES", validTo: "2026-07-01T00:00:00.000Z" };
  const found = exampleKey(imported);
  return {
    pass: [
      { name: "just over 30 days left", now: before(30, 1), found },
      {
        name: "without an end",
        now: before(1),
        found: exampleKey({ ...imported, expirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE", validTo: null }),
      },
      { name: "a shorter warning", now: before(20), params: { warnDays: 10 }, found },
    ],
    fail: [
      {
        name: "30 days left",
        now: before(30),
        found,
        expect: { severity: "medium", details: { validTo: imported.validTo } },
      },
      { name: "just over 14 days left", now: before(14, 1), found, expect: { severity: "medium" } },
      { name: "14 days left", now: before(14), found, expect: { severity: "high" } },
      { name: "just over 7 days left", now: before(7, 1), found, expect: { severity: "high" } },
      { name: "7 days left", now: before(7), found, expect: { severity: "critical" } },
      { name: "ended", now: before(-1), found, expect: { severity: "critical" } },
    ],
    unknown: [{ name: "description denied", found: exampleUnreadKey() }],
    notApplicable: [
      { name: "made by KMS", found: exampleKey() },
      { name: "about to be deleted", now: before(1), found: exampleKey(imported, { state: "PendingDeletion" }) },
    ],
  };
}
