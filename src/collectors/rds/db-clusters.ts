import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Place, Relation } from "#collectors/collector";
import { arnIn, encryptedBy, networkRelations, related } from "#collectors/relations";
import { flag, instant, listOf, number, part, tagsAt, text, wholeListOf } from "#collectors/xml";
import { engineSupportActions, rdsArn, supportReader, type EngineSupport, passwordIn } from "./shapes.ts";

/**
 * An Aurora or Multi-AZ cluster. The same API also lists those of Neptune and DocumentDB: `engine` tells. A flag or number
 * AWS leaves out is `null`.
 */
export interface DbCluster {
  readonly identifier: string;
  readonly engine: string;
  readonly engineVersion: string | null;
  /** `provisioned` or `serverless`, which is Aurora Serverless v1. */
  readonly engineMode: string | null;
  /** null: AWS gives no dates for the engine. */
  readonly engineSupport: EngineSupport | null | undefined;
  /** `open-source-rds-extended-support`, or the same with `-disabled`: then AWS upgrades it when standard support ends. */
  readonly engineLifecycleSupport: string | null;
  /** Of Multi-AZ clusters; the members of others have classes of their own. */
  readonly class: string | null;
  /** Identifiers of its instances. */
  readonly memberIds: readonly string[];
  /** ARN of the cluster or instance it replicates. */
  readonly replicaSource: string | null;
  readonly multiAz: boolean | null;
  readonly publiclyAccessible: boolean | null;
  readonly endpointHost: string | null;
  readonly endpointPort: number | null;
  readonly vpcSecurityGroupIds: readonly string[];
  readonly storageEncrypted: boolean | null;
  readonly kmsKeyId: string | null;
  readonly backupRetentionDays: number | null;
  readonly deletionProtection: boolean | null;
  readonly autoMinorVersionUpgrade: boolean | null;
}

const describeDbClusters: Operation = {
  service: "rds",
  action: "DescribeDBClusters",
  paging: { token: "Marker", next: "Marker", limit: ["MaxRecords", 100] },
  lists: ["DBCluster", "DBClusterMember", "VpcSecurityGroupMembership", "Tag"],
};

const ListedCluster = z.object({
  DBClusterIdentifier: z.string(),
  Status: text,
  ClusterCreateTime: instant,
  Engine: z.string(),
  EngineVersion: text,
  EngineMode: text,
  EngineLifecycleSupport: text,
  DBClusterInstanceClass: text,
  DBClusterMembers: listOf("DBClusterMember", z.object({ DBInstanceIdentifier: z.string() })),
  ReplicationSourceIdentifier: text,
  MultiAZ: flag,
  PubliclyAccessible: flag,
  Endpoint: text,
  ReaderEndpoint: text,
  CustomEndpoints: listOf("member", z.string()),
  Port: number,
  VpcSecurityGroups: listOf("VpcSecurityGroupMembership", z.object({ VpcSecurityGroupId: z.string() })),
  StorageEncrypted: flag,
  KmsKeyId: text,
  BackupRetentionPeriod: number,
  DeletionProtection: flag,
  AutoMinorVersionUpgrade: flag,
  MasterUserSecret: part({ SecretArn: text }),
  TagList: tagsAt("Tag"),
});
type ListedCluster = z.infer<typeof ListedCluster>;

const Page = z.object({ DBClusters: wholeListOf("DBCluster", ListedCluster) });

/**
 * Source: RDS API 2014-10-31, DescribeDBClusters (100 per page), and once DescribeDBMajorEngineVersions when there is an
 * engine with a lifecycle.
 */
export const collector: Collector<DbCluster> = {
  id: "rds.dbClusters",
  service: "rds",
  resourceType: "AWS::RDS::DBCluster",
  scope: "regional",
  actions: ["rds:DescribeDBClusters", ...engineSupportActions],
  async *list({ aws, place }) {
    const supportOf = supportReader(aws);
    for await (const page of aws.walk(describeDbClusters)) {
      yield await Promise.all(
        Page.parse(page).DBClusters.map(async (cluster) =>
          found(cluster, await supportOf(cluster.Engine, cluster.EngineVersion), place),
        ),
      );
    }
  },
};

const attributesOf = (cluster: ListedCluster, engineSupport: DbCluster["engineSupport"]): DbCluster => ({
  identifier: cluster.DBClusterIdentifier,
  engine: cluster.Engine,
  engineVersion: cluster.EngineVersion,
  engineMode: cluster.EngineMode,
  engineSupport,
  engineLifecycleSupport: cluster.EngineLifecycleSupport,
  class: cluster.DBClusterInstanceClass,
  memberIds: cluster.DBClusterMembers.map((member) => member.DBInstanceIdentifier).toSorted(),
  replicaSource: cluster.ReplicationSourceIdentifier,
  multiAz: cluster.MultiAZ,
  publiclyAccessible: cluster.PubliclyAccessible,
  endpointHost: cluster.Endpoint,
  endpointPort: cluster.Port,
  vpcSecurityGroupIds: cluster.VpcSecurityGroups.map((group) => group.VpcSecurityGroupId).toSorted(),
  storageEncrypted: cluster.StorageEncrypted,
  kmsKeyId: cluster.KmsKeyId,
  backupRetentionDays: cluster.BackupRetentionPeriod,
  deletionProtection: cluster.DeletionProtection,
  autoMinorVersionUpgrade: cluster.AutoMinorVersionUpgrade,
});

/** A cluster replicates a cluster or an instance. */
function replicaOf(source: string | null, place: Place): readonly Relation[] {
  const arn = rdsArn(place, "cluster", source);
  return related("replicaOf", arn?.includes(":db:") ? "AWS::RDS::DBInstance" : "AWS::RDS::DBCluster", arn);
}

function found(cluster: ListedCluster, engineSupport: DbCluster["engineSupport"], place: Place): Found<DbCluster> {
  const arn = arnIn(place, "rds", `cluster:${cluster.DBClusterIdentifier}`);
  const attributes = attributesOf(cluster, engineSupport);
  return {
    nativeId: arn,
    arn,
    name: cluster.DBClusterIdentifier,
    state: cluster.Status,
    tags: cluster.TagList,
    createdAt: cluster.ClusterCreateTime,
    relations: [
      ...networkRelations(place, { securityGroupIds: attributes.vpcSecurityGroupIds }),
      ...encryptedBy(cluster.KmsKeyId, place),
      ...passwordIn(cluster.MasterUserSecret.SecretArn),
      ...replicaOf(cluster.ReplicationSourceIdentifier, place),
    ],
    dnsNames: [cluster.Endpoint, cluster.ReaderEndpoint, ...cluster.CustomEndpoints.toSorted()]
      .filter((name) => name !== null)
      .map((name) => name.toLowerCase()),
    attributes,
  };
}
