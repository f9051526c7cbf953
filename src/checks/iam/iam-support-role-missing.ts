import type { About, Check, Examples } from "#checks/check";
import { awsPolicy, exampleAccount, exampleGroup, exampleRole, exampleUser } from "./examples.ts";
import { holdersIn, keepHolders, principals, type PrincipalId } from "./shared.ts";

const policy = "AWSSupportAccess";

export const check: Check<"iam.accounts", object, PrincipalId> = {
  id: "iam_support_role_missing",
  severity: "low",
  category: "compliance",
  domain: "identity",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: ["iam.accounts"],
  reads: principals,
  condense: { "iam.accounts": () => ({}), ...keepHolders(policy) },
  decisive: [],
  params: {},
  judge(_account, { others }) {
    if (holdersIn(others, policy).length > 0) return { status: "pass" };
    return {
      status: "fail",
      summary: `No user, group or role of this account has ${policy}.`,
      details: { policy },
      evidence: [
        {
          call: "iam:GetAccountAuthorizationDetails",
          field: "RoleDetailList[].AttachedManagedPolicies[].PolicyArn",
          value: null,
        },
      ],
    };
  },
};

export const about: About = {
  title: "Nobody but administrators can open a case at AWS Support",
  rationale:
    "In an incident the people who handle it have to talk to AWS at once, and should not need full rights to do so.",
  remediation: "Make a role with AWSSupportAccess and let those who answer incidents assume it.",
  controls: {
    "cis_aws_3.0": ["1.17"],
    "cis_aws_5.0": ["1.16"],
    "cis_aws_6.0": ["2.16"],
    "cis_aws_7.0": ["2.15"],
    gdpr: ["article_25"],
  },
};

export function examples(): Examples<"iam.accounts"> {
  const found = exampleAccount();
  const holder = { managedPolicyArns: [awsPolicy(policy)] };
  return {
    pass: [
      { name: "a role has it", found, others: { "iam.roles": [exampleRole(), exampleRole(holder)] } },
      { name: "a group has it", found, others: { "iam.groups": [exampleGroup(holder)] } },
      { name: "a user has it", found, others: { "iam.users": [exampleUser(holder)] } },
    ],
    fail: [
      { name: "nobody is there", found },
      {
        name: "others have other policies",
        found,
        others: { "iam.roles": [exampleRole({ managedPolicyArns: [awsPolicy("SupportUser")] })] },
        expect: { severity: "low" },
      },
    ],
  };
}
