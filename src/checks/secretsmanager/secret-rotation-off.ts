import type { About, Check, Examples } from "#checks/check";
import { dayMs, isOlderThan } from "#checks/days";
import { exampleSecret } from "./examples.ts";
import { isOwn } from "./shared.ts";

interface Params {
  /** What was last changed longer ago than this is grave. */
  readonly maxAgeDays: number;
}

export const check: Check<"secretsmanager.secrets", Params> = {
  id: "secret_rotation_off",
  severity: "medium",
  category: "security",
  domain: "secrets_lifecycle",
  effort: "medium",
  confidence: 1,
  drift: true,
  resources: ["secretsmanager.secrets"],
  decisive: [],
  params: { maxAgeDays: 90 },
  judge({ name, createdAt, attributes, observed }, { now, params, place }) {
    if (!isOwn(attributes, place)) return null;
    if (attributes.rotationEnabled) return { status: "pass" };
    const lastChangedAt = observed?.lastChangedAt ?? createdAt;
    const isOld = lastChangedAt !== null && isOlderThan(params.maxAgeDays, lastChangedAt, now);
    return {
      status: "fail",
      severity: isOld ? "high" : "medium",
      summary: `Secret ${name} is not rotated automatically${isOld ? ` and was last changed on ${lastChangedAt.slice(0, 10)}` : ""}.`,
      details: { lastChangedAt },
      variants: isOld ? ["old"] : [],
      evidence: [
        { call: "secretsmanager:ListSecrets", field: "SecretList[].RotationEnabled", value: false },
        { call: "secretsmanager:ListSecrets", field: "SecretList[].LastChangedDate", value: lastChangedAt },
      ],
    };
  },
};

export const about: About = {
  title: "Nothing replaces the secret of itself",
  rationale: "A password that waits for a person to change it stays for years, and so does every copy of it.",
  remediation:
    "Give it a rotation every 30 to 90 days. For the passwords of AWS's databases the function is there already; for others write one.",
  controls: {
    aws_fsbp: ["SecretsManager.1"],
    nist_800_53_r5: [
      "ac_2_1",
      "ac_3_3",
      "ac_3_3_a",
      "ac_3_3_b_1",
      "ac_3_3_b_2",
      "ac_3_3_b_3",
      "ac_3_3_b_4",
      "ac_3_3_b_5",
      "ac_3_3_c",
      "ac_3_4",
      "ac_3_4_a",
      "ac_3_4_b",
      "ac_3_4_c",
      "ac_3_4_d",
      "ac_3_4_e",
      "ac_3_8",
      "ac_3_12_a",
      "ac_3_13",
      "ac_3_15_a",
      "ac_3_15_b",
      "ac_4_28",
      "ac_24",
      "cm_5_1_a",
      "sc_23_3",
    ],
    "pci_dss_4.0": ["3.5.1", "8.2.2", "8.3.2", "8.3.5", "8.3.7", "8.3.9", "8.3.10.1", "8.6.3"],
    hipaa: ["164_308_a_4_ii_c"],
  },
  variants: { old: { aws_fsbp: ["SecretsManager.4"] } },
};

export const examples = (): Examples<"secretsmanager.secrets", Params> => {
  const after = (days: number, ms = 0): Date => new Date(Date.parse("2026-01-01T00:00:00.000Z") + days * dayMs + ms);
  return {
    pass: [{ name: "rotated", now: after(1000), found: exampleSecret({ rotationEnabled: true }) }],
    fail: [
      { name: "new", now: after(1), found: exampleSecret(), expect: { severity: "medium", variants: [] } },
      { name: "changed exactly 90 days ago", now: after(90), found: exampleSecret(), expect: { severity: "medium" } },
      {
        name: "changed more than 90 days ago",
        now: after(90, 1),
        found: exampleSecret(),
        expect: { severity: "high", variants: ["old"] },
      },
      {
        name: "never changed since it was made",
        now: after(100),
        found: exampleSecret({}, { lastChangedAt: null }),
        expect: { severity: "high" },
      },
      {
        name: "a longer age",
        now: after(100),
        params: { maxAgeDays: 180 },
        found: exampleSecret(),
        expect: { severity: "medium" },
      },
      {
        name: "no date at all",
        now: after(100),
        found: exampleSecret({}, { lastChangedAt: null }, { createdAt: null }),
        expect: { severity: "medium" },
      },
      { name: "with copies elsewhere", now: after(1), found: exampleSecret({ primaryRegion: "eu-west-1" }) },
    ],
    notApplicable: [
      { name: "marked for deletion", found: exampleSecret({ deletedAt: "2026-05-01T00:00:00.000Z" }) },
      { name: "a service's own", found: exampleSecret({ owningService: "rds" }) },
      { name: "a copy", found: exampleSecret({ primaryRegion: "us-east-1" }) },
    ],
  };
};
