import type { About, Check, Examples } from "#checks/check";
import { actionsOf, allows, publicGrants } from "#checks/public-policy";
import type { PolicyStatement } from "#collectors/policy";
import { exampleKey } from "./examples.ts";
import { called } from "./shared.ts";

/** What uncovers or destroys data, or gives its taker the rest. */
const dangerous = [
  "kms:CreateGrant",
  "kms:Decrypt",
  "kms:PutKeyPolicy",
  "kms:ReEncryptFrom",
  "kms:ScheduleKeyDeletion",
];

export const check: Check<"kms.keys"> = {
  id: "kms_key_public_policy",
  severity: "critical",
  category: "security",
  domain: "data_protection",
  effort: "low",
  confidence: 0.95,
  drift: true,
  resources: ["kms.keys"],
  decisive: ["actions"],
  params: {},
  judge(key) {
    const { policy } = key.attributes;
    if (policy === undefined) return { status: "unknown", reason: "kms:GetKeyPolicy could not be read" };
    const grants = publicGrants(policy).filter((grant) => dangerous.some((action) => allows(grant, action)));
    if (grants.length === 0) return { status: "pass" };
    return {
      status: "fail",
      exposure: key.state === null || key.state === "Enabled" ? "internet" : "idle",
      summary: `The policy of KMS key ${called(key)} lets anybody with an AWS account use it.`,
      details: { actions: actionsOf(grants), state: key.state },
      evidence: [
        { call: "kms:GetKeyPolicy", field: "Policy.Statement", value: grants.map(({ statement }) => statement) },
      ],
    };
  },
};

export const about: About = {
  title: "Anybody may use a KMS key",
  rationale: "Encryption keeps nobody out when everyone may decrypt: whoever gets at the data gets at its text, too.",
  remediation:
    "Name the account and the roles that need the key as principals. Where it has to be everyone, as for a service that calls on their behalf, add kms:CallerAccount.",
  controls: { aws_fsbp: ["KMS.5"], "cis_aws_7.0": ["2.21"], iso_27001_2022: ["A.8.1"] },
};

export function examples(): Examples<"kms.keys"> {
  const open: PolicyStatement = {
    sid: null,
    effect: "Allow",
    principals: { AWS: ["*"] },
    notPrincipals: {},
    actions: ["kms:*"],
    notActions: [],
    resources: ["*"],
    notResources: [],
    conditions: [],
  };
  const policy = (...statements: readonly Partial<PolicyStatement>[]) =>
    exampleKey({ policy: statements.map((statement) => ({ ...open, ...statement })) });
  const via = { operator: "StringEquals", key: "kms:ViaService", values: ["s3.eu-west-1.amazonaws.com"] };
  const caller = { operator: "StringEquals", key: "kms:CallerAccount", values: ["111122223333"] };
  return {
    pass: [
      { name: "the account", found: policy({ principals: { AWS: ["arn:aws:iam::111122223333:root"] } }) },
      { name: "everyone of the account, by a service", found: policy({ conditions: [via, caller] }) },
      { name: "everyone may only look", found: policy({ actions: ["kms:DescribeKey", "kms:Encrypt"] }) },
      { name: "no policy", found: exampleKey({ policy: null }) },
    ],
    fail: [
      {
        name: "everyone, everything",
        found: policy({}),
        expect: { severity: "critical", exposure: "internet", details: { actions: ["kms:*"] } },
      },
      {
        name: "everyone may decrypt",
        found: policy({ actions: ["kms:Encrypt", "kms:De*"] }),
        expect: { details: { actions: ["kms:De*", "kms:Encrypt"] } },
      },
      { name: "everyone may make grants", found: policy({ actions: ["kms:CreateGrant"] }) },
      { name: "everyone by a service", found: policy({ conditions: [via] }) },
      {
        name: "disabled",
        found: { ...policy({}), state: "Disabled" },
        expect: { severity: "critical", exposure: "idle" },
      },
    ],
    unknown: [{ name: "denied", found: exampleKey({ policy: undefined }) }],
  };
}
