import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { listOf, tagsAt, wholeListOf } from "#collectors/shapes";
import { count, flag, instant, part, text } from "#collectors/xml";

/**
 * A database instance. The same API also lists those of Neptune and DocumentDB: `engine` tells. A flag or number AWS
 * leaves out is `null`.
 */
export interface DbInstance {
  readonly identifier: string;
  readonly engine: string;
  readonly engineVersion: string | null;
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
  DBInstanceClass: text,
  DBClusterIdentifier: text,
  ReadReplicaSourceDBInstanceIdentifier: text,
  ReadReplicaSourceDBClusterIdentifier: text,
  MultiAZ: flag,
  PubliclyAccessible: flag,
  Endpoint: part({ Address: text, Port: count }),
  DBSubnetGroup: part({ VpcId: text, Subnets: listOf("Subnet", z.object({ SubnetIdentifier: z.string() })) }),
  VpcSecurityGroups: listOf("VpcSecurityGroupMembership", z.object({ VpcSecurityGroupId: z.string() })),
  StorageEncrypted: flag,
  KmsKeyId: text,
  StorageType: text,
  AllocatedStorage: count,
  BackupRetentionPeriod: count,
  DeletionProtection: flag,
  AutoMinorVersionUpgrade: flag,
  CACertificateIdentifier: text,
  CertificateDetails: part({ CAIdentifier: text, ValidTill: instant }),
  TagList: tagsAt("Tag"),
});
type ListedInstance = z.infer<typeof ListedInstance>;

const Page = z.object({ DBInstances: wholeListOf("DBInstance", ListedInstance) });

const attributesOf = (instance: ListedInstance): DbInstance => ({
  identifier: instance.DBInstanceIdentifier,
  engine: instance.Engine,
  engineVersion: instance.EngineVersion,
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

function found(instance: ListedInstance, place: Place): Found<DbInstance> {
  const arn = `arn:${place.partition}:rds:${place.region}:${place.awsAccountId}:db:${instance.DBInstanceIdentifier}`;
  return {
    nativeId: arn,
    arn,
    name: instance.DBInstanceIdentifier,
    state: instance.DBInstanceStatus,
    tags: instance.TagList,
    createdAt: instance.InstanceCreateTime,
    attributes: attributesOf(instance),
  };
}

/** Source: RDS API 2014-10-31, DescribeDBInstances. 100 per page. */
export const collector: Collector<DbInstance> = {
  id: "rds.dbInstances",
  service: "rds",
  resourceType: "AWS::RDS::DBInstance",
  scope: "regional",
  actions: ["rds:DescribeDBInstances"],
  async *list({ aws, place }) {
    for await (const page of aws.pages(describeDbInstances)) {
      yield Page.parse(page).DBInstances.map((instance) => found(instance, place));
    }
  },
};
