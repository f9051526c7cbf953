import { AwsError, queryAnswer } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { describeMajorVersions } from "./engine-versions.ts";
import { keyArnOf } from "./kms.ts";
import {
  arnIn,
  byRecords,
  daysBefore,
  ec2Id,
  numberOf,
  ownerOf,
  pageOf,
  tagsOf,
  xmlOf,
  type ThingService,
} from "./thing.ts";

/** Source: RDS API 2014-10-31. */
const clusters = "rds.dbClusters";
const snapshots = "rds.dbClusterSnapshots";

/** Every seventh is a Multi-AZ cluster with a public endpoint; every fifth runs a version past its standard support. */
function engineOf(n: number) {
  if (n % 7 === 6) {
    const instances = { DBClusterInstanceClass: "db.r6gd.large", AllocatedStorage: 100, StorageType: "io1" };
    return { Engine: "postgres", EngineVersion: "16.4", MultiAZ: true, PubliclyAccessible: true, ...instances };
  }
  if (n % 5 === 4) return { Engine: "aurora-postgresql", EngineVersion: "12.20", MultiAZ: false };
  if (n % 2 === 1) return { Engine: "aurora-mysql", EngineVersion: "8.0.mysql_aurora.3.08.0", MultiAZ: true };
  return { Engine: "aurora-postgresql", EngineVersion: "16.4", MultiAZ: true };
}

const hostOf = ({ region }: Call, label: string, n: number): string =>
  `cluster-${n}.${label}-abcdefghijkl.${region}.rds.amazonaws.com`;

const encryption = (call: Call, n: number) =>
  n % 5 === 0 ? { StorageEncrypted: false } : { StorageEncrypted: true, KmsKeyId: keyArnOf(call, 0) };

/** Every fifth is not encrypted, every sixth may be deleted. */
const clusterOf = (call: Call, n: number) => ({
  DBClusterIdentifier: `cluster-${n}`,
  DBClusterArn: arnIn(call, "rds", `cluster:cluster-${n}`),
  Status: "available",
  ClusterCreateTime: daysBefore(call, 350),
  ...engineOf(n),
  EngineMode: "provisioned",
  EngineLifecycleSupport: "open-source-rds-extended-support",
  DBClusterMembers: { DBClusterMember: { DBInstanceIdentifier: `cluster-${n}-1`, IsClusterWriter: true } },
  Endpoint: hostOf(call, "cluster", n),
  ReaderEndpoint: hostOf(call, "cluster-ro", n),
  Port: engineOf(n).Engine === "aurora-mysql" ? 3306 : 5432,
  VpcSecurityGroups: { VpcSecurityGroupMembership: { VpcSecurityGroupId: ec2Id("sg", n), Status: "active" } },
  ...encryption(call, n),
  BackupRetentionPeriod: n % 7 === 5 ? 1 : 7,
  DeletionProtection: n % 6 !== 5,
  AutoMinorVersionUpgrade: true,
  TagList: { Tag: tagsOf(n) },
});

const describeClusters: Operation = (call) => {
  const { numbers, next } = pageOf(call, clusters, byRecords);
  const DBCluster = numbers.map((n) => clusterOf(call, n));
  return queryAnswer("rds", call.action, xmlOf({ Marker: next, DBClusters: { DBCluster } }));
};

function snapshotOf(call: Call, n: number) {
  const cluster = ownerOf(call, clusters, n);
  const { Engine, EngineVersion } = engineOf(cluster);
  return {
    DBClusterSnapshotIdentifier: `snapshot-${n}`,
    DBClusterSnapshotArn: arnIn(call, "rds", `cluster-snapshot:snapshot-${n}`),
    DBClusterIdentifier: `cluster-${cluster}`,
    SnapshotType: "manual",
    Status: "available",
    SnapshotCreateTime: daysBefore(call, 30),
    Engine,
    EngineVersion,
    AllocatedStorage: 1,
    StorageType: "aurora",
    ...encryption(call, n),
    TagList: { Tag: tagsOf(n) },
  };
}

const describeClusterSnapshots: Operation = (call) => {
  const { numbers, next } = pageOf(call, snapshots, byRecords);
  const DBClusterSnapshot = numbers.map((n) => snapshotOf(call, n));
  return queryAnswer("rds", call.action, xmlOf({ Marker: next, DBClusterSnapshots: { DBClusterSnapshot } }));
};

const noSnapshot = new AwsError("DBClusterSnapshotNotFoundFault", 404, "DBClusterSnapshot not found.");

/** Of those without encryption every second is public. */
const describeClusterSnapshotAttributes: Operation = (call) => {
  const n = numberOf(call, snapshots, "DBClusterSnapshotIdentifier", noSnapshot);
  const DBClusterSnapshotAttribute = {
    AttributeName: "restore",
    AttributeValues: { AttributeValue: n % 10 === 0 ? ["all"] : [] },
  };
  const DBClusterSnapshotAttributesResult = {
    DBClusterSnapshotIdentifier: `snapshot-${n}`,
    DBClusterSnapshotAttributes: { DBClusterSnapshotAttribute },
  };
  return queryAnswer("rds", call.action, xmlOf({ DBClusterSnapshotAttributesResult }));
};

export const rds: ThingService = {
  operations: {
    DescribeDBClusters: describeClusters,
    DescribeDBClusterSnapshots: describeClusterSnapshots,
    DescribeDBClusterSnapshotAttributes: describeClusterSnapshotAttributes,
    DescribeDBMajorEngineVersions: describeMajorVersions,
  },
  kinds: {
    [clusters]: { arnOf: (call, n) => arnIn(call, "rds", `cluster:cluster-${n}`) },
    [snapshots]: { arnOf: (call, n) => arnIn(call, "rds", `cluster-snapshot:snapshot-${n}`) },
  },
};
