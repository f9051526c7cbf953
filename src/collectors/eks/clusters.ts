import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found, Place, Relation } from "#collectors/collector";
import { flag, instant, list, part, tagMap, text, texts } from "#collectors/json";
import { ordered } from "#collectors/order";
import { oneByOne } from "#collectors/read";
import { arnIn, assumes, encryptedBy, networkRelations, relatedEc2 } from "#collectors/relations";
import { sharedAttempt } from "#collectors/shared";
import { unread, type OrUnread } from "#collectors/unread";
import { clusterMonthlyUsd } from "#prices/eks";
import { inRegion } from "#prices/regions";

/** A cluster's control plane. */
export interface Cluster {
  /** Kubernetes: `1.33`. */
  readonly version: string | null;
  readonly platformVersion: string | null;
  /** `STANDARD`: AWS upgrades it when standard support ends; `EXTENDED`: it stays, at a higher price. */
  readonly supportType: string | null;
  /** When the support of its version ends; null: AWS does not list the version. */
  readonly endOfStandardSupportAt: string | null | undefined;
  readonly endOfExtendedSupportAt: string | null | undefined;
  readonly endpointPublicAccess: boolean | null;
  readonly endpointPrivateAccess: boolean | null;
  readonly publicAccessCidrs: readonly string[];
  /** Kinds of Kubernetes objects under a key of the customer: `secrets`. */
  readonly encryptedResources: readonly string[];
  readonly kmsKeyArn: string | null;
  /** Kinds of logs that are on: `api`, `audit`, `authenticator`, `controllerManager`, `scheduler`. */
  readonly logTypes: readonly string[];
  readonly roleArn: string | null;
  readonly vpcId: string | null;
  readonly subnetIds: readonly string[];
  /** With the one EKS made for it. */
  readonly securityGroupIds: readonly string[];
  /** `API`, `CONFIG_MAP` or `API_AND_CONFIG_MAP`. */
  readonly authenticationMode: string | null;
  /** Who signs the tokens of its workloads: an IAM OIDC provider bears this name. */
  readonly oidcIssuer: string | null;
  readonly deletionProtection: boolean | null;
  /** Size of the control plane: `standard` or a larger one; null: AWS does not say. */
  readonly controlPlaneTier: string | null;
}

export interface ClusterObserved {
  /** EKS's codes of what is wrong with it, e.g. `Ec2SubnetNotFound`. */
  readonly healthIssues: readonly string[] | undefined;
}

const listClusters: Operation = {
  service: "eks",
  action: "ListClusters",
  method: "GET",
  path: "/clusters",
  paging: { token: "nextToken", next: "nextToken", limit: ["maxResults", 100] },
};
const describeCluster: Operation = {
  service: "eks",
  action: "DescribeCluster",
  method: "GET",
  path: "/clusters/{name}",
};
const describeClusterVersions: Operation = {
  service: "eks",
  action: "DescribeClusterVersions",
  method: "GET",
  path: "/cluster-versions",
};

const Page = z.object({ clusters: z.array(z.string()) });

const VersionsAnswer = z.object({
  clusterVersions: z.array(
    z.object({ clusterVersion: z.string(), endOfStandardSupportDate: instant, endOfExtendedSupportDate: instant }),
  ),
});
type Versions = z.infer<typeof VersionsAnswer>["clusterVersions"];
const unlisted = { endOfStandardSupportDate: null, endOfExtendedSupportDate: null };

const DescribedCluster = z.object({
  createdAt: instant,
  version: text,
  platformVersion: text,
  endpoint: text,
  roleArn: text,
  resourcesVpcConfig: part({
    subnetIds: texts,
    securityGroupIds: texts,
    clusterSecurityGroupId: text,
    vpcId: text,
    endpointPublicAccess: flag,
    endpointPrivateAccess: flag,
    publicAccessCidrs: texts,
  }),
  logging: part({ clusterLogging: list(z.object({ types: texts, enabled: flag })) }),
  identity: part({ oidc: part({ issuer: text }) }),
  status: text,
  tags: tagMap,
  encryptionConfig: list(z.object({ resources: texts, provider: part({ keyArn: text }) })),
  health: part({ issues: list(z.object({ code: text })) }),
  accessConfig: part({ authenticationMode: text }),
  upgradePolicy: part({ supportType: text }),
  deletionProtection: flag,
  controlPlaneScalingConfig: part({ tier: text }),
});
type DescribedCluster = z.infer<typeof DescribedCluster>;
const Answer = z.object({ cluster: DescribedCluster });

/**
 * Source: EKS API 2017-11-01, ListClusters (100 per page), DescribeCluster of each and, where there is one,
 * DescribeClusterVersions.
 */
export const collector: Collector<OrUnread<Cluster>, ClusterObserved, string> = {
  id: "eks.clusters",
  service: "eks",
  resourceType: "AWS::EKS::Cluster",
  scope: "regional",
  actions: ["eks:DescribeCluster", "eks:DescribeClusterVersions", "eks:ListClusters"],
  async *list({ aws }) {
    for await (const page of aws.walk(listClusters)) yield Page.parse(page).clusters;
  },
  describe: oneByOne(found),
};

/** null: it is gone since it was listed. */
async function found(
  { aws, place, now }: CollectContext,
  name: string,
): Promise<Found<OrUnread<Cluster>, ClusterObserved> | null> {
  const [answer, versionsAnswer] = await Promise.all([
    aws.attempt(describeCluster, { name }, ["ResourceNotFoundException"]),
    sharedAttempt(aws, describeClusterVersions, { includeAll: true, maxResults: 100 }),
  ]);
  if (answer === null) return null;
  const cluster = Answer.safeParse(answer).data?.cluster;
  const versions = VersionsAnswer.safeParse(versionsAnswer).data?.clusterVersions;
  const arn = arnIn(place, "eks", `cluster/${name}`);
  const attributes = cluster
    ? attributesOf(cluster, versions)
    : unread(attributesOf(DescribedCluster.parse({}), versions));
  return {
    nativeId: arn,
    arn,
    name,
    state: cluster?.status ?? null,
    tags: cluster?.tags ?? {},
    tagsUnread: cluster === undefined,
    createdAt: cluster?.createdAt ?? null,
    costMonthly: inRegion(costOf(attributes, now), place.region),
    relations: cluster ? relationsOf(cluster, place) : [],
    dnsNames: cluster?.endpoint ? [new URL(cluster.endpoint).hostname] : [],
    attributes,
    observed: { healthIssues: cluster && cluster.health.issues.flatMap(({ code }) => code ?? []).toSorted() },
  };
}

/** null: not known, as the price of the larger control planes is not. */
function costOf({ endOfStandardSupportAt, controlPlaneTier }: OrUnread<Cluster>, now: Date): number | null {
  if (!endOfStandardSupportAt || (controlPlaneTier ?? "standard") !== "standard") return null;
  return clusterMonthlyUsd(new Date(endOfStandardSupportAt) < now ? "extended" : "standard");
}

function attributesOf(cluster: DescribedCluster, versions: Versions | undefined): Cluster {
  const version = versions && (versions.find((one) => one.clusterVersion === cluster.version) ?? unlisted);
  const network = cluster.resourcesVpcConfig;
  return {
    version: cluster.version,
    platformVersion: cluster.platformVersion,
    supportType: cluster.upgradePolicy.supportType,
    endOfStandardSupportAt: version?.endOfStandardSupportDate,
    endOfExtendedSupportAt: version?.endOfExtendedSupportDate,
    endpointPublicAccess: network.endpointPublicAccess,
    endpointPrivateAccess: network.endpointPrivateAccess,
    publicAccessCidrs: network.publicAccessCidrs.toSorted(),
    encryptedResources: cluster.encryptionConfig.flatMap(({ resources }) => resources).toSorted(),
    kmsKeyArn: cluster.encryptionConfig[0]?.provider.keyArn ?? null,
    logTypes: logTypesOf(cluster),
    roleArn: cluster.roleArn,
    vpcId: network.vpcId,
    subnetIds: network.subnetIds.toSorted(),
    securityGroupIds: securityGroupsOf(cluster),
    authenticationMode: cluster.accessConfig.authenticationMode,
    oidcIssuer: cluster.identity.oidc.issuer,
    deletionProtection: cluster.deletionProtection,
    controlPlaneTier: cluster.controlPlaneScalingConfig.tier,
  };
}

const logTypesOf = ({ logging }: DescribedCluster): readonly string[] =>
  logging.clusterLogging.flatMap(({ enabled, types }) => (enabled ? types : [])).toSorted();

const securityGroupsOf = ({ resourcesVpcConfig: network }: DescribedCluster): readonly string[] =>
  ordered([...network.securityGroupIds, network.clusterSecurityGroupId]);

const relationsOf = (cluster: DescribedCluster, place: Place): readonly Relation[] => [
  ...relatedEc2("uses", "Subnet", cluster.resourcesVpcConfig.subnetIds, place),
  ...networkRelations(place, { securityGroupIds: securityGroupsOf(cluster) }),
  ...ordered(cluster.encryptionConfig.map(({ provider }) => provider.keyArn)).flatMap((key) => encryptedBy(key, place)),
  ...assumes(cluster.roleArn),
];
