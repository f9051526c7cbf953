import type { About, Check, Examples } from "#checks/check";
import type { Permissions } from "#collectors/iam/shapes";
import { oncePerList } from "#checks/once";
import type { FoundBy } from "#collectors/registry";
import { awsPolicy, exampleGroup, examplePolicy, exampleStatement, exampleUser } from "./examples.ts";
import { grantsAll, isAwsPolicy } from "./shared.ts";

export const check: Check<"iam.users", object, "iam.groups" | "iam.policies"> = {
  id: "iam_user_no_mfa",
  severity: "high",
  category: "security",
  domain: "identity",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["iam.users"],
  reads: ["iam.groups", "iam.policies"],
  condense: {
    "iam.users": ({ attributes }) => {
      const { passwordEnabled, mfaActive, groups } = attributes;
      const isSafe = passwordEnabled === false || mfaActive === true;
      return { passwordEnabled, mfaActive, ...(!isSafe && { groups, ...keepPermissions(attributes) }) };
    },
    "iam.groups": ({ attributes }) => keepPermissions(attributes),
    "iam.policies": ({ attributes: { statements } }) => (statements?.some(grantsAll) ? { statements } : null),
  },
  decisive: [],
  params: {},
  judge({ name, attributes }, { others }) {
    const { passwordEnabled, mfaActive } = attributes;
    if (passwordEnabled === false || mfaActive === true) return { status: "pass" };
    if (typeof passwordEnabled !== "boolean") {
      return { status: "unknown", reason: "iam:GetCredentialReport could not be read, or does not list this user yet" };
    }
    if (mfaActive === undefined) return { status: "unknown", reason: "iam:GetCredentialReport could not be read" };
    const full = grantingAll(others("iam.policies"));
    const groups = byName(others("iam.groups"));
    const holders = [attributes, ...attributes.groups.map((group) => groups.get(group)?.attributes)];
    const isAdministrator = holders.some((holder) => holder && mayDoAll(holder, full));
    return {
      status: "fail",
      severity: isAdministrator ? "critical" : "high",
      summary: `${name}${isAdministrator ? ", who is an administrator," : ""} can sign in to the console with a password alone.`,
      details: { userName: name, passwordEnabled, mfaActive, isAdministrator },
      evidence: [
        { call: "iam:GetCredentialReport", field: "password_enabled", value: "true" },
        { call: "iam:GetCredentialReport", field: "mfa_active", value: "false" },
      ],
    };
  },
};

const byName = oncePerList(
  (groups: readonly FoundBy<"iam.groups">[]) => new Map(groups.map((group) => [group.name, group])),
);
const grantingAll = oncePerList(
  (policies: readonly FoundBy<"iam.policies">[]): ReadonlySet<string> =>
    new Set(
      policies.filter(({ attributes }) => attributes.statements?.some(grantsAll)).map(({ nativeId }) => nativeId),
    ),
);

/** Inline policies are kept only where one of them allows everything. */
const mayDoAll = ({ managedPolicyArns, inlinePolicies }: Partial<Permissions>, full: ReadonlySet<string>): boolean =>
  Boolean(managedPolicyArns?.some((arn) => isAwsPolicy(arn, "AdministratorAccess") || full.has(arn))) ||
  Boolean(inlinePolicies?.some(({ statements }) => statements?.some(grantsAll)));

/** For `condense`: what tells that somebody may do everything. */
const keepPermissions = ({ managedPolicyArns, inlinePolicies }: Permissions): Partial<Permissions> =>
  inlinePolicies.some(({ statements }) => statements?.some(grantsAll))
    ? { managedPolicyArns, inlinePolicies }
    : { managedPolicyArns };

export const about: About = {
  title: "An IAM user signs in to the console without MFA",
  rationale: "Whoever phishes, guesses or finds the password elsewhere is in; nothing else stands in the way.",
  remediation:
    "Have the user register an MFA device, or move the person to IAM Identity Center and remove the IAM user's password.",
  controls: {
    aws_fsbp: ["IAM.5", "IAM.19"],
    "cis_aws_3.0": ["1.10"],
    "cis_aws_5.0": ["1.9"],
    "cis_aws_6.0": ["2.9"],
    "cis_aws_7.0": ["2.10"],
    gdpr: ["article_25"],
    hipaa: ["164_308_a_3_ii_a", "164_312_a_1", "164_312_d"],
    iso_27001_2022: ["A.5.15", "A.5.17", "A.8.5"],
    nist_800_53_r5: [
      "ac_2_1",
      "ac_3_2",
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
      "ac_7_4",
      "ac_7_4_a",
      "ac_24",
      "cm_5_1_a",
      "cm_6_a",
      "cm_9_b",
      "ia_2_1",
      "ia_2_2",
      "ia_2_6",
      "ia_2_6_a",
      "ia_2_8",
      "sc_23_3",
    ],
    "pci_dss_4.0": ["8.4.1", "8.4.2", "8.4.3"],
  },
};

export function examples(): Examples<"iam.users"> {
  const ours = examplePolicy([exampleStatement()]);
  const inline = { inlinePolicies: [{ name: "all", statements: [exampleStatement()] }] };
  const administrator = (
    how: string,
    attributes: Parameters<typeof exampleUser>[0],
    others: Readonly<Record<string, readonly unknown[]>> = {},
  ) => ({
    name: `an administrator ${how}`,
    found: exampleUser(attributes),
    others,
    expect: { severity: "critical" as const, details: { isAdministrator: true } },
  });
  return {
    pass: [
      { name: "password and MFA", found: exampleUser({ mfaActive: true }) },
      { name: "no password", found: exampleUser({ passwordEnabled: false }) },
      {
        name: "MFA, whether or not there is a password",
        found: exampleUser({ mfaActive: true, passwordEnabled: undefined }),
      },
    ],
    fail: [
      {
        name: "password, no MFA",
        found: exampleUser({ groups: ["staff"], managedPolicyArns: [ours.nativeId] }),
        others: { "iam.groups": [exampleGroup()], "iam.policies": [examplePolicy([])] },
        expect: { severity: "high", details: { userName: "alice", isAdministrator: false } },
      },
      administrator("by AWS's policy", { managedPolicyArns: [awsPolicy("AdministratorAccess")] }),
      administrator(
        "by a policy of the account's own",
        { managedPolicyArns: [ours.nativeId] },
        { "iam.policies": [ours] },
      ),
      administrator("by an inline policy", inline),
      administrator("by a group", { groups: ["staff"] }, { "iam.groups": [exampleGroup(inline)] }),
      administrator(
        "by a policy of a group",
        { groups: ["staff"] },
        { "iam.groups": [exampleGroup({ managedPolicyArns: [ours.nativeId] })], "iam.policies": [ours] },
      ),
    ],
    unknown: [
      { name: "no credential report, no device", found: exampleUser({ passwordEnabled: undefined }) },
      {
        name: "neither report nor devices could be read",
        found: exampleUser({ passwordEnabled: undefined, mfaActive: undefined }),
      },
      { name: "devices could not be read", found: exampleUser({ mfaActive: undefined }) },
    ],
  };
}
