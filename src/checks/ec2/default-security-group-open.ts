import type { About, Check, Examples } from "#checks/check";
import { anywhereIn } from "#checks/ingress";
import { exampleGroup, exampleInterface, exampleRule } from "./examples.ts";
import { exposureOf, usageEvidence, usageOf } from "./shared.ts";

export const check: Check<"ec2.securityGroups", object, "ec2.networkInterfaces"> = {
  id: "default_security_group_open",
  severity: "medium",
  category: "security",
  domain: "network_exposure",
  effort: "medium",
  confidence: 1,
  drift: true,
  resources: ["ec2.securityGroups"],
  reads: ["ec2.networkInterfaces"],
  condense: {
    "ec2.securityGroups": ({ attributes: { groupId, groupName, vpcId, ingress, egress } }) =>
      groupName === "default" ? { groupId, groupName, vpcId, ingress, egress } : null,
    "ec2.networkInterfaces": ({ attributes: { securityGroupIds, publicIps } }) => ({ securityGroupIds, publicIps }),
  },
  decisive: ["ingressRules", "egressRules", "inUse"],
  params: {},
  judge({ attributes }, context) {
    const { groupId, groupName, vpcId, ingress, egress } = attributes;
    if (groupName !== "default") return null;
    if (ingress.length === 0 && egress.length === 0) return { status: "pass" };
    const usage = usageOf(groupId, context.others("ec2.networkInterfaces"));
    const { inUse } = usage;
    const isOpen = ingress.some((rule) => anywhereIn(rule).length > 0);
    return {
      status: "fail",
      severity: inUse ? "medium" : "low",
      exposure: exposureOf({ inUse, hasPublicIp: isOpen && usage.hasPublicIp }),
      summary: `The default security group ${groupId} of ${vpcId ?? "its network"} has rules.`,
      details: { groupId, vpcId, ingressRules: ingress.length, egressRules: egress.length, inUse },
      evidence: [
        { call: "ec2:DescribeSecurityGroups", field: "SecurityGroups[].IpPermissions", value: ingress },
        { call: "ec2:DescribeSecurityGroups", field: "SecurityGroups[].IpPermissionsEgress", value: egress },
        usageEvidence(groupId, inUse),
      ],
    };
  },
};

export const about: About = {
  title: "A VPC's default security group allows traffic",
  rationale:
    "Whatever is created without naming a security group gets this one. An empty default group makes such an oversight harmless; one with rules makes it a hole.",
  remediation:
    "Put what uses the group into groups made for the purpose. Then take away the default group's rules, inbound and outbound; the group itself cannot be deleted.",
  controls: {
    "cis_aws_3.0": ["5.4"],
    "cis_aws_4.0": ["5.5"],
    "cis_aws_5.0": ["5.5"],
    "cis_aws_6.0": ["6.5"],
    "cis_aws_7.0": ["6.5"],
    aws_fsbp: ["EC2.2"],
    iso_27001_2022: ["A.8.20", "A.8.21", "A.8.22"],
    nist_800_53_r5: [
      "ac_4_21",
      "ac_17_1",
      "ac_17_4_a",
      "ac_17_9",
      "ac_17_10",
      "ac_17_b",
      "cm_6_a",
      "cm_9_b",
      "sc_7_5",
      "sc_7_7",
      "sc_7_11",
      "sc_7_12",
      "sc_7_16",
      "sc_7_21",
      "sc_7_24_b",
      "sc_7_25",
      "sc_7_26",
      "sc_7_27",
      "sc_7_28",
      "sc_7_a",
      "sc_7_c",
    ],
  },
};

export const examples = (): Examples<"ec2.securityGroups"> => {
  const rule = exampleRule({ protocol: "-1", fromPort: null, toPort: null });
  const others = { "ec2.networkInterfaces": [exampleInterface()] };
  const onPublicIp = { "ec2.networkInterfaces": [exampleInterface({ publicIps: ["203.0.113.9"] })] };
  const byDefault = { groupName: "default" };
  return {
    pass: [{ name: "emptied", found: exampleGroup([], byDefault), others }],
    fail: [
      {
        name: "as AWS makes it",
        found: exampleGroup([{ ...rule, cidrs: [], groups: ["sg-0a"] }], { ...byDefault, egress: [rule] }),
        others,
        expect: {
          severity: "medium",
          exposure: "internal",
          details: { ingressRules: 1, egressRules: 1, inUse: true },
        },
      },
      {
        name: "open to everybody, on a public address",
        found: exampleGroup([rule], byDefault),
        others: onPublicIp,
        expect: { exposure: "internet" },
      },
      {
        name: "open to itself, on a public address",
        found: exampleGroup([{ ...rule, cidrs: [], groups: ["sg-0a"] }], byDefault),
        others: onPublicIp,
        expect: { exposure: "internal" },
      },
      { name: "outbound only", found: exampleGroup([], { ...byDefault, egress: [rule] }), others },
      {
        name: "carried by nothing",
        found: exampleGroup([rule], byDefault),
        expect: { severity: "low", exposure: "idle" },
      },
    ],
    notApplicable: [{ name: "another group", found: exampleGroup([rule]), others }],
  };
};
