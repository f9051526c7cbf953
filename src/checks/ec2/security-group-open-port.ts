import { type About, severities, type Check, type Examples, type Severity } from "#checks/check";
import { anywhereIn, type Ingress } from "#checks/ingress";
import { exampleGroup, exampleInterface, exampleRule } from "./examples.ts";
import {
  adminVariants,
  adminVariantsOf,
  everyPort,
  exposureOf,
  isEveryPort,
  opensPort,
  ruleEvidence,
  usageEvidence,
  usageOf,
  type Usage,
} from "./shared.ts";

interface PortClass {
  readonly ports: readonly number[];
  readonly severity: Severity;
}
interface Params {
  readonly ports: Readonly<Record<string, PortClass>>;
}

export const check: Check<"ec2.securityGroups", Params, "ec2.networkInterfaces"> = {
  id: "security_group_open_port",
  severity: "high",
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
  decisive: ["ports", "sources", "inUse", "hasPublicIp"],
  params: {
    ports: {
      admin: { ports: [22, 23, 2375, 2376, 3389, 5985, 5986, 10_250], severity: "high" },
      database: {
        ports: [
          1433, 1434, 1521, 2483, 3306, 5432, 5601, 5984, 6379, 7199, 8888, 9092, 9160, 9200, 9300, 11_211, 27_017,
          27_018,
        ],
        severity: "high",
      },
      file_mail: { ports: [20, 21, 25, 110, 135, 143, 389, 445, 2049], severity: "high" },
      dev: { ports: [3000, 4333, 5000, 5500, 8080, 8088], severity: "medium" },
    },
  },
  judge({ attributes }, context) {
    const { groupId, vpcId, ingress } = attributes;
    const classes = Object.entries(context.params.ports);
    const listed = classes.flatMap(([, { ports }]) => ports);
    const open = ingress.filter((rule) => listed.some((port) => opens(rule, port)));
    if (open.length === 0) return { status: "pass" };
    const usage = usageOf(groupId, context.others("ec2.networkInterfaces"));
    const hit = classes
      .map(([name, { ports, severity }]) => ({
        name,
        severity,
        ports: ports.filter((port) => open.some((rule) => opens(rule, port))),
      }))
      .filter(({ ports }) => ports.length > 0);
    const ports = Object.fromEntries(hit.map((one) => [one.name, one.ports.toSorted((a, b) => a - b)]));
    const sources = [...new Set(open.flatMap(anywhereIn))].toSorted();
    return {
      status: "fail",
      exposure: exposureOf(usage),
      variants: [
        ...adminVariantsOf(open),
        ...(Object.values(ports)
          .flat()
          .some((port) => highRisk.has(port))
          ? ["highRisk"]
          : []),
      ],
      severity: severityOf(
        hit.map(({ severity }) => severity),
        usage,
      ),
      summary: `Security group ${groupId} opens ${Object.values(ports).flat().join(", ")} to ${sources.join(" and ")}.`,
      details: { groupId, vpcId, ports, sources, ...usage },
      evidence: [...open.map(ruleEvidence), ...evidenceOf(groupId, usage)],
    };
  },
};

/** Security Hub's list (EC2.19). */
const highRisk: ReadonlySet<number> = new Set([
  20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601, 8080, 8088, 8888,
  9200, 9300,
]);

/** Whether a rule opens this port to everybody. One that opens every port is security_group_all_ports_open's. */
const opens = (rule: Ingress, port: number): boolean =>
  anywhereIn(rule).length > 0 && !isEveryPort(rule, everyPort) && opensPort(rule, port);

/** The worst class, one step up when a public address carries the group, one down when nothing does. */
function severityOf(classes: readonly Severity[], { inUse, hasPublicIp }: Usage): Severity {
  const worst = Math.max(...classes.map((severity) => severities.indexOf(severity)));
  const step = hasPublicIp ? 1 : inUse ? 0 : -1;
  return severities[Math.min(severities.length - 1, Math.max(0, worst + step))] ?? "high";
}

const evidenceOf = (groupId: string, { inUse, hasPublicIp }: Usage) => [
  usageEvidence(groupId, inUse),
  { call: "ec2:DescribeNetworkInterfaces", field: "NetworkInterfaces[].Association.PublicIp", value: hasPublicIp },
];

export const about: About = {
  title: "Security group lets the whole internet reach a sensitive port",
  rationale:
    "Ports of remote administration, databases and file sharing are probed all over the internet without pause; a weak password or a missing patch behind one is found quickly.",
  remediation:
    "Narrow the rule to the addresses, the prefix list or the security group that need the port. For administration use Session Manager or an EC2 Instance Connect endpoint, which need no open port at all.",
  controls: {
    aws_fsbp: ["EC2.18"],
    iso_27001_2022: ["A.8.20", "A.8.21", "A.8.22"],
    soc2: ["cc_6_6"],
  },
  variants: { ...adminVariants, highRisk: { aws_fsbp: ["EC2.19"] } },
};

export const examples = (): Examples<"ec2.securityGroups", Params> => {
  const port = (fromPort: number, toPort = fromPort, protocol = "tcp") =>
    exampleGroup([exampleRule({ protocol, fromPort, toPort })]);
  const others = { "ec2.networkInterfaces": [exampleInterface()] };
  const onPublicIp = {
    "ec2.networkInterfaces": [exampleInterface({ publicIps: ["203.0.113.9"] }), exampleInterface()],
  };
  const inside = exampleRule({
    fromPort: 22,
    toPort: 22,
    cidrs: ["10.0.0.0/8", "0.0.0.0/32"],
    ipv6Cidrs: ["2001:db8::/32"],
  });
  const all = exampleRule({ protocol: "-1", fromPort: null, toPort: null });
  return {
    pass: [
      { name: "HTTPS", found: port(443), others },
      { name: "SSH from inside", found: exampleGroup([inside]), others },
      { name: "just below SSH and just above", found: port(24, 24), others },
      { name: "SSH's number over UDP", found: port(22, 22, "udp"), others },
      { name: "a UDP port nobody listed", found: port(53, 53, "udp"), others },
      { name: "ICMP whose type looks like a port", found: port(22, 22, "icmp"), others },
      { name: "every protocol: reported elsewhere", found: exampleGroup([all]), others },
      { name: "every port: reported elsewhere", found: port(0, 65_535), others },
    ],
    fail: [
      {
        name: "SSH, carried by a private interface",
        found: port(22),
        others,
        expect: {
          severity: "high",
          exposure: "internal",
          variants: ["adminIpv4", "ssh", "highRisk"],
          details: { ports: { admin: [22] }, sources: ["0.0.0.0/0"], inUse: true, hasPublicIp: false },
        },
      },
      {
        name: "SSH on a public address",
        found: port(22),
        others: onPublicIp,
        expect: { severity: "critical", exposure: "internet" },
      },
      {
        name: "SSH, carried by nothing",
        found: port(22),
        expect: { severity: "medium", exposure: "idle", details: { inUse: false } },
      },
      {
        name: "a port no framework names",
        found: port(27_017),
        others,
        expect: { variants: [] },
      },
      { name: "a development port", found: port(8080), others, expect: { severity: "medium" } },
      { name: "a development port, carried by nothing", found: port(8080), expect: { severity: "low" } },
      {
        name: "a range that ends on a listed port",
        found: port(5433, 5500),
        others,
        expect: { severity: "medium", details: { ports: { dev: [5500] } } },
      },
      {
        name: "several classes in one finding, worst first",
        found: exampleGroup([
          exampleRule({ fromPort: 3000, toPort: 3389 }),
          exampleRule({ protocol: "6", fromPort: 22, toPort: 22, cidrs: [], ipv6Cidrs: ["::/0"] }),
          all,
        ]),
        others,
        expect: {
          severity: "high",
          variants: ["adminIpv4", "adminIpv6", "ssh", "rdp", "highRisk"],
          details: { ports: { admin: [22, 3389], database: [3306], dev: [3000] }, sources: ["0.0.0.0/0", "::/0"] },
        },
      },
      {
        name: "memcached over UDP",
        found: port(11_211, 11_211, "udp"),
        others,
        expect: { details: { ports: { database: [11_211] } } },
      },
      {
        name: "all but the last port",
        found: port(0, 65_534),
        others,
        expect: { severity: "high" },
      },
      {
        name: "a port of one's own",
        found: port(443),
        others,
        params: { ports: { ours: { ports: [443], severity: "low" } } },
        expect: { severity: "low", details: { ports: { ours: [443] } } },
      },
    ],
  };
};
