import type { About, Check, Examples } from "#checks/check";
import { awsPolicy, exampleAccount, exampleGroup, exampleRole, exampleUser } from "./examples.ts";
import { detailOf, holdersIn, keepHolders, principals, type PrincipalId } from "./shared.ts";

const policy = "AWSCloudShellFullAccess";

export const check: Check<"iam.accounts", object, PrincipalId> = {
  id: "iam_cloudshell_full_access",
  severity: "low",
  category: "compliance",
  domain: "identity",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: ["iam.accounts"],
  reads: principals,
  condense: { "iam.accounts": () => ({}), ...keepHolders(policy) },
  decisive: ["principals"],
  params: {},
  judge(_account, { others }) {
    const holders = holdersIn(others, policy);
    if (holders.length === 0) return { status: "pass" };
    return {
      status: "fail",
      summary: `${policy} is attached to ${holders.map(({ name }) => name).join(", ")}.`,
      details: { policy, principals: holders.map(({ nativeId }) => nativeId) },
      evidence: holders.map((one) => detailOf(one, "AttachedManagedPolicies[].PolicyArn", policy)),
    };
  },
};

export const about: About = {
  title: "CloudShell may be used to carry files in and out",
  rationale:
    "The shell in the console uploads and downloads files and has a way out to the internet, past whatever guards the network.",
  remediation:
    "Detach the policy. Who needs the shell gets one of your own that leaves out cloudshell:GetFileUploadUrls and cloudshell:GetFileDownloadUrls.",
  controls: {
    "cis_aws_3.0": ["1.22"],
    "cis_aws_5.0": ["1.21"],
    "cis_aws_6.0": ["2.21"],
    "cis_aws_7.0": ["2.20"],
    "pci_dss_4.0": ["7.2.1", "7.2.2", "7.2.3", "7.2.5", "7.3.1", "7.3.2", "7.3.3", "8.2.7", "8.2.8", "8.3.4"],
  },
};

export function examples(): Examples<"iam.accounts"> {
  const found = exampleAccount();
  const holder = { managedPolicyArns: [awsPolicy(policy)] };
  return {
    pass: [
      { name: "nobody is there", found },
      { name: "others have other policies", found, others: { "iam.roles": [exampleRole()] } },
    ],
    fail: [
      {
        name: "a role, a group and a user",
        found,
        others: {
          "iam.users": [exampleUser(), exampleUser(holder)],
          "iam.groups": [exampleGroup(holder)],
          "iam.roles": [exampleRole(holder)],
        },
        expect: {
          severity: "low",
          details: {
            principals: [
              "arn:aws:iam::111122223333:group/staff",
              "arn:aws:iam::111122223333:role/web",
              "arn:aws:iam::123456789012:user/alice",
            ],
          },
        },
      },
    ],
  };
}
