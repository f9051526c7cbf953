import { anywhereIn, isTcp, isUdp, portsOf, type Ingress } from "#checks/ingress";
import { oncePerList } from "#checks/once";
import type { FoundBy } from "#collectors/registry";

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

export const ruleEvidence = (rule: Ingress) => ({
  call: "ec2:DescribeSecurityGroups",
  field: "SecurityGroups[].IpPermissions[]",
  value: { protocol: rule.protocol, fromPort: rule.fromPort, toPort: rule.toPort, sources: anywhereIn(rule) },
});

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
