import type { FoundBy } from "#collectors/registry";
import type { About, Check, Examples } from "#checks/check";
import { exampleGroup, exampleRule } from "#checks/ec2/examples";
import { anywhereIn } from "#checks/ingress";
import { oncePerList } from "#checks/once";
import { exampleService } from "./examples.ts";

export const check: Check<"ecs.services", object, "ec2.securityGroups"> = {
  id: "ecs_service_public_ip",
  severity: "medium",
  category: "security",
  domain: "network_exposure",
  effort: "medium",
  confidence: 1,
  drift: true,
  resources: ["ecs.services"],
  reads: ["ec2.securityGroups"],
  condense: {
    "ecs.services": ({ attributes: { assignPublicIp, securityGroupIds } }) => ({ assignPublicIp, securityGroupIds }),
    "ec2.securityGroups": ({ attributes: { groupId, ingress } }) => ({ groupId, ingress }),
  },
  decisive: ["openSecurityGroupIds"],
  params: {},
  judge({ name, nativeId, state, attributes: { assignPublicIp, securityGroupIds } }, context) {
    if (state !== "ACTIVE" || assignPublicIp === null) return null;
    if (!assignPublicIp) return { status: "pass" };
    const openIds = openGroupIds(context.others("ec2.securityGroups"));
    const open = securityGroupIds.filter((id) => openIds.has(id));
    const configuration = "services[].networkConfiguration.awsvpcConfiguration";
    return {
      status: "fail",
      severity: open.length > 0 ? "high" : "medium",
      exposure: open.length > 0 ? "internet" : "internal",
      summary: `Tasks of service ${name ?? nativeId} have public addresses${open.length > 0 ? `, and ${open.join(", ")} lets everyone in` : ""}.`,
      details: { assignPublicIp, openSecurityGroupIds: open },
      evidence: [
        { call: "ecs:DescribeServices", field: `${configuration}.assignPublicIp`, value: "ENABLED" },
        { call: "ecs:DescribeServices", field: `${configuration}.securityGroups[]`, value: securityGroupIds },
        { call: "ec2:DescribeSecurityGroups", field: "SecurityGroups[].IpPermissions[]", value: open },
      ],
    };
  },
};

const openGroupIds = oncePerList(
  (groups: readonly FoundBy<"ec2.securityGroups">[]): ReadonlySet<string> =>
    new Set(
      groups
        .filter(({ attributes }) => attributes.ingress.some((rule) => anywhereIn(rule).length > 0))
        .map(({ attributes }) => attributes.groupId),
    ),
);

export const about: About = {
  title: "The service's tasks get public addresses",
  rationale:
    "Anyone can talk to the tasks directly, past the load balancer and what it filters; and each address is charged for.",
  remediation:
    "Put the tasks into private subnets, with a NAT gateway or with VPC endpoints for ECR, logs and S3, and switch public addresses off in the service.",
  controls: { aws_fsbp: ["ECS.2"] },
};

export const examples = (): Examples<"ecs.services"> => {
  const groups = (cidrs: readonly string[], ipv6Cidrs: readonly string[] = []) => ({
    "ec2.securityGroups": [exampleGroup([exampleRule({ cidrs, ipv6Cidrs })])],
  });
  const found = exampleService({ assignPublicIp: true });
  return {
    pass: [{ name: "private", found: exampleService(), others: groups(["0.0.0.0/0"]) }],
    fail: [
      {
        name: "public, and open",
        found,
        others: groups(["0.0.0.0/0"]),
        expect: { severity: "high", exposure: "internet", details: { openSecurityGroupIds: ["sg-0a"] } },
      },
      { name: "open over IPv6", found, others: groups([], ["::/0"]), expect: { severity: "high" } },
      {
        name: "public, open to an office",
        found,
        others: groups(["203.0.113.0/24"]),
        expect: { severity: "medium", exposure: "internal", details: { openSecurityGroupIds: [] } },
      },
      {
        name: "public, a group it does not use is open",
        found: exampleService({ assignPublicIp: true, securityGroupIds: ["sg-0b"] }),
        others: groups(["0.0.0.0/0"]),
        expect: { severity: "medium" },
      },
    ],
    notApplicable: [
      { name: "without network interfaces of its own", found: exampleService({ assignPublicIp: null }) },
      { name: "being deleted", found: exampleService({ assignPublicIp: true }, "DRAINING") },
    ],
  };
};
