import type { Check, Examples } from "#checks/check";
import type { FoundBy } from "#collectors/registry";

interface Params {
  /** A range counts as every port when it begins here or below … */
  readonly fromMax: number;
  /** … and ends here or above. */
  readonly toMin: number;
}

type SecurityGroup = FoundBy<"ec2.securityGroups">;
type NetworkInterface = FoundBy<"ec2.networkInterfaces">;
type Permission = SecurityGroup["attributes"]["ingress"][number];

export const everyPort: Params = { fromMax: 1, toMin: 65_535 };

export const check: Check<"ec2.securityGroups", Params, "ec2.networkInterfaces"> = {
  id: "security_group_all_ports_open",
  title: "Security group lets the whole internet reach every port",
  severity: "critical",
  category: "security",
  domain: "network_exposure",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["ec2.securityGroups"],
  reads: ["ec2.networkInterfaces"],
  rationale:
    "The rule filters nothing. Whatever listens on a machine in this group, meant for others or not, can be reached by anyone.",
  remediation:
    "Remove the rule. Allow the ports that are really offered, one by one, and those for administration only from known addresses.",
  controls: {
    "cis_aws_3.0": ["5.2", "5.3"],
    "cis_aws_4.0": ["5.3", "5.4"],
    "cis_aws_5.0": ["5.3", "5.4"],
    "cis_aws_6.0": ["6.3", "6.4"],
    "cis_aws_7.0": ["6.3", "6.4"],
    aws_fsbp: ["EC2.18", "EC2.19"],
    iso_27001_2022: ["A.8.20", "A.8.21", "A.8.22"],
    "pci_dss_4.0": ["1.2.5", "1.2.8", "1.3.1", "1.3.2", "1.4.2", "1.5.1", "2.2.5", "A1.1.3"],
    soc2: ["cc_6_6"],
  },
  params: everyPort,
  judge({ attributes }, context) {
    const { groupId, vpcId, ingress } = attributes;
    const open = ingress.filter((rule) => anywhereIn(rule).length > 0 && isEveryPort(rule, context.params));
    if (open.length === 0) return { status: "pass" };
    const { inUse } = usageOf(groupId, context.others("ec2.networkInterfaces"));
    const sources = [...new Set(open.flatMap(anywhereIn))].toSorted();
    return {
      status: "fail",
      severity: inUse ? "critical" : "high",
      summary: `Security group ${groupId} accepts every port from ${sources.join(" and ")}.`,
      details: {
        groupId,
        vpcId,
        sources,
        protocols: [...new Set(open.map((rule) => rule.protocol))].toSorted(),
        inUse,
      },
      evidence: [
        ...open.map(ruleEvidence),
        {
          call: "ec2:DescribeNetworkInterfaces",
          field: "NetworkInterfaces[].Groups[].GroupId",
          value: inUse ? groupId : null,
        },
      ],
    };
  },
};

/** The sources of a rule that mean everybody. */
export const anywhereIn = (rule: Permission): readonly string[] =>
  [...rule.cidrs, ...rule.ipv6Cidrs].filter((cidr) => cidr === "0.0.0.0/0" || cidr === "::/0");

export const isTcp = ({ protocol }: Permission): boolean => protocol === "tcp" || protocol === "6";
export const isUdp = ({ protocol }: Permission): boolean => protocol === "udp" || protocol === "17";

/** First and last port a TCP or UDP rule opens; a rule that names none opens all. */
export const portsOf = (rule: Permission): readonly [from: number, to: number] => [
  rule.fromPort ?? 0,
  rule.toPort ?? 65_535,
];

/** All protocols, or TCP or UDP from the first to the last port. */
export function isEveryPort(rule: Permission, { fromMax, toMin }: Params): boolean {
  if (rule.protocol === "-1") return true;
  const [from, to] = portsOf(rule);
  return (isTcp(rule) || isUdp(rule)) && from <= fromMax && to >= toMin;
}

export const ruleEvidence = (rule: Permission) => ({
  call: "ec2:DescribeSecurityGroups",
  field: "SecurityGroups[].IpPermissions[]",
  value: { protocol: rule.protocol, fromPort: rule.fromPort, toPort: rule.toPort, sources: anywhereIn(rule) },
});

export interface Usage {
  /** A network interface carries the group. */
  readonly inUse: boolean;
  /** One that carries it has a public IPv4 address. */
  readonly hasPublicIp: boolean;
}

// One list is asked about for every group of a region, so it is read once.
const usages = new WeakMap<object, ReadonlyMap<string, Usage>>();
const unused: Usage = { inUse: false, hasPublicIp: false };

export function usageOf(groupId: string, interfaces: readonly NetworkInterface[]): Usage {
  const known = usages.get(interfaces);
  if (known) return known.get(groupId) ?? unused;
  const usage = new Map<string, Usage>();
  for (const { attributes } of interfaces) {
    for (const id of attributes.securityGroupIds) {
      const hasPublicIp = attributes.publicIps.length > 0 || (usage.get(id)?.hasPublicIp ?? false);
      usage.set(id, { inUse: true, hasPublicIp });
    }
  }
  usages.set(interfaces, usage);
  return usage.get(groupId) ?? unused;
}

/** A rule for TCP 443 from everywhere, and what is to be different about it. */
export const exampleRule = (rule: Partial<Permission> = {}): Permission => ({
  protocol: "tcp",
  fromPort: 443,
  toPort: 443,
  cidrs: ["0.0.0.0/0"],
  ipv6Cidrs: [],
  groups: [],
  prefixLists: [],
  ...rule,
});

/** A group `sg-0a` with these rules. */
export function exampleGroup(
  ingress: readonly Permission[] = [],
  attributes: Partial<SecurityGroup["attributes"]> = {},
): SecurityGroup {
  const arn = "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a";
  return {
    nativeId: arn,
    arn,
    name: "web",
    state: null,
    tags: {},
    createdAt: null,
    attributes: {
      groupId: "sg-0a",
      groupName: "web",
      description: "web",
      vpcId: "vpc-0a",
      ingress,
      egress: [],
      ...attributes,
    },
  };
}

/** A network interface in group `sg-0a`. */
export function exampleInterface(attributes: Partial<NetworkInterface["attributes"]> = {}): NetworkInterface {
  const arn = "arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-0a";
  return {
    nativeId: arn,
    arn,
    name: null,
    state: "in-use",
    tags: {},
    createdAt: null,
    attributes: {
      networkInterfaceId: "eni-0a",
      interfaceType: "interface",
      description: null,
      vpcId: "vpc-0a",
      subnetId: "subnet-0a",
      privateIp: "10.0.0.10",
      publicIps: [],
      securityGroupIds: ["sg-0a"],
      requesterManaged: false,
      attachment: null,
      ...attributes,
    },
  };
}

export const examples = (): Examples<"ec2.securityGroups", Params> => {
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
        expect: { severity: "critical", details: { sources: ["0.0.0.0/0"], protocols: ["-1"], inUse: true } },
      },
      { name: "TCP from port 1", found: exampleGroup([range(1, 65_535)]), others, expect: { severity: "critical" } },
      {
        name: "UDP by number",
        found: exampleGroup([range(0, 65_535, "17")]),
        others,
        expect: { severity: "critical" },
      },
      {
        name: "over IPv6",
        found: exampleGroup([{ ...all, cidrs: [], ipv6Cidrs: ["::/0"] }]),
        others,
        expect: { details: { sources: ["::/0"] } },
      },
      {
        name: "carried by nothing",
        found: exampleGroup([all]),
        others: { "ec2.networkInterfaces": [exampleInterface({ securityGroupIds: ["sg-0b"] })] },
        expect: { severity: "high", details: { inUse: false } },
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
