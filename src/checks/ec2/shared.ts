import type { Controls, Exposure } from "#checks/check";
import { dayMs } from "#checks/days";
import { anywhereIn, coversPort, isTcp, isUdp, portsOf, type Ingress } from "#checks/ingress";
import { oncePerList } from "#checks/once";
import type { FoundBy } from "#collectors/registry";
import { instanceMonthlyUsd } from "#prices/ec2";

export interface EveryPort {
  /** A range counts as every port when it begins here or below … */
  readonly fromMax: number;
  /** … and ends here or above. */
  readonly toMin: number;
}

export const everyPort: EveryPort = { fromMax: 1, toMin: 65_535 };

/** All protocols, or TCP or UDP from the first to the last port. */
export function isEveryPort(rule: Ingress, { fromMax, toMin }: EveryPort): boolean {
  if (rule.protocol === "-1") return true;
  const [from, to] = portsOf(rule);
  return (isTcp(rule) || isUdp(rule)) && from <= fromMax && to >= toMin;
}

/** Services that are attacked, or used to attack others, over UDP; the rest of the ports is about TCP. */
const udpPorts: ReadonlySet<number> = new Set([53, 161, 389, 1900, 2049, 11_211]);

/** Whether a rule opens this port, to whomever. */
export const opensPort = (rule: Ingress, port: number): boolean =>
  rule.protocol === "-1" || ((isTcp(rule) || (isUdp(rule) && udpPorts.has(port))) && coversPort(rule, port));

/** What opening the ports of remote administration to everybody is evidence of: CIS tells IPv4 from IPv6, others SSH from RDP. */
export const adminVariants = {
  adminIpv4: {
    "cis_aws_3.0": ["5.2"],
    "cis_aws_4.0": ["5.3"],
    "cis_aws_5.0": ["5.3"],
    "cis_aws_6.0": ["6.3"],
    "cis_aws_7.0": ["6.3"],
  },
  adminIpv6: {
    "cis_aws_3.0": ["5.3"],
    "cis_aws_4.0": ["5.4"],
    "cis_aws_5.0": ["5.4"],
    "cis_aws_6.0": ["6.4"],
    "cis_aws_7.0": ["6.4"],
  },
  ssh: {
    aws_fsbp: ["EC2.13"],
    hipaa: ["164_308_a_1_ii_b", "164_312_e_1"],
    nist_800_53_r5: [
      "ac_17_1",
      "ac_17_9",
      "ac_17_10",
      "ac_17_b",
      "cm_9_b",
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
    "pci_dss_4.0": ["1.2.8", "1.3.1", "1.3.2", "1.4.2", "1.5.1", "A1.1.3"],
    soc2: ["cc_7_2"],
  },
  rdp: { aws_fsbp: ["EC2.14"] },
} as const satisfies Readonly<Record<string, Controls>>;

/** Which of them hold of rules that are open to everybody. */
export function adminVariantsOf(open: readonly Ingress[]): readonly string[] {
  const [ssh, rdp] = [22, 3389].map((port) => open.filter((rule) => opensPort(rule, port)));
  const sources = new Set([...(ssh ?? []), ...(rdp ?? [])].flatMap(anywhereIn));
  return [
    ...(sources.has("0.0.0.0/0") ? ["adminIpv4"] : []),
    ...(sources.has("::/0") ? ["adminIpv6"] : []),
    ...(ssh?.length ? ["ssh"] : []),
    ...(rdp?.length ? ["rdp"] : []),
  ];
}

export const ruleEvidence = (rule: Ingress) => ({
  call: "ec2:DescribeSecurityGroups",
  field: "SecurityGroups[].IpPermissions[]",
  value: { protocol: rule.protocol, fromPort: rule.fromPort, toPort: rule.toPort, sources: anywhereIn(rule) },
});

/** The inbound rules of each group. */
export const groupsById = oncePerList(
  (groups: readonly FoundBy<"ec2.securityGroups">[]): ReadonlyMap<string, readonly Ingress[]> =>
    new Map(groups.map(({ attributes: { groupId, ingress } }) => [groupId, ingress])),
);

/** How a security group is used. */
export interface Usage {
  /** A network interface carries the group. */
  readonly inUse: boolean;
  /** One that carries it has a public IPv4 address. */
  readonly hasPublicIp: boolean;
}

type NetworkInterfaces = readonly FoundBy<"ec2.networkInterfaces">[];

const unused: Usage = { inUse: false, hasPublicIp: false };

export const usageOf = (groupId: string, interfaces: NetworkInterfaces): Usage =>
  usages(interfaces).get(groupId) ?? unused;

const usages = oncePerList((interfaces: NetworkInterfaces): ReadonlyMap<string, Usage> => {
  const usage = new Map<string, Usage>();
  for (const { attributes } of interfaces) {
    for (const id of attributes.securityGroupIds) {
      const hasPublicIp = attributes.publicIps.length > 0 || (usage.get(id)?.hasPublicIp ?? false);
      usage.set(id, { inUse: true, hasPublicIp });
    }
  }
  return usage;
});

/** How far what a group opens to everybody can be reached. */
export const exposureOf = ({ inUse, hasPublicIp }: Usage): Exposure =>
  hasPublicIp ? "internet" : inUse ? "internal" : "idle";

/** The VPCs and subnets that have a network interface. */
export const placesInUse = oncePerList(
  (interfaces: NetworkInterfaces): ReadonlySet<string | null> =>
    new Set(interfaces.flatMap(({ attributes: { vpcId, subnetId } }) => [vpcId, subnetId])),
);

export const usageEvidence = (groupId: string, inUse: boolean) => ({
  call: "ec2:DescribeNetworkInterfaces",
  field: "NetworkInterfaces[].Groups[].GroupId",
  value: inUse ? groupId : null,
});

/** The snapshot's volume is gone, no image stands on it, and no service of AWS keeps it. */
export const isAbandoned = (
  { attributes, tags }: FoundBy<"ec2.snapshots">,
  volumes: readonly FoundBy<"ec2.volumes">[],
  images: readonly FoundBy<"ec2.images">[],
): boolean =>
  (attributes.volumeId === null || !volumeIds(volumes).has(attributes.volumeId)) &&
  !imageSnapshotIds(images).has(attributes.snapshotId) &&
  !isKeptByAws(tags);

/** AWS Backup and Data Lifecycle Manager delete their own snapshots when the time comes. */
export const isKeptByAws = (tags: Readonly<Record<string, string>>): boolean =>
  Object.keys(tags).some((key) => key.startsWith("aws:backup:") || key.startsWith("aws:dlm:"));

const volumeIds = oncePerList(
  (volumes: readonly FoundBy<"ec2.volumes">[]): ReadonlySet<string> =>
    new Set(volumes.map(({ attributes }) => attributes.volumeId)),
);

const imageSnapshotIds = oncePerList(
  (images: readonly FoundBy<"ec2.images">[]): ReadonlySet<string> =>
    new Set(images.flatMap(({ attributes }) => attributes.snapshotIds)),
);

/** One of the tags has one of these keys, in any case. */
export function hasTag(tags: Readonly<Record<string, string>>, keys: readonly string[]): boolean {
  const wanted = new Set(keys.map((key) => key.toLowerCase()));
  return Object.keys(tags).some((key) => wanted.has(key.toLowerCase()));
}

type InstanceAttributes = FoundBy<"ec2.instances">["attributes"];

/**
 * USD per month of an instance at list price, or of one like it of another type, not rounded; null where another licence, spot
 * or hardware of its own makes it another price.
 */
export function listMonthlyUsd(
  { lifecycle, tenancy, platform, ...instance }: InstanceAttributes,
  region: string,
  instanceType = instance.instanceType,
): number | null {
  const isListed =
    lifecycle === null && (tenancy ?? "default") === "default" && (platform ?? "Linux/UNIX") === "Linux/UNIX";
  return isListed && instanceType !== null ? instanceMonthlyUsd(instanceType, region) : null;
}

/** Before the first of so many whole UTC days that have ended: metrics then tell of all of them. */
export const isBeforeWindow = (days: number, at: string, now: Date): boolean =>
  Date.parse(at) <= Math.floor(now.getTime() / dayMs) * dayMs - days * dayMs;

export interface IdleLimits {
  /** It never used as much of its processors, in percent. */
  readonly cpuPeakPct: number;
  /** It received and sent less than this together, MiB, on each day. */
  readonly netMBPerDay: number;
}

export const idleLimits: IdleLimits = { cpuPeakPct: 5, netMBPerDay: 5 };

/** Whether an instance does next to nothing; `undefined`: its metrics do not tell. */
export function isIdle(observed: FoundBy<"ec2.instances">["observed"], limits: IdleLimits): boolean | undefined {
  const { cpuPeakPct, networkInPeakBytes, networkOutPeakBytes } = observed ?? {};
  if (typeof cpuPeakPct === "number" && cpuPeakPct >= limits.cpuPeakPct) return false;
  const net = (networkInPeakBytes ?? 0) + (networkOutPeakBytes ?? 0);
  if (net >= limits.netMBPerDay * 2 ** 20) return false;
  const isKnown = [cpuPeakPct, networkInPeakBytes, networkOutPeakBytes].every((figure) => typeof figure === "number");
  return isKnown ? true : undefined;
}
