import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { arnIn, encryptedBy, networkRelations, related, relatedBucket } from "#collectors/relations";
import { claim, flag, instant, listOf, number, part, tagsAt, text, wholeListOf } from "#collectors/xml";
import { clusterMonthlyUsd } from "#prices/redshift";
import { inRegion } from "#prices/regions";

/** A flag or number AWS leaves out is `null`. */
export interface RedshiftCluster {
  /** `ra3.large`. */
  readonly nodeType: string | null;
  readonly nodes: number | null;
  /** The major version of the engine, `1.0`. */
  readonly version: string | null;
  readonly allowVersionUpgrade: boolean | null;
  /** `Enabled` or `Disabled`. */
  readonly multiAz: string | null;
  readonly publiclyAccessible: boolean | null;
  readonly endpointHost: string | null;
  readonly endpointPort: number | null;
  readonly vpcId: string | null;
  readonly vpcSecurityGroupIds: readonly string[];
  /** COPY and UNLOAD go through the VPC. */
  readonly enhancedVpcRouting: boolean | null;
  readonly encrypted: boolean | null;
  readonly kmsKeyId: string | null;
  /** Days automated snapshots are kept; 0: there are none. */
  readonly snapshotRetentionDays: number | null;
  /** Audit logs are written. */
  readonly loggingEnabled: boolean | undefined;
  /** Where they go when it is S3. */
  readonly logBucket: string | null | undefined;
}

const describeClusters: Operation = {
  service: "redshift",
  action: "DescribeClusters",
  paging: { token: "Marker", next: "Marker", limit: ["MaxRecords", 100] },
  lists: ["Cluster", "VpcSecurityGroup", "Tag"],
};
const describeLoggingStatus: Operation = { service: "redshift", action: "DescribeLoggingStatus" };

const ListedCluster = z.object({
  ClusterIdentifier: z.string(),
  ClusterStatus: text,
  ClusterCreateTime: instant,
  NodeType: text,
  NumberOfNodes: number,
  ClusterVersion: text,
  AllowVersionUpgrade: flag,
  MultiAZ: text,
  PubliclyAccessible: flag,
  Endpoint: part({ Address: text, Port: number }),
  VpcId: text,
  VpcSecurityGroups: listOf("VpcSecurityGroup", z.object({ VpcSecurityGroupId: z.string() })),
  EnhancedVpcRouting: flag,
  Encrypted: flag,
  KmsKeyId: text,
  AutomatedSnapshotRetentionPeriod: number,
  MasterPasswordSecretArn: text,
  Tags: tagsAt("Tag"),
});
type ListedCluster = z.infer<typeof ListedCluster>;

const Page = z.object({ Clusters: wholeListOf("Cluster", ListedCluster) });
const Logging = z.object({ LoggingEnabled: claim, BucketName: text });

/** Source: Redshift API 2012-12-01, DescribeClusters (100 per page) and, per cluster, DescribeLoggingStatus. */
export const collector: Collector<RedshiftCluster> = {
  id: "redshift.clusters",
  service: "redshift",
  resourceType: "AWS::Redshift::Cluster",
  scope: "regional",
  actions: ["redshift:DescribeClusters", "redshift:DescribeLoggingStatus"],
  async *list({ aws, place }) {
    for await (const page of aws.walk(describeClusters)) {
      yield Page.parse(page).Clusters.map((cluster) => found(cluster, place));
    }
  },
  async describe({ aws, place }, [cluster]) {
    if (!cluster) return [];
    const answer = await aws.attempt(describeLoggingStatus, { ClusterIdentifier: cluster.name }, ["ClusterNotFound"]);
    if (answer === null) return [];
    const logging = Logging.safeParse(answer).data;
    const logBucket = logging?.LoggingEnabled ? logging.BucketName : logging && null;
    return [
      {
        ...cluster,
        relations: [...(cluster.relations ?? []), ...relatedBucket("logsTo", logBucket, place)],
        attributes: { ...cluster.attributes, loggingEnabled: logging?.LoggingEnabled, logBucket },
      },
    ];
  },
};

const attributesOf = (cluster: ListedCluster): RedshiftCluster => ({
  nodeType: cluster.NodeType,
  nodes: cluster.NumberOfNodes,
  version: cluster.ClusterVersion,
  allowVersionUpgrade: cluster.AllowVersionUpgrade,
  multiAz: cluster.MultiAZ,
  publiclyAccessible: cluster.PubliclyAccessible,
  endpointHost: cluster.Endpoint.Address,
  endpointPort: cluster.Endpoint.Port,
  vpcId: cluster.VpcId,
  vpcSecurityGroupIds: cluster.VpcSecurityGroups.map((group) => group.VpcSecurityGroupId).toSorted(),
  enhancedVpcRouting: cluster.EnhancedVpcRouting,
  encrypted: cluster.Encrypted,
  kmsKeyId: cluster.KmsKeyId,
  snapshotRetentionDays: cluster.AutomatedSnapshotRetentionPeriod,
  loggingEnabled: undefined,
  logBucket: undefined,
});

function found(cluster: ListedCluster, place: Place): Found<RedshiftCluster> {
  const arn = arnIn(place, "redshift", `cluster:${cluster.ClusterIdentifier}`);
  const attributes = attributesOf(cluster);
  // A paused cluster costs what its snapshots take, which is not known.
  const isPaused = cluster.ClusterStatus === "paused";
  return {
    nativeId: arn,
    arn,
    name: cluster.ClusterIdentifier,
    state: cluster.ClusterStatus,
    tags: cluster.Tags,
    createdAt: cluster.ClusterCreateTime,
    costMonthly: isPaused ? null : inRegion(clusterMonthlyUsd(attributes.nodeType, attributes.nodes), place.region),
    relations: [
      ...networkRelations(place, { securityGroupIds: attributes.vpcSecurityGroupIds }),
      ...encryptedBy(attributes.kmsKeyId, place),
      ...related("passwordIn", "AWS::SecretsManager::Secret", cluster.MasterPasswordSecretArn),
    ],
    dnsNames: attributes.endpointHost === null ? [] : [attributes.endpointHost.toLowerCase()],
    attributes,
  };
}
