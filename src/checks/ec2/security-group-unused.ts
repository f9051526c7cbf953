import type { About, Check, Examples } from "#checks/check";
import { oncePerList } from "#checks/once";
import type { FoundBy } from "#collectors/registry";
import { exampleGroup, exampleInterface, exampleRule } from "./examples.ts";
import { usageEvidence, usageOf } from "./shared.ts";

type Reads =
  | "ec2.securityGroups"
  | "ec2.networkInterfaces"
  | "ecs.services"
  | "elbv2.loadBalancers"
  | "lambda.functions"
  | "rds.dbInstances";

export const check: Check<"ec2.securityGroups", object, Reads> = {
  id: "security_group_unused",
  severity: "low",
  category: "operations",
  domain: "network_exposure",
  effort: "low",
  confidence: 0.8,
  drift: false,
  resources: ["ec2.securityGroups"],
  reads: [
    "ec2.securityGroups",
    "ec2.networkInterfaces",
    "ecs.services",
    "elbv2.loadBalancers",
    "lambda.functions",
    "rds.dbInstances",
  ],
  condense: {
    "ec2.securityGroups": ({ attributes: { groupId, groupName, vpcId, ingress, egress } }) => ({
      groupId,
      groupName,
      vpcId,
      ingress,
      egress,
    }),
    "ec2.networkInterfaces": ({ attributes: { securityGroupIds, publicIps } }) => ({ securityGroupIds, publicIps }),
    "ecs.services": ({ attributes: { securityGroupIds } }) =>
      securityGroupIds.length > 0 ? { securityGroupIds } : null,
    "elbv2.loadBalancers": ({ attributes: { securityGroupIds } }) =>
      securityGroupIds.length > 0 ? { securityGroupIds } : null,
    "lambda.functions": ({ attributes: { securityGroupIds } }) =>
      securityGroupIds.length > 0 ? { securityGroupIds } : null,
    "rds.dbInstances": ({ attributes: { vpcSecurityGroupIds } }) =>
      vpcSecurityGroupIds.length > 0 ? { vpcSecurityGroupIds } : null,
  },
  decisive: [],
  params: {},
  judge({ attributes: { groupId, groupName, vpcId } }, { others }) {
    if (groupName === "default") return null;
    const isNamed =
      usageOf(groupId, others("ec2.networkInterfaces")).inUse ||
      named(others("ec2.securityGroups")).has(groupId) ||
      // What runs nothing at present has no network interface, and names its groups all the same.
      [others("ecs.services"), others("elbv2.loadBalancers"), others("lambda.functions")].some((things) =>
        carried(things).has(groupId),
      ) ||
      guarding(others("rds.dbInstances")).has(groupId);
    if (isNamed) return { status: "pass" };
    return {
      status: "fail",
      exposure: "idle",
      summary: `Security group ${groupId} (${groupName}) is attached to nothing.`,
      details: { groupId, groupName, vpcId },
      evidence: [
        usageEvidence(groupId, false),
        {
          call: "ec2:DescribeSecurityGroups",
          field: "SecurityGroups[].IpPermissions[].UserIdGroupPairs[].GroupId",
          value: null,
        },
      ],
    };
  },
};

/** The groups that rules of other groups name. */
const named = oncePerList(
  (groups: readonly FoundBy<"ec2.securityGroups">[]): ReadonlySet<string> =>
    new Set(
      groups.flatMap(({ attributes: { groupId, ingress, egress } }) =>
        [...ingress, ...egress].flatMap((rule) => rule.groups).filter((id) => id !== groupId),
      ),
    ),
);

const carried = oncePerList(
  (things: readonly { readonly attributes: { readonly securityGroupIds: readonly string[] } }[]): ReadonlySet<string> =>
    new Set(things.flatMap(({ attributes }) => attributes.securityGroupIds)),
);

const guarding = oncePerList(
  (databases: readonly FoundBy<"rds.dbInstances">[]): ReadonlySet<string> =>
    new Set(databases.flatMap(({ attributes }) => attributes.vpcSecurityGroupIds)),
);

export const about: About = {
  title: "Security group protects nothing",
  rationale:
    "Nobody looks after the rules of a group that nothing carries. One day somebody picks it because of its name and gets whatever was allowed years ago.",
  remediation:
    "Make sure that no launch template, stack or script names it, which cannot be seen from here, and delete it.",
  controls: { aws_fsbp: ["EC2.22"], iso_27001_2022: ["A.8.20", "A.8.21", "A.8.22"] },
};

export const examples = (): Examples<"ec2.securityGroups"> => {
  const self = exampleRule({ cidrs: [], groups: ["sg-0a"] });
  const other = (rule: Parameters<typeof exampleGroup>[1] = {}) => exampleGroup([], { groupId: "sg-0b", ...rule });
  // safe: only this member is read of them.
  const carrier = { attributes: { securityGroupIds: ["sg-0a"], vpcSecurityGroupIds: ["sg-0a"] } };
  return {
    pass: [
      {
        name: "carried by an interface",
        found: exampleGroup(),
        others: { "ec2.networkInterfaces": [exampleInterface()] },
      },
      {
        name: "named by an inbound rule of another group",
        found: exampleGroup(),
        others: { "ec2.securityGroups": [exampleGroup([self], { groupId: "sg-0b" })] },
      },
      {
        name: "named by an outbound rule of another group",
        found: exampleGroup(),
        others: { "ec2.securityGroups": [other({ egress: [self] })] },
      },
      { name: "of a function that sleeps", found: exampleGroup(), others: { "lambda.functions": [carrier] } },
      { name: "of a service without tasks", found: exampleGroup(), others: { "ecs.services": [carrier] } },
      { name: "of a load balancer", found: exampleGroup(), others: { "elbv2.loadBalancers": [carrier] } },
      { name: "of a database", found: exampleGroup(), others: { "rds.dbInstances": [carrier] } },
    ],
    fail: [
      {
        name: "nothing carries or names it",
        found: exampleGroup(),
        expect: { exposure: "idle", details: { groupId: "sg-0a" } },
      },
      {
        name: "named by itself only, another one carried",
        found: exampleGroup([self]),
        others: {
          "ec2.securityGroups": [exampleGroup([self]), other()],
          "ec2.networkInterfaces": [exampleInterface({ securityGroupIds: ["sg-0b"] })],
        },
      },
    ],
    notApplicable: [{ name: "a VPC's default group", found: exampleGroup([], { groupName: "default" }) }],
  };
};
