import type { About, Check, Examples } from "#checks/check";
import { exampleKey, exampleUnreadKey } from "./examples.ts";
import { called, undescribed } from "./shared.ts";

interface Params {
  readonly maxDays: number;
}

export const check: Check<"kms.keys", Params> = {
  id: "kms_rotation_off",
  severity: "medium",
  category: "security",
  domain: "secrets_lifecycle",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["kms.keys"],
  decisive: ["rotationEnabled", "rotationPeriodDays"],
  params: { maxDays: 365 },
  judge(key, { params }) {
    const { keyManager, keySpec, origin, multiRegionKeyType, rotationEnabled, rotationPeriodDays } = key.attributes;
    if (keyManager === undefined || key.state === null) return undescribed;
    const mayRotate = keyManager === "CUSTOMER" && keySpec === "SYMMETRIC_DEFAULT" && origin === "AWS_KMS";
    if (!mayRotate || key.state !== "Enabled" || multiRegionKeyType === "REPLICA" || rotationEnabled === null)
      return null;
    if (rotationEnabled === undefined || rotationPeriodDays === undefined)
      return { status: "unknown", reason: "kms:GetKeyRotationStatus could not be read" };
    if (rotationEnabled && (rotationPeriodDays ?? 365) <= params.maxDays) return { status: "pass" };
    return {
      status: "fail",
      summary: rotationEnabled
        ? `KMS key ${called(key)} rotates every ${rotationPeriodDays} days only.`
        : `KMS key ${called(key)} does not rotate.`,
      details: { rotationEnabled, rotationPeriodDays },
      evidence: [
        { call: "kms:GetKeyRotationStatus", field: "KeyRotationEnabled", value: rotationEnabled },
        { call: "kms:GetKeyRotationStatus", field: "RotationPeriodInDays", value: rotationPeriodDays },
      ],
    };
  },
};

export const about: About = {
  title: "A customer managed key keeps its material for ever",
  rationale:
    "If the material of a key ever leaks, everything that was encrypted with it since it was made is lost at once.",
  remediation:
    "Switch automatic rotation on. KMS keeps the old material for what was encrypted with it, so nothing has to be encrypted again.",
  controls: {
    aws_fsbp: ["KMS.4"],
    "cis_aws_3.0": ["3.6"],
    "cis_aws_5.0": ["3.6"],
    "cis_aws_6.0": ["4.6"],
    "cis_aws_7.0": ["4.6"],
    gdpr: ["article_25", "article_30"],
    hipaa: ["164_312_a_2_iv"],
    iso_27001_2022: ["A.8.5", "A.8.11", "A.8.24"],
    nist_800_53_r5: ["cm_6_a", "cm_9_b", "sa_9_6", "sc_12", "sc_12_2", "sc_12_6"],
    "pci_dss_4.0": ["3.7.4", "3.7.5"],
    soc2: ["pi_1_5"],
  },
};

export function examples(): Examples<"kms.keys", Params> {
  const off = { rotationEnabled: false, rotationPeriodDays: null };
  return {
    pass: [
      { name: "every year", found: exampleKey() },
      { name: "a year where AWS names no period", found: exampleKey({ rotationPeriodDays: null }) },
      { name: "a longer period allowed", found: exampleKey({ rotationPeriodDays: 730 }), params: { maxDays: 730 } },
    ],
    fail: [
      { name: "never", found: exampleKey(off), expect: { severity: "medium", details: { rotationEnabled: false } } },
      {
        name: "a day more than a year",
        found: exampleKey({ rotationPeriodDays: 366 }),
        expect: { details: { rotationEnabled: true, rotationPeriodDays: 366 } },
      },
      { name: "the primary of several regions", found: exampleKey({ ...off, multiRegionKeyType: "PRIMARY" }) },
    ],
    unknown: [
      { name: "description denied", found: exampleUnreadKey() },
      {
        name: "rotation denied",
        found: exampleKey({ rotationEnabled: undefined, rotationPeriodDays: undefined }),
      },
    ],
    notApplicable: [
      { name: "AWS's own", found: exampleKey({ ...off, keyManager: "AWS" }) },
      { name: "for signatures", found: exampleKey({ ...off, keySpec: "RSA_2048" }) },
      { name: "imported", found: exampleKey({ ...off, origin: "EXTERNAL" }) },
      { name: "a replica", found: exampleKey({ ...off, multiRegionKeyType: "REPLICA" }) },
      { name: "disabled", found: exampleKey(off, { state: "Disabled" }) },
      { name: "KMS says it cannot", found: exampleKey({ rotationEnabled: null, rotationPeriodDays: null }) },
    ],
  };
}
