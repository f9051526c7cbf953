import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Place, Relation } from "#collectors/collector";
import { metricActions } from "#collectors/metrics";
import { arnIn, encryptedBy, networkRelations, related } from "#collectors/relations";
import { flag, instant, listOf, number, part, tagsAt, text, wholeListOf } from "#collectors/xml";
import { dbInstanceMonthlyUsd } from "#prices/rds";
import { inRegion } from "#prices/regions";
import { engineSupportActions, rdsArn, supportReader, type EngineSupport, passwordIn } from "./shapes.ts";

/**
 * A database instance. The same API also lists those of Neptune and DocumentDB: `engine` tells. A flag or number AWS
 * leaves out is `null`.
 */
export interface DbInstance {
  readonly identifier: string;
  readonly engine: string;
  readonly engineVersion: string | null;
  /** null: AWS gives no dates for the engine. */
  readonly engineSupport: EngineSupport | null | undefined;
  /** `open-source-rds-extended-support`, or the same with `-disabled`: then AWS upgrades it when standard support ends. */
  readonly engineLifecycleSupport: string | null;
  /** `db.t3.medium`. */
  readonly class: string | null;
  /** The cluster it is a member of (Aurora, Multi-AZ clusters). */
  readonly clusterId: string | null;
  /** Identifier or ARN of the instance or cluster it replicates. */
  readonly replicaSource: string | null;
  readonly multiAz: boolean | null;
  readonly publiclyAccessible: boolean | null;
  readonly endpointHost: string | null;
  readonly endpointPort: number | null;
  readonly vpcId: string | null;
  readonly subnetIds: readonly string[];
  readonly vpcSecurityGroupIds: readonly string[];
  readonly storageEncrypted: boolean | null;
  readonly kmsKeyId: string | null;
  readonly storageType: string | null;
  readonly allocatedStorageGib: number | null;
  readonly backupRetentionDays: number | null;
  readonly deletionProtection: boolean | null;
  readonly autoMinorVersionUpgrade: boolean | null;
  readonly caCertificateIdentifier: string | null;
  /** When the server certificate lapses, ISO 8601; `null` when AWS does not say. */
  readonly caValidTill: string | null;
}

export interface DbInstanceObserved {
  /** The most connections at once in the last 7 days; null: CloudWatch has no data. */
  readonly connectionsMax: number | null | undefined;
}

const describeDbInstances: Operation = {
  service: "rds",
  action: "DescribeDBInstances",
  paging: { token: "Marker", next: "Marker", limit: ["MaxRecords", 100] },
  lists: ["DBInstance", "VpcSecurityGroupMembership", "Subnet", "Tag"],
};

const ListedInstance = z.object({
  DBInstanceIdentifier: z.string(),
  DBInstanceStatus: text,
  InstanceCreateTime: instant,
  Engine: z.string(),
  EngineVersion: text,
  EngineLifecycleSupport: text,
  DBInstanceClass: text,
  DBClusterIdentifier: text,
  ReadReplicaSourceDBInstanceIdentifier: text,
  ReadReplicaSourceDBClusterIdentifier: text,
  MultiAZ: flag,
  PubliclyAccessible: flag,
  Endpoint: part({ Address: text, Port: number }),
  DBSubnetGroup: part({ VpcId: text, Subnets: listOf("Subnet", z.object({ SubnetIdentifier: z.string() })) }),
  VpcSecurityGroups: listOf("VpcSecurityGroupMembership", z.object({ VpcSecurityGroupId: z.string() })),
  StorageEncrypted: flag,
  KmsKeyId: text,
  StorageType: text,
  AllocatedStorage: number,
  BackupRetentionPeriod: number,
  DeletionProtection: flag,
  AutoMinorVersionUpgrade: flag,
  CACertificateIdentifier: text,
  CertificateDetails: part({ CAIdentifier: text, ValidTill: instant }),
  MasterUserSecret: part({ SecretArn: text }),
  TagList: tagsAt("Tag"),
});
type ListedInstance = z.infer<typeof ListedInstance>;

const Page = z.object({ DBInstances: wholeListOf("DBInstance", ListedInstance) });

/**
 * Source: RDS API 2014-10-31, DescribeDBInstances (100 per page), once DescribeDBMajorEngineVersions when there is an engine
 * with a lifecycle, and the connections of those that may be idle.
 */
export const collector: Collector<DbInstance, DbInstanceObserved> = {
  id: "rds.dbInstances",
  service: "rds",
  resourceType: "AWS::RDS::DBInstance",
  scope: "regional",
  actions: ["rds:DescribeDBInstances", ...engineSupportActions, ...metricActions],
  async *list({ aws, place }) {
    const supportOf = supportReader(aws);
    for await (const page of aws.walk(describeDbInstances)) {
      yield await Promise.all(
        Page.parse(page).DBInstances.map(async (instance) =>
          found(instance, await supportOf(instance.Engine, instance.EngineVersion), place),
        ),
      );
    }
  },
  measures: {
    queries: (instance) =>
      mayBeIdle(instance)
        ? [
            {
              namespace: "AWS/RDS",
              metric: "DatabaseConnections",
              dimensions: { DBInstanceIdentifier: instance.attributes.identifier },
              stat: "Maximum",
              days: 7,
              over: "max",
            },
          ]
        : [],
    with: (instance, [connectionsMax]) => ({ ...instance, observed: { connectionsMax } }),
  },
};

const attributesOf = (instance: ListedInstance, engineSupport: DbInstance["engineSupport"]): DbInstance => ({
  identifier: instance.DBInstanceIdentifier,
  engine: instance.Engine,
  engineVersion: instance.EngineVersion,
  engineSupport,
  engineLifecycleSupport: instance.EngineLifecycleSupport,
  class: instance.DBInstanceClass,
  clusterId: instance.DBClusterIdentifier,
  replicaSource: instance.ReadReplicaSourceDBInstanceIdentifier ?? instance.ReadReplicaSourceDBClusterIdentifier,
  multiAz: instance.MultiAZ,
  publiclyAccessible: instance.PubliclyAccessible,
  endpointHost: instance.Endpoint.Address,
  endpointPort: instance.Endpoint.Port,
  vpcId: instance.DBSubnetGroup.VpcId,
  subnetIds: instance.DBSubnetGroup.Subnets.map((subnet) => subnet.SubnetIdentifier).toSorted(),
  vpcSecurityGroupIds: instance.VpcSecurityGroups.map((group) => group.VpcSecurityGroupId).toSorted(),
  storageEncrypted: instance.StorageEncrypted,
  kmsKeyId: instance.KmsKeyId,
  storageType: instance.StorageType,
  allocatedStorageGib: instance.AllocatedStorage,
  backupRetentionDays: instance.BackupRetentionPeriod,
  deletionProtection: instance.DeletionProtection,
  autoMinorVersionUpgrade: instance.AutoMinorVersionUpgrade,
  caCertificateIdentifier: instance.CertificateDetails.CAIdentifier ?? instance.CACertificateIdentifier,
  caValidTill: instance.CertificateDetails.ValidTill,
});

const relationsOf = (instance: ListedInstance, attributes: DbInstance, place: Place): readonly Relation[] => [
  ...networkRelations(place, { subnetIds: attributes.subnetIds, securityGroupIds: attributes.vpcSecurityGroupIds }),
  ...encryptedBy(attributes.kmsKeyId, place),
  ...passwordIn(instance.MasterUserSecret.SecretArn),
  ...related("memberOf", "AWS::RDS::DBCluster", rdsArn(place, "cluster", attributes.clusterId)),
  ...related("replicaOf", "AWS::RDS::DBInstance", rdsArn(place, "db", instance.ReadReplicaSourceDBInstanceIdentifier)),
  ...related(
    "replicaOf",
    "AWS::RDS::DBCluster",
    rdsArn(place, "cluster", instance.ReadReplicaSourceDBClusterIdentifier),
  ),
];

function found(
  instance: ListedInstance,
  engineSupport: DbInstance["engineSupport"],
  place: Place,
): Found<DbInstance, DbInstanceObserved> {
  const arn = arnIn(place, "rds", `db:${instance.DBInstanceIdentifier}`);
  const attributes = attributesOf(instance, engineSupport);
  const state = instance.DBInstanceStatus;
  return {
    nativeId: arn,
    arn,
    name: instance.DBInstanceIdentifier,
    state,
    tags: instance.TagList,
    createdAt: instance.InstanceCreateTime,
    costMonthly: inRegion(dbInstanceMonthlyUsd({ ...attributes, state }), place.region),
    relations: relationsOf(instance, attributes, place),
    dnsNames: attributes.endpointHost === null ? [] : [attributes.endpointHost.toLowerCase()],
    attributes,
  };
}

/** Neptune and DocumentDB have metrics of their own; a replica is there for its source. */
const mayBeIdle = ({ state, attributes: { engine, replicaSource } }: Found<DbInstance, DbInstanceObserved>): boolean =>
  state === "available" && replicaSource === null && engine !== "neptune" && engine !== "docdb";
