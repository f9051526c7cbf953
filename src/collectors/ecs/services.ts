import type { Collector, Found, Place, Relation } from "#collectors/collector";
import { ordered } from "#collectors/order";
import { networkRelations, related } from "#collectors/relations";
import { servicesIn, taskDefinitionsOf, type DescribedService } from "./shapes.ts";

export interface Service {
  readonly clusterArn: string;
  /** One, but for services whose deployments are made elsewhere: those may run several. */
  readonly taskDefinitionArns: readonly string[];
  /** `EC2`, `FARGATE` or `EXTERNAL`; null: its capacity providers decide. */
  readonly launchType: string | null;
  readonly capacityProviders: readonly string[];
  readonly platformVersion: string | null;
  /** `REPLICA` or `DAEMON`. */
  readonly schedulingStrategy: string | null;
  /** `ECS`, `CODE_DEPLOY` or `EXTERNAL`. */
  readonly deploymentController: string | null;
  readonly deploymentCircuitBreaker: boolean | null;
  /** Somebody with the permission may open a shell in its containers. */
  readonly enableExecuteCommand: boolean | null;
  /** null: its tasks have no network interface of their own. */
  readonly assignPublicIp: boolean | null;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly targetGroupArns: readonly string[];
}

export interface ServiceObserved {
  readonly desiredCount: number | null;
  readonly runningCount: number | null;
  readonly pendingCount: number | null;
}

/**
 * Source: ECS API 2014-11-13, ListClusters and, of each cluster, ListServices (both 100 per page) and DescribeServices (10
 * at once).
 */
export const collector: Collector<Service, ServiceObserved> = {
  id: "ecs.services",
  service: "ecs",
  resourceType: "AWS::ECS::Service",
  scope: "regional",
  actions: ["ecs:DescribeServices", "ecs:ListClusters", "ecs:ListServices"],
  async *list({ aws, place }) {
    for await (const services of servicesIn(aws)) yield services.map((service) => found(service, place));
  },
};

function found(service: DescribedService, place: Place): Found<Service, ServiceObserved> {
  const attributes = attributesOf(service);
  const { desiredCount, runningCount, pendingCount } = service;
  return {
    nativeId: service.serviceArn,
    arn: service.serviceArn,
    name: service.serviceName,
    state: service.status,
    tags: service.tags,
    createdAt: service.createdAt,
    relations: relationsOf(attributes, place),
    attributes,
    observed: { desiredCount, runningCount, pendingCount },
  };
}

function attributesOf(service: DescribedService): Service {
  const networks = [service, ...service.taskSets].flatMap(
    ({ networkConfiguration }) => networkConfiguration.awsvpcConfiguration ?? [],
  );
  return {
    clusterArn: service.clusterArn,
    taskDefinitionArns: taskDefinitionsOf(service),
    launchType: service.launchType,
    capacityProviders: service.capacityProviderStrategy.map(({ capacityProvider }) => capacityProvider).toSorted(),
    platformVersion: service.platformVersion,
    schedulingStrategy: service.schedulingStrategy,
    deploymentController: service.deploymentController.type,
    deploymentCircuitBreaker: service.deploymentConfiguration.deploymentCircuitBreaker.enable,
    enableExecuteCommand: service.enableExecuteCommand,
    assignPublicIp: networks.length > 0 ? networks.some(({ assignPublicIp }) => assignPublicIp === "ENABLED") : null,
    subnetIds: ordered(networks.flatMap(({ subnets }) => subnets)),
    securityGroupIds: ordered(networks.flatMap(({ securityGroups }) => securityGroups)),
    targetGroupArns: ordered(service.loadBalancers.map(({ targetGroupArn }) => targetGroupArn)),
  };
}

const relationsOf = (service: Service, place: Place): readonly Relation[] => [
  ...related("in", "AWS::ECS::Cluster", service.clusterArn),
  ...related("runs", "AWS::ECS::TaskDefinition", service.taskDefinitionArns),
  ...networkRelations(place, service),
  ...related("registeredIn", "AWS::ElasticLoadBalancingV2::TargetGroup", service.targetGroupArns),
];
