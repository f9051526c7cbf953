import type { About, Check, Examples } from "#checks/check";
import { anywhereIn, type Ingress } from "#checks/ingress";
import { oncePerList } from "#checks/once";
import type { FoundBy } from "#collectors/registry";
import { exampleGroup, exampleInstance, exampleRouteTable, exampleRule, exampleSubnet } from "./examples.ts";
import { groupsById, opensPort } from "./shared.ts";

interface Params {
  readonly sensitivePorts: readonly number[];
}
type Reads = "ec2.securityGroups" | "ec2.subnets" | "ec2.routeTables";

export const check: Check<"ec2.instances", Params, Reads> = {
  id: "ec2_instance_port_exposed",
  severity: "critical",
  category: "security",
  domain: "network_exposure",
  effort: "medium",
  confidence: 0.95,
  drift: true,
  resources: ["ec2.instances"],
  reads: ["ec2.securityGroups", "ec2.subnets", "ec2.routeTables"],
  condense: {
    "ec2.instances": ({ state, attributes }) => {
      const { instanceId, subnetId, publicIps, ipv6Addresses, securityGroupIds } = attributes;
      return state === "running" ? { instanceId, subnetId, publicIps, ipv6Addresses, securityGroupIds } : null;
    },
    "ec2.securityGroups": ({ attributes: { groupId, ingress } }) => ({ groupId, ingress }),
    "ec2.subnets": ({ attributes: { subnetId, routeTableId, internetGatewayBlockMode } }) => ({
      subnetId,
      routeTableId,
      internetGatewayBlockMode,
    }),
    "ec2.routeTables": (table) => {
      const { routeTableId, routes } = table.attributes;
      return waysOut(table).length > 0 ? { routeTableId, routes } : null;
    },
  },
  decisive: ["ports", "sources"],
  params: {
    sensitivePorts: [
      20, 21, 22, 23, 25, 135, 389, 445, 1433, 1434, 1521, 2049, 2375, 2376, 2483, 3306, 3389, 5432, 5601, 5984, 5985,
      5986, 6379, 7199, 8888, 9092, 9160, 9200, 9300, 10_250, 11_211, 27_017, 27_018,
    ],
  },
  judge({ state, attributes }, { others, params: { sensitivePorts } }) {
    const { instanceId, subnetId, publicIps, ipv6Addresses, securityGroupIds } = attributes;
    if (state !== "running") return null;
    const addressed = [...(publicIps.length > 0 ? ["0.0.0.0/0"] : []), ...(ipv6Addresses.length > 0 ? ["::/0"] : [])];
    const known = groupsById(others("ec2.securityGroups"));
    const rules = securityGroupIds.flatMap((id) => (known.get(id) ?? []).map((rule) => ({ id, rule })));
    const through = (sources: readonly string[]) =>
      rules.filter(
        ({ rule }) =>
          anywhereIn(rule).some((source) => sources.includes(source)) &&
          sensitivePorts.some((port) => opensPort(rule, port)),
      );
    const isClosed = through(addressed).length === 0;
    if (isClosed && addressed.length > 0 && !securityGroupIds.every((id) => known.has(id)))
      return { status: "unknown", reason: "ec2:DescribeSecurityGroups does not show all of its groups" };
    if (isClosed) return { status: "pass" };
    const subnet = subnetsById(others("ec2.subnets")).get(subnetId);
    if (!subnet?.routeTableId)
      return { status: "unknown", reason: "ec2:DescribeRouteTables does not show the routes of its subnet" };
    const routed = tablesById(others("ec2.routeTables")).get(subnet.routeTableId) ?? [];
    const open = through(addressed.filter((source) => routed.includes(source)));
    // VPC Block Public Access closes the way in whatever the routes say.
    if (open.length === 0 || subnet.internetGatewayBlockMode?.startsWith("block")) return { status: "pass" };
    const ports = sensitivePorts
      .filter((port) => open.some(({ rule }) => opensPort(rule, port)))
      .toSorted((a, b) => a - b);
    const groupIds = [...new Set(open.map(({ id }) => id))].toSorted();
    const sources = routed.filter((source) => open.some(({ rule }) => anywhereIn(rule).includes(source)));
    return {
      status: "fail",
      exposure: "internet",
      variants: ports.includes(445) ? ["cifs"] : [],
      summary: `Instance ${instanceId} can be reached by anybody on ${ports.join(", ")}.`,
      details: { instanceId, ports, sources, securityGroupIds: groupIds, publicIps, ipv6Addresses },
      evidence: evidenceOf(attributes, subnet.routeTableId, groupIds),
    };
  },
};

/** Where a route to an internet gateway leads to everybody: `0.0.0.0/0`, `::/0`. */
const waysOut = ({ attributes }: FoundBy<"ec2.routeTables">): readonly string[] =>
  attributes.routes
    .filter(({ target, state }) => target?.startsWith("igw-") && state !== "blackhole")
    .map(({ destination }) => destination)
    .filter((destination) => destination === "0.0.0.0/0" || destination === "::/0");

const tablesById = oncePerList(
  (tables: readonly FoundBy<"ec2.routeTables">[]): ReadonlyMap<string, readonly string[]> =>
    new Map(tables.map((table) => [table.attributes.routeTableId, waysOut(table)])),
);

const subnetsById = oncePerList(
  (subnets: readonly FoundBy<"ec2.subnets">[]): ReadonlyMap<string | null, FoundBy<"ec2.subnets">["attributes"]> =>
    new Map(subnets.map(({ attributes }) => [attributes.subnetId, attributes])),
);

const evidenceOf = (
  { publicIps, ipv6Addresses }: FoundBy<"ec2.instances">["attributes"],
  routeTableId: string,
  groupIds: readonly string[],
) => {
  const instance = "Reservations[].Instances[].NetworkInterfaces[]";
  return [
    { call: "ec2:DescribeInstances", field: `${instance}.Association.PublicIp`, value: publicIps },
    { call: "ec2:DescribeInstances", field: `${instance}.Ipv6Addresses[].Ipv6Address`, value: ipv6Addresses },
    { call: "ec2:DescribeSecurityGroups", field: "SecurityGroups[].GroupId", value: groupIds },
    { call: "ec2:DescribeRouteTables", field: "RouteTables[].RouteTableId", value: routeTableId },
  ];
};

export const about: About = {
  title: "Strangers can reach a sensitive port of an instance",
  rationale:
    "A public address, a route to an internet gateway and an open rule have come together: the service is being probed by strangers already.",
  remediation:
    "Let the rule name the addresses or groups that need the port. Better still, put the instance where no route from outside leads, and reach it by Session Manager or through a load balancer.",
  controls: {
    iso_27001_2022: ["A.8.20", "A.8.21", "A.8.22"],
    soc2: ["cc_6_6"],
  },
  variants: { cifs: { "cis_aws_5.0": ["5.1.2"], "cis_aws_6.0": ["6.1.2"], "cis_aws_7.0": ["6.1.2"] } },
};

export const examples = (): Examples<"ec2.instances", Params> => {
  const rule = (port: number, rest: Partial<Ingress> = {}) => exampleRule({ fromPort: port, toPort: port, ...rest });
  const exposed = exampleInstance({ publicIp: "203.0.113.9", publicIps: ["203.0.113.9"] });
  const overIpv6 = exampleInstance({ ipv6Addresses: ["2001:db8::9"] });
  const around = (
    rules: readonly Ingress[],
    table = exampleRouteTable("igw-0a"),
    subnet: Parameters<typeof exampleSubnet>[0] = {},
  ) => ({
    "ec2.securityGroups": [exampleGroup(rules), exampleGroup([], { groupId: "sg-0b" })],
    "ec2.subnets": [exampleSubnet(subnet)],
    "ec2.routeTables": [table],
  });
  const ssh = rule(22);
  const sshIpv6 = rule(22, { cidrs: [], ipv6Cidrs: ["::/0"] });
  const ipv6Table = exampleRouteTable("igw-0a", { destination: "::/0" });
  return {
    pass: [
      { name: "no public address", found: exampleInstance(), others: around([ssh]) },
      { name: "a port of no concern", found: exposed, others: around([rule(443)]) },
      { name: "from known addresses", found: exposed, others: around([rule(22, { cidrs: ["198.51.100.0/24"] })]) },
      { name: "SSH's number over UDP", found: exposed, others: around([rule(22, { protocol: "udp" })]) },
      { name: "a route through a NAT gateway", found: exposed, others: around([ssh], exampleRouteTable("nat-0a")) },
      {
        name: "out only over IPv6",
        found: overIpv6,
        others: around([sshIpv6], exampleRouteTable("eigw-0a", { destination: "::/0" })),
      },
      {
        name: "the gateway is gone",
        found: exposed,
        others: around([ssh], exampleRouteTable("igw-0a", { state: "blackhole" })),
      },
      { name: "an IPv4 address, IPv6 open", found: exposed, others: around([sshIpv6], ipv6Table) },
      { name: "an IPv4 address and rule, IPv6 routed", found: exposed, others: around([ssh], ipv6Table) },
      {
        name: "public access to the VPC is blocked",
        found: exposed,
        others: around([ssh], undefined, { internetGatewayBlockMode: "block-bidirectional" }),
      },
      { name: "other ports of one's own", found: exposed, others: around([ssh]), params: { sensitivePorts: [8443] } },
    ],
    fail: [
      {
        name: "SSH",
        found: exposed,
        others: around([ssh]),
        expect: {
          severity: "critical",
          exposure: "internet",
          variants: [],
          details: { ports: [22], sources: ["0.0.0.0/0"], securityGroupIds: ["sg-0a"] },
        },
      },
      {
        name: "file sharing within a range",
        found: exposed,
        others: around([rule(440, { toPort: 445 })]),
        expect: { variants: ["cifs"], details: { ports: [445] } },
      },
      {
        name: "every protocol",
        found: exposed,
        others: around([exampleRule({ protocol: "-1", fromPort: null, toPort: null })]),
        expect: { variants: ["cifs"] },
      },
      {
        name: "memcached over UDP",
        found: exposed,
        others: around([rule(11_211, { protocol: "udp" })]),
        expect: { details: { ports: [11_211] } },
      },
      {
        name: "over IPv6",
        found: overIpv6,
        others: around([sshIpv6], ipv6Table),
        expect: { details: { sources: ["::/0"] } },
      },
      {
        name: "by the second of its groups",
        found: exampleInstance({ publicIps: ["203.0.113.9"], securityGroupIds: ["sg-0b", "sg-0a", "sg-gone"] }),
        others: around([ssh]),
        expect: { details: { securityGroupIds: ["sg-0a"] } },
      },
    ],
    unknown: [
      {
        name: "a group that is not shown",
        found: exampleInstance({ publicIps: ["203.0.113.9"], securityGroupIds: ["sg-0b", "sg-gone"] }),
        others: around([ssh]),
      },
      { name: "routes not read", found: exposed, others: around([ssh], undefined, { routeTableId: undefined }) },
      { name: "routes not shown", found: exposed, others: around([ssh], undefined, { routeTableId: null }) },
      {
        name: "subnet not shown",
        found: exampleInstance({ publicIps: ["203.0.113.9"], subnetId: null }),
        others: around([ssh]),
      },
    ],
    notApplicable: [
      {
        name: "stopped",
        found: exampleInstance({ publicIps: ["203.0.113.9"] }, { state: "stopped" }),
        others: around([ssh]),
      },
    ],
  };
};
