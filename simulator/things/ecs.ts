import { AwsError, json } from "../answers.ts";
import { text, type Call, type Operation } from "../calls.ts";
import { windowOf } from "../paging.ts";
import {
  countOf,
  environmentOf,
  isBusy,
  isNth,
  numberIn,
  pageOf,
  secondsBefore,
  vpc,
  type ThingService,
} from "./thing.ts";

/**
 * Source: ECS API 2014-11-13. Services lie in clusters in turn, and run the definitions in turn: there are as many of each
 * to be found as the account has, once it has a cluster, and a service for each definition.
 */
const kinds = { clusters: "ecs.clusters", services: "ecs.services", definitions: "ecs.taskDefinitions" } as const;
const paging = { token: "nextToken", limit: "maxResults", byDefault: 100, min: 1, max: 100 };

const arnOf = ({ account, region }: Call, name: string): string => `arn:aws:ecs:${region}:${account.id}:${name}`;
const clusterArn = (call: Call, n: number): string => arnOf(call, `cluster/cluster-${n}`);
const definitionArn = (call: Call, n: number): string => arnOf(call, `task-definition/app-${n}:1`);
const serviceArn = (call: Call, n: number): string =>
  arnOf(call, `service/cluster-${n % Math.max(1, countOf(call, kinds.clusters))}/service-${n}`);

const tags = (n: number) => [{ key: "env", value: environmentOf(n) }];

const namesIn = (call: Call, parameter: string): readonly string[] => {
  const names: unknown = call.input[parameter];
  return Array.isArray(names) ? names.map(String) : [];
};

/** What the names mean, and a failure for each that means nothing. */
function described(
  call: Call,
  parameter: string,
  kind: string,
  one: (n: number) => object,
  isIn: (n: number) => boolean = () => true,
) {
  const all = namesIn(call, parameter).map((arn) => {
    const n = numberIn(call, kind, arn);
    return { arn, n: n !== undefined && isIn(n) ? n : undefined };
  });
  return {
    found: all.flatMap(({ n }) => (n === undefined ? [] : [one(n)])),
    failures: all.flatMap(({ arn, n }) => (n === undefined ? [{ arn, reason: "MISSING" }] : [])),
  };
}

const listClusters: Operation = (call) => {
  const { numbers, next } = pageOf(call, kinds.clusters, paging);
  return json({ clusterArns: numbers.map((n) => clusterArn(call, n)), nextToken: next });
};

/** How many services lie in a cluster. */
const servicesIn = (call: Call, cluster: number): number =>
  Math.ceil(Math.max(0, countOf(call, kinds.services) - cluster) / countOf(call, kinds.clusters));

const clusterOf = (call: Call, n: number): object => ({
  clusterArn: clusterArn(call, n),
  clusterName: `cluster-${n}`,
  status: "ACTIVE",
  registeredContainerInstancesCount: 0,
  runningTasksCount: servicesIn(call, n),
  activeServicesCount: servicesIn(call, n),
  tags: tags(n),
  settings: [{ name: "containerInsights", value: isNth(n, 5) ? "disabled" : "enabled" }],
  capacityProviders: ["FARGATE", "FARGATE_SPOT"],
  configuration: { executeCommandConfiguration: { logging: isNth(n, 5) ? "NONE" : "DEFAULT" } },
});

const describeClusters: Operation = (call) => {
  const { found, failures } = described(call, "clusters", kinds.clusters, (n) => clusterOf(call, n));
  return json({ clusters: found, failures });
};

function clusterNamed(call: Call): number {
  const n = numberIn(call, kinds.clusters, text(call, "cluster") ?? "default");
  if (n !== undefined) return n;
  throw new AwsError("ClusterNotFoundException", 400, "Cluster not found.");
}

const listServices: Operation = (call) => {
  const cluster = clusterNamed(call);
  const clusters = countOf(call, kinds.clusters);
  const { from, to, next } = windowOf(call, servicesIn(call, cluster), { ...paging, byDefault: 10 });
  const serviceArns = Array.from({ length: to - from }, (_, at) => serviceArn(call, cluster + (from + at) * clusters));
  return json({ serviceArns, nextToken: next });
};

const serviceOf = (call: Call, n: number): object => ({
  serviceArn: serviceArn(call, n),
  serviceName: `service-${n}`,
  clusterArn: clusterArn(call, n % countOf(call, kinds.clusters)),
  loadBalancers: [],
  status: "ACTIVE",
  desiredCount: isBusy(n) ? 2 : 0,
  runningCount: isBusy(n) ? 2 : 0,
  pendingCount: 0,
  launchType: "FARGATE",
  platformVersion: "LATEST",
  taskDefinition: definitionArn(call, n % Math.max(1, countOf(call, kinds.definitions))),
  deploymentConfiguration: {
    deploymentCircuitBreaker: { enable: !isNth(n, 5), rollback: !isNth(n, 5) },
    maximumPercent: 200,
    minimumHealthyPercent: 100,
  },
  createdAt: secondsBefore(call, 200),
  networkConfiguration: {
    awsvpcConfiguration: {
      subnets: vpc.subnetIds,
      securityGroups: vpc.securityGroupIds,
      assignPublicIp: isNth(n, 7) ? "ENABLED" : "DISABLED",
    },
  },
  schedulingStrategy: "REPLICA",
  deploymentController: { type: "ECS" },
  tags: tags(n),
  enableExecuteCommand: isNth(n, 5),
});

const describeServices: Operation = (call) => {
  const cluster = clusterNamed(call);
  if (namesIn(call, "services").length > 10)
    throw new AwsError("InvalidParameterException", 400, "services cannot have more than 10 elements");
  const isIn = (n: number): boolean => n % countOf(call, kinds.clusters) === cluster;
  const { found, failures } = described(call, "services", kinds.services, (n) => serviceOf(call, n), isIn);
  return json({ services: found, failures });
};

const containerOf = (call: Call, n: number): object => ({
  name: "app",
  image: `${call.account.id}.dkr.ecr.${call.region}.amazonaws.com/repository-${n}:latest`,
  environment: [
    { name: "STAGE", value: "production" },
    ...(isNth(n, 5) ? [{ name: "DB_PASSWORD", value: "kX9#mQ2$vL7!pR4w" }] : []),
  ],
  secrets: [{ name: "API_KEY", valueFrom: `/app-${n}/key` }],
  user: isNth(n, 7) ? "root" : "1000",
  privileged: isNth(n, 7),
  readonlyRootFilesystem: !isNth(n, 5),
  ...(!isNth(n, 5) && {
    logConfiguration: {
      logDriver: "awslogs",
      options: { "awslogs-group": `/ecs/app-${n}`, "awslogs-region": call.region, "awslogs-stream-prefix": "app" },
    },
  }),
});

const describeTaskDefinition: Operation = (call) => {
  const name = text(call, "taskDefinition") ?? "";
  const n = numberIn(call, kinds.definitions, name.replace(/:\d+$/, ""));
  if (n === undefined) throw new AwsError("ClientException", 400, "Unable to describe task definition.");
  const taskDefinition = {
    taskDefinitionArn: definitionArn(call, n),
    containerDefinitions: [containerOf(call, n)],
    family: `app-${n}`,
    taskRoleArn: `arn:aws:iam::${call.account.id}:role/app-${n}`,
    executionRoleArn: `arn:aws:iam::${call.account.id}:role/ecsTaskExecutionRole`,
    networkMode: isNth(n, 7) ? "host" : "awsvpc",
    revision: 1,
    volumes: [],
    status: "ACTIVE",
    requiresCompatibilities: [isNth(n, 7) ? "EC2" : "FARGATE"],
    cpu: "256",
    memory: "512",
    registeredAt: secondsBefore(call, 200),
  };
  return json({ taskDefinition, tags: tags(n) });
};

export const ecs: ThingService = {
  operations: {
    ListClusters: listClusters,
    DescribeClusters: describeClusters,
    ListServices: listServices,
    DescribeServices: describeServices,
    DescribeTaskDefinition: describeTaskDefinition,
  },
  kinds: {
    [kinds.clusters]: { arnOf: clusterArn },
    [kinds.services]: { arnOf: serviceArn },
    [kinds.definitions]: { arnOf: definitionArn },
  },
};
