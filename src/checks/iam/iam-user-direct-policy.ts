import type { About, Check, Examples } from "#checks/check";
import { awsPolicy, exampleStatement, exampleUser } from "./examples.ts";
import { detailOf } from "./shared.ts";

export const check: Check<"iam.users"> = {
  id: "iam_user_direct_policy",
  severity: "low",
  category: "compliance",
  domain: "identity",
  effort: "medium",
  confidence: 1,
  drift: false,
  resources: ["iam.users"],
  decisive: ["managedPolicyArns", "inlinePolicies"],
  params: {},
  judge(user) {
    const { managedPolicyArns } = user.attributes;
    const inlinePolicies = user.attributes.inlinePolicies.map(({ name }) => name);
    if (managedPolicyArns.length + inlinePolicies.length === 0) return { status: "pass" };
    const names = [...managedPolicyArns.map((arn) => arn.split("/").at(-1)), ...inlinePolicies];
    return {
      status: "fail",
      summary: `${user.name} has ${names.join(", ")} for itself and not through a group.`,
      details: { userName: user.name, managedPolicyArns, inlinePolicies },
      evidence: [
        detailOf(user, "AttachedManagedPolicies[].PolicyArn", managedPolicyArns),
        detailOf(user, "UserPolicyList[].PolicyName", inlinePolicies),
      ],
    };
  },
};

export const about: About = {
  title: "Permissions are attached to a user instead of a group",
  rationale:
    "What one person was given once is found neither by who reviews the groups nor by who clears up after a change of jobs.",
  remediation:
    "Put the permissions into a group, or into a permission set of IAM Identity Center, and detach them from the user.",
  controls: {
    aws_fsbp: ["IAM.2"],
    "cis_aws_3.0": ["1.15"],
    "cis_aws_5.0": ["1.14"],
    "cis_aws_6.0": ["2.14"],
    "cis_aws_7.0": ["2.13"],
    iso_27001_2022: ["A.5.15"],
    nist_800_53_r5: [
      "ac_2_1",
      "ac_2_6",
      "ac_2_i_2",
      "ac_3",
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
      "ac_3_7",
      "ac_3_8",
      "ac_3_12_a",
      "ac_3_13",
      "ac_3_15_a",
      "ac_3_15_b",
      "ac_4_28",
      "ac_6",
      "ac_6_3",
      "ac_24",
      "cm_5_1_a",
      "cm_6_a",
      "cm_9_b",
      "mp_2",
      "sc_23_3",
    ],
    "pci_dss_4.0": [
      "7.2.1",
      "7.2.2",
      "7.2.5",
      "7.3.1",
      "7.3.2",
      "7.3.3",
      "8.2.1",
      "8.2.2",
      "8.2.4",
      "8.2.5",
      "8.2.7",
      "8.2.8",
      "8.3.4",
      "8.3.11",
    ],
    soc2: ["cc_1_3"],
  },
};

export function examples(): Examples<"iam.users"> {
  const managedPolicyArns = [awsPolicy("ReadOnlyAccess")];
  const inlinePolicies = [{ name: "extra", statements: [exampleStatement()] }];
  return {
    pass: [{ name: "through groups only", found: exampleUser({ groups: ["staff"] }) }],
    fail: [
      {
        name: "a managed policy",
        found: exampleUser({ managedPolicyArns }),
        expect: { severity: "low", details: { managedPolicyArns, inlinePolicies: [] } },
      },
      {
        name: "an inline policy",
        found: exampleUser({ inlinePolicies }),
        expect: { details: { inlinePolicies: ["extra"] } },
      },
      {
        name: "an inline policy whose text is none",
        found: exampleUser({ inlinePolicies: [{ name: "odd", statements: undefined }] }),
      },
    ],
  };
}
