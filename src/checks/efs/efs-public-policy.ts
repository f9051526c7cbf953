import type { About, Check, Examples } from "#checks/check";
import { allows, publicGrants } from "#checks/public-policy";
import type { PolicyStatement } from "#collectors/policy";
import { exampleFileSystem } from "./examples.ts";
import { exposureOf } from "./shared.ts";

export const check: Check<"efs.fileSystems"> = {
  id: "efs_public_policy",
  severity: "high",
  category: "security",
  domain: "data_protection",
  effort: "medium",
  confidence: 0.9,
  drift: true,
  resources: ["efs.fileSystems"],
  decisive: ["clientActions"],
  params: {},
  judge(found) {
    const { fileSystemId, policy } = found.attributes;
    if (found.state?.startsWith("delet")) return null;
    if (policy === undefined) return { status: "unknown", reason: "efs:DescribeFileSystemPolicy could not be read" };
    const grants = publicGrants(policy);
    const clientActions = actions.filter((action) => grants.some((grant) => allows(grant, action)));
    // Without a policy, too, whoever reaches a mount target may mount it; but then nobody meant to say who may.
    if (clientActions.length === 0) return { status: "pass" };
    return {
      status: "fail",
      exposure: exposureOf(found),
      summary: `The policy of EFS file system ${fileSystemId} lets anybody mount it.`,
      details: { fileSystemId, clientActions },
      evidence: grants.map(({ statement }) => ({
        call: "efs:DescribeFileSystemPolicy",
        field: "Policy.Statement[]",
        value: { sid: statement.sid, principals: statement.principals, actions: statement.actions },
      })),
    };
  },
};

const actions = [
  "elasticfilesystem:ClientMount",
  "elasticfilesystem:ClientWrite",
  "elasticfilesystem:ClientRootAccess",
];

export const about: About = {
  title: "EFS file system lets any client mount it",
  rationale:
    "The policy asks nobody who they are. Any client that gets a connection reads the files, and as far as it is allowed here writes them or acts as root.",
  remediation:
    "Name the roles that may mount it, and allow others only by way of a mount target (elasticfilesystem:AccessedViaMountTarget) or an access point.",
  controls: { iso_27001_2022: ["A.8.1"] },
};

export const examples = (): Examples<"efs.fileSystems"> => {
  const anybody: PolicyStatement = {
    sid: "clients",
    effect: "Allow",
    principals: { AWS: ["*"] },
    notPrincipals: {},
    actions: ["elasticfilesystem:ClientMount"],
    notActions: [],
    resources: ["arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-0a"],
    notResources: [],
    conditions: [],
  };
  const withPolicy = (...policy: readonly Partial<PolicyStatement>[]) =>
    exampleFileSystem({ policy: policy.map((statement) => ({ ...anybody, ...statement })) });
  const by = (key: string, values: readonly string[], operator = "StringEquals") => ({
    conditions: [{ operator, key, values }],
  });
  return {
    pass: [
      { name: "no policy", found: exampleFileSystem() },
      {
        name: "a role of the account",
        found: withPolicy({ principals: { AWS: ["arn:aws:iam::111122223333:role/web"] } }),
      },
      {
        name: "by way of a mount target",
        found: withPolicy(by("elasticfilesystem:AccessedViaMountTarget", ["true"], "Bool")),
      },
      { name: "from a VPC", found: withPolicy(by("aws:SourceVpc", ["vpc-0a"])) },
      { name: "of the organization", found: withPolicy(by("aws:PrincipalOrgID", ["o-a1b2c3d4e5"])) },
      {
        name: "by way of an access point",
        found: withPolicy(
          by("elasticfilesystem:AccessPointArn", [
            "arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/fsap-0a",
          ]),
        ),
      },
      { name: "nothing a client does", found: withPolicy({ actions: ["elasticfilesystem:DescribeMountTargets"] }) },
      { name: "refused", found: withPolicy({ effect: "Deny" }) },
    ],
    fail: [
      {
        name: "anybody",
        found: withPolicy({}),
        expect: {
          severity: "high",
          exposure: "internal",
          details: { clientActions: ["elasticfilesystem:ClientMount"] },
        },
      },
      {
        name: "anything, if only it is encrypted on its way",
        found: withPolicy({ actions: ["elasticfilesystem:Client*"], ...by("aws:SecureTransport", ["true"], "Bool") }),
        expect: { details: { clientActions: actions } },
      },
    ],
    unknown: [{ name: "denied", found: exampleFileSystem({ policy: undefined }) }],
    notApplicable: [{ name: "being deleted", found: exampleFileSystem({ policy: [anybody] }, { state: "deleting" }) }],
  };
};
