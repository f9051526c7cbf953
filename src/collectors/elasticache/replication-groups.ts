import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { arnIn, encryptedBy } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";
import { flag, instant, listOf, number, part, text, wholeListOf } from "#collectors/xml";
import { nodesMonthlyUsd } from "#prices/elasticache";
import { inRegion } from "#prices/regions";

/** Redis OSS or Valkey nodes that hold the same data. A flag or number AWS leaves out is `null`. */
export interface ReplicationGroup {
  /** `redis` or `valkey`; null where AWS does not say. */
  readonly engine: string | null;
  /** `cache.r7g.large`. */
  readonly nodeType: string | null;
  /** Names of its nodes. */
  readonly memberClusters: readonly string[];
  readonly clusterEnabled: boolean | null;
  readonly transitEncryptionEnabled: boolean | null;
  /** `preferred`: clients without TLS are let in, too; `required`. */
  readonly transitEncryptionMode: string | null;
  readonly atRestEncryptionEnabled: boolean | null;
  readonly kmsKeyId: string | null;
  /** Clients give a password all of them share. */
  readonly authTokenEnabled: boolean | null;
  /** Clients log in as users of these groups. */
  readonly userGroupIds: readonly string[];
  /** `enabled` or `disabled`. */
  readonly automaticFailover: string | null;
  /** `enabled` or `disabled`. */
  readonly multiAz: string | null;
  /** Days snapshots are kept; 0: there are none. */
  readonly snapshotRetentionDays: number | null;
  readonly autoMinorVersionUpgrade: boolean | null;
}

const describeReplicationGroups: Operation = {
  service: "elasticache",
  action: "DescribeReplicationGroups",
  paging: { token: "Marker", next: "Marker", limit: ["MaxRecords", 100] },
  lists: ["ReplicationGroup", "ClusterId", "NodeGroup"],
};

const Endpoint = part({ Address: text });
const ListedGroup = z.object({
  ReplicationGroupId: z.string(),
  Status: text,
  ReplicationGroupCreateTime: instant,
  Engine: text,
  CacheNodeType: text,
  MemberClusters: listOf("ClusterId", z.string()),
  ClusterEnabled: flag,
  ConfigurationEndpoint: Endpoint,
  NodeGroups: listOf("NodeGroup", z.object({ PrimaryEndpoint: Endpoint, ReaderEndpoint: Endpoint })),
  TransitEncryptionEnabled: flag,
  TransitEncryptionMode: text,
  AtRestEncryptionEnabled: flag,
  KmsKeyId: text,
  AuthTokenEnabled: flag,
  UserGroupIds: listOf("member", z.string()),
  AutomaticFailover: text,
  MultiAZ: text,
  SnapshotRetentionLimit: number,
  AutoMinorVersionUpgrade: flag,
});
type ListedGroup = z.infer<typeof ListedGroup>;

const Page = z.object({ ReplicationGroups: wholeListOf("ReplicationGroup", ListedGroup) });

/** Source: ElastiCache API 2015-02-02, DescribeReplicationGroups, 100 per page. */
export const collector: Collector<ReplicationGroup> = {
  id: "elasticache.replicationGroups",
  service: "elasticache",
  resourceType: "AWS::ElastiCache::ReplicationGroup",
  scope: "regional",
  actions: ["elasticache:DescribeReplicationGroups", ...tagActions],
  async *list(context) {
    for await (const page of context.aws.walk(describeReplicationGroups)) {
      const groups = Page.parse(page).ReplicationGroups;
      yield groups.map((group) => found(group, context.place));
    }
  },
};

const attributesOf = (group: ListedGroup): ReplicationGroup => ({
  engine: group.Engine,
  nodeType: group.CacheNodeType,
  memberClusters: group.MemberClusters.toSorted(),
  clusterEnabled: group.ClusterEnabled,
  transitEncryptionEnabled: group.TransitEncryptionEnabled,
  transitEncryptionMode: group.TransitEncryptionMode,
  atRestEncryptionEnabled: group.AtRestEncryptionEnabled,
  kmsKeyId: group.KmsKeyId,
  authTokenEnabled: group.AuthTokenEnabled,
  userGroupIds: group.UserGroupIds.toSorted(),
  automaticFailover: group.AutomaticFailover,
  multiAz: group.MultiAZ,
  snapshotRetentionDays: group.SnapshotRetentionLimit,
  autoMinorVersionUpgrade: group.AutoMinorVersionUpgrade,
});

const hostsOf = ({ ConfigurationEndpoint, NodeGroups }: ListedGroup): readonly string[] =>
  [ConfigurationEndpoint, ...NodeGroups.flatMap((group) => [group.PrimaryEndpoint, group.ReaderEndpoint])]
    .map(({ Address }) => Address)
    .filter((host) => host !== null)
    .map((host) => host.toLowerCase())
    .toSorted();

const arnOf = (group: ListedGroup, place: Place): string =>
  arnIn(place, "elasticache", `replicationgroup:${group.ReplicationGroupId}`);

function found(group: ListedGroup, place: Place): Found<ReplicationGroup> {
  const arn = arnOf(group, place);
  return {
    nativeId: arn,
    arn,
    name: group.ReplicationGroupId,
    state: group.Status,
    ...taggedAs(arn),
    createdAt: group.ReplicationGroupCreateTime,
    costMonthly: inRegion(nodesMonthlyUsd(group.CacheNodeType, group.MemberClusters.length), place.region),
    relations: encryptedBy(group.KmsKeyId, place),
    dnsNames: hostsOf(group),
    attributes: attributesOf(group),
  };
}
