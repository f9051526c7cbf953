import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { list, number, part, tagList, text, texts } from "#collectors/json";
import { ordered } from "#collectors/order";
import { encryptedBy, keyArn } from "#collectors/relations";
import { unread, type OrUnread } from "#collectors/unread";
import { clusterArns } from "./shapes.ts";

export interface Cluster {
  /** `enabled`, `enhanced` or `disabled`. */
  readonly containerInsights: string | null;
  readonly capacityProviders: readonly string[];
  /** Where shells in containers are recorded: `DEFAULT`, `OVERRIDE` or `NONE`; null: not set. */
  readonly executeCommandLogging: string | null;
  readonly executeCommandKmsKeyArn: string | null;
  /** The customer's key for the storage of its Fargate tasks. */
  readonly fargateStorageKmsKeyArn: string | null;
  readonly serviceConnectNamespace: string | null;
}

export interface ClusterObserved {
  readonly containerInstances: number | null | undefined;
  readonly activeServices: number | null | undefined;
  readonly runningTasks: number | null | undefined;
}

const describeClusters: Operation = { service: "ecs", action: "DescribeClusters" };

const DescribedCluster = z.object({
  status: text,
  tags: tagList,
  settings: list(z.object({ name: z.string(), value: text })),
  capacityProviders: texts,
  configuration: part({
    executeCommandConfiguration: part({ kmsKeyId: text, logging: text }),
    managedStorageConfiguration: part({ fargateEphemeralStorageKmsKeyId: text }),
  }),
  serviceConnectDefaults: part({ namespace: text }),
  registeredContainerInstancesCount: number,
  activeServicesCount: number,
  runningTasksCount: number,
});
type DescribedCluster = z.infer<typeof DescribedCluster>;
const Answer = z.object({ clusters: z.array(DescribedCluster.extend({ clusterArn: z.string() })) });

/** Source: ECS API 2014-11-13, ListClusters (100 per page) and, where there are any, DescribeClusters (100 at once). */
export const collector: Collector<OrUnread<Cluster>, ClusterObserved, string> = {
  id: "ecs.clusters",
  service: "ecs",
  resourceType: "AWS::ECS::Cluster",
  scope: "regional",
  actions: ["ecs:DescribeClusters", "ecs:ListClusters"],
  list: ({ aws }) => clusterArns(aws),
  batch: 100,
  async describe({ aws, place }, arns) {
    const include = ["CONFIGURATIONS", "SETTINGS", "TAGS"];
    const answer = Answer.safeParse(await aws.attempt(describeClusters, { clusters: arns, include })).data;
    // What is not in an answer is gone since it was listed.
    return answer
      ? answer.clusters.map((cluster) => found(cluster.clusterArn, cluster, place))
      : arns.map((arn) => found(arn, null, place));
  },
};

function found(arn: string, cluster: DescribedCluster | null, place: Place): Found<OrUnread<Cluster>, ClusterObserved> {
  const attributes = cluster ? attributesOf(cluster, place) : unread(attributesOf(DescribedCluster.parse({}), place));
  const { executeCommandKmsKeyArn = null, fargateStorageKmsKeyArn = null } = attributes;
  return {
    nativeId: arn,
    arn,
    name: arn.split("/").at(-1) ?? null,
    state: cluster?.status ?? null,
    tags: cluster?.tags ?? {},
    tagsUnread: cluster === null,
    createdAt: null,
    // What runs in it is what costs.
    costMonthly: 0,
    relations: ordered([executeCommandKmsKeyArn, fargateStorageKmsKeyArn]).flatMap((key) => encryptedBy(key, place)),
    attributes,
    observed: {
      containerInstances: cluster?.registeredContainerInstancesCount,
      activeServices: cluster?.activeServicesCount,
      runningTasks: cluster?.runningTasksCount,
    },
  };
}

function attributesOf(cluster: DescribedCluster, place: Place): Cluster {
  const { executeCommandConfiguration: shell, managedStorageConfiguration: storage } = cluster.configuration;
  return {
    containerInsights: cluster.settings.find(({ name }) => name === "containerInsights")?.value ?? null,
    capacityProviders: cluster.capacityProviders.toSorted(),
    executeCommandLogging: shell.logging,
    executeCommandKmsKeyArn: keyArn(shell.kmsKeyId, place),
    fargateStorageKmsKeyArn: keyArn(storage.fargateEphemeralStorageKmsKeyId, place),
    serviceConnectNamespace: cluster.serviceConnectDefaults.namespace,
  };
}
