import { queryAnswer } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { keyArnOf } from "./kms.ts";
import { arnIn, byRecords, daysBefore, pageOf, xmlOf, type ThingService } from "./thing.ts";

/** Source: ElastiCache API 2015-02-02. */
const kind = "elasticache.replicationGroups";
const arnOf = (call: Call, n: number): string => arnIn(call, "elasticache", `replicationgroup:cache-${n}`);

const endpoint = ({ region }: Call, label: string, n: number) => ({
  Address: `${label}.cache-${n}.abcdef.${region.replace(/-(\w)\w*-(\d)/, "$1$2")}.cache.amazonaws.com`,
  Port: 6379,
});

/** Every fifth has no encryption, every seventh neither failover nor snapshots. */
function groupOf(call: Call, n: number) {
  const isEncrypted = n % 5 !== 4;
  const isSafe = n % 7 !== 6;
  const encryption = isEncrypted ? { TransitEncryptionMode: "required", KmsKeyId: keyArnOf(call, 0) } : {};
  return {
    ReplicationGroupId: `cache-${n}`,
    Description: `cache ${n}`,
    ARN: arnOf(call, n),
    Status: "available",
    ReplicationGroupCreateTime: daysBefore(call, 250),
    Engine: n % 2 === 0 ? "valkey" : "redis",
    CacheNodeType: "cache.t4g.small",
    MemberClusters: { ClusterId: isSafe ? [`cache-${n}-001`, `cache-${n}-002`] : [`cache-${n}-001`] },
    ClusterEnabled: false,
    NodeGroups: {
      NodeGroup: {
        NodeGroupId: "0001",
        Status: "available",
        PrimaryEndpoint: endpoint(call, "master", n),
        ReaderEndpoint: endpoint(call, "replica", n),
      },
    },
    TransitEncryptionEnabled: isEncrypted,
    AtRestEncryptionEnabled: isEncrypted,
    ...encryption,
    AuthTokenEnabled: isEncrypted,
    AutomaticFailover: isSafe ? "enabled" : "disabled",
    MultiAZ: isSafe ? "enabled" : "disabled",
    SnapshotRetentionLimit: isSafe ? 7 : 0,
    AutoMinorVersionUpgrade: true,
  };
}

const describeReplicationGroups: Operation = (call) => {
  const { numbers, next } = pageOf(call, kind, byRecords);
  const ReplicationGroup = numbers.map((n) => groupOf(call, n));
  return queryAnswer("elasticache", call.action, xmlOf({ Marker: next, ReplicationGroups: { ReplicationGroup } }));
};

export const elasticache: ThingService = {
  operations: { DescribeReplicationGroups: describeReplicationGroups },
  kinds: { [kind]: { isTagged: true, arnOf } },
};
