import type { Container } from "#collectors/ecs/task-definitions";
import type { FoundBy } from "#collectors/registry";

const arnOf = (path: string): string => `arn:aws:ecs:eu-west-1:111122223333:${path}`;

/** A container without a secret in its environment, not as root, but for what is given. */
export const exampleContainer = (container: Partial<Container> = {}): Container => ({
  name: "web",
  image: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop:1",
  user: "1000",
  privileged: false,
  readonlyRootFilesystem: true,
  logDriver: "awslogs",
  environment: [],
  secrets: [],
  ...container,
});

/** A revision for Fargate with one such container, but for what is given. */
export const exampleTaskDefinition = (
  attributes: Partial<FoundBy<"ecs.taskDefinitions">["attributes"]> = {},
): FoundBy<"ecs.taskDefinitions"> => ({
  nativeId: arnOf("task-definition/shop:7"),
  arn: arnOf("task-definition/shop:7"),
  name: "shop:7",
  state: "ACTIVE",
  tags: {},
  createdAt: "2026-01-15T03:00:00.000Z",
  attributes: {
    family: "shop",
    networkMode: "awsvpc",
    pidMode: null,
    ipcMode: null,
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    taskRoleArn: null,
    executionRoleArn: null,
    containers: [exampleContainer()],
    ...attributes,
  },
});

/** An active service in private subnets, in security group `sg-0a`, but for what is given. */
export const exampleService = (
  attributes: Partial<FoundBy<"ecs.services">["attributes"]> = {},
  state = "ACTIVE",
): FoundBy<"ecs.services"> => ({
  nativeId: arnOf("service/main/shop"),
  arn: arnOf("service/main/shop"),
  name: "shop",
  state,
  tags: {},
  createdAt: "2026-01-15T03:00:00.000Z",
  attributes: {
    clusterArn: arnOf("cluster/main"),
    taskDefinitionArns: [arnOf("task-definition/shop:7")],
    launchType: "FARGATE",
    capacityProviders: [],
    platformVersion: "LATEST",
    schedulingStrategy: "REPLICA",
    deploymentController: "ECS",
    deploymentCircuitBreaker: true,
    enableExecuteCommand: false,
    assignPublicIp: false,
    subnetIds: ["subnet-0a1"],
    securityGroupIds: ["sg-0a"],
    targetGroupArns: [],
    ...attributes,
  },
  observed: { desiredCount: 2, runningCount: 2, pendingCount: 0 },
});
