import type { About, Check, Examples } from "#checks/check";
import { anywhereIn } from "#checks/ingress";
import { exampleGroup, exampleInterface, exampleRule } from "./examples.ts";
import {
  adminVariants,
  adminVariantsOf,
  everyPort,
  exposureOf,
  isEveryPort,
  ruleEvidence,
  usageEvidence,
  usageOf,
  type EveryPort,
} from "./shared.ts";

export const check: Check<"ec2.securityGroups", EveryPort, "ec2.networkInterfaces"> = {
  id: "security_group_all_ports_open",
  severity: "critical",
  category: "security",
  domain: "network_exposure",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["ec2.securityGroups"],
  reads: ["ec2.networkInterfaces"],
  condense: {
    "ec2.securityGroups": ({ attributes: { groupId, vpcId, ingress } }) => ({ groupId, vpcId, ingress }),
    "ec2.networkInterfaces": ({ attributes: { securityGroupIds, publicIps } }) => ({ securityGroupIds, publicIps }),
  },
  decisive: ["sources", "protocols", "inUse"],
  params: everyPort,
  judge({ attributes }, context) {
    const { groupId, vpcId, ingress } = attributes;
    const open = ingress.filter((rule) => anywhereIn(rule).length > 0 && isEveryPort(rule, context.params));
    if (open.length === 0) return { status: "pass" };
    const usage = usageOf(groupId, context.others("ec2.networkInterfaces"));
    const { inUse } = usage;
    const sources = [...new Set(open.flatMap(anywhereIn))].toSorted();
    return {
      status: "fail",
      severity: inUse ? "critical" : "high",
      exposure: exposureOf(usage),
      variants: adminVariantsOf(open),
      summary: `Security group ${groupId} accepts every port from ${sources.join(" and ")}.`,
      details: {
        groupId,
        vpcId,
        sources,
        protocols: [...new Set(open.map((rule) => rule.protocol))].toSorted(),
        inUse,
      },
      evidence: [...open.map(ruleEvidence), usageEvidence(groupId, inUse)],
    };
  },
};

export const about: About = {
  title: "Security group lets the whole internet reach every port",
  rationale:
    "The rule filters nothing. Whatever listens on a machine in this group, meant for others or not, can be reached by anyone.",
  remediation:
    "Remove the rule. Allow the ports that are really offered, one by one, and those for administration only from known addresses.",
  controls: {
    aws_fsbp: ["EC2.18", "EC2.19"],
    iso_27001_2022: ["A.8.20", "A.8.21", "A.8.22"],
    "pci_dss_4.0": ["1.2.5", "1.2.8", "1.3.1", "1.3.2", "1.4.2", "1.5.1", "2.2.5", "A1.1.3"],
    soc2: ["cc_6_6"],
  },
  // Administration is open with all the rest, and security_group_open_port says nothing of such rules.
  variants: adminVariants,
};

export const examples = (): Examples<"ec2.securityGroups", EveryPort> => {
  const all = exampleRule({ protocol: "-1", fromPort: null, toPort: null });
  const range = (fromPort: number, toPort: number, protocol = "tcp") => exampleRule({ protocol, fromPort, toPort });
  const others = { "ec2.networkInterfaces": [exampleInterface()] };
  return {
    pass: [
      { name: "no rules", found: exampleGroup(), others },
      { name: "one port", found: exampleGroup([exampleRule()]), others },
      { name: "everything, but from inside", found: exampleGroup([{ ...all, cidrs: ["10.0.0.0/8"] }]), others },
      { name: "everything, but from a group", found: exampleGroup([{ ...all, cidrs: [], groups: ["sg-0b"] }]), others },
      { name: "from the second port", found: exampleGroup([range(2, 65_535)]), others },
      { name: "to the last but one", found: exampleGroup([range(0, 65_534)]), others },
      { name: "ESP, which has no ports", found: exampleGroup([{ ...all, protocol: "50" }]), others },
      { name: "all ICMP", found: exampleGroup([range(-1, -1, "icmp")]), others },
    ],
    fail: [
      {
        name: "all protocols",
        found: exampleGroup([all]),
        others,
        expect: {
          severity: "critical",
          exposure: "internal",
          variants: ["adminIpv4", "ssh", "rdp"],
          details: { sources: ["0.0.0.0/0"], protocols: ["-1"], inUse: true },
        },
      },
      {
        name: "all protocols, on a public address",
        found: exampleGroup([all]),
        others: { "ec2.networkInterfaces": [exampleInterface({ publicIps: ["203.0.113.9"] })] },
        expect: { severity: "critical", exposure: "internet" },
      },
      { name: "TCP from port 1", found: exampleGroup([range(1, 65_535)]), others, expect: { severity: "critical" } },
      {
        name: "UDP by number",
        found: exampleGroup([range(0, 65_535, "17")]),
        others,
        expect: { severity: "critical", variants: [] },
      },
      {
        name: "over IPv6",
        found: exampleGroup([{ ...all, cidrs: [], ipv6Cidrs: ["::/0"] }]),
        others,
        expect: { variants: ["adminIpv6", "ssh", "rdp"], details: { sources: ["::/0"] } },
      },
      {
        name: "carried by nothing",
        found: exampleGroup([all]),
        others: { "ec2.networkInterfaces": [exampleInterface({ securityGroupIds: ["sg-0b"] })] },
        expect: { severity: "high", exposure: "idle", details: { inUse: false } },
      },
      {
        name: "a narrower idea of every port",
        found: exampleGroup([range(1024, 65_535)]),
        others,
        params: { fromMax: 1024 },
      },
    ],
  };
};
