import { z } from "zod";
import type { AwsCaller, Operation } from "#aws/caller";
import { AwsFault } from "#aws/fault";
import { flag, instant, list, number, part, tagList, text, texts } from "#collectors/json";
import { ordered } from "#collectors/order";
import { sharedPages } from "#collectors/shared";

/** How ECS's lists go on. */
const paging = { token: "nextToken", next: "nextToken", limit: ["maxResults", 100] } as const;
const listClusters: Operation = { service: "ecs", action: "ListClusters", paging };
const listServices: Operation = { service: "ecs", action: "ListServices", paging };
const describeServices: Operation = { service: "ecs", action: "DescribeServices" };
/** `DescribeServices` takes no more. */
const servicesPerCall = 10;

const ClustersPage = z.object({ clusterArns: z.array(z.string()) });
const ServicesPage = z.object({ serviceArns: z.array(z.string()) });

const network = part({
  awsvpcConfiguration: z.object({ subnets: texts, securityGroups: texts, assignPublicIp: text }).nullish(),
});
const DescribedService = z.object({
  serviceArn: z.string(),
  serviceName: z.string(),
  clusterArn: z.string(),
  status: text,
  createdAt: instant,
  tags: tagList,
  taskDefinition: text,
  networkConfiguration: network,
  // What deploys them by itself keeps both per set of tasks.
  taskSets: list(z.object({ taskDefinition: text, networkConfiguration: network })),
  launchType: text,
  capacityProviderStrategy: list(z.object({ capacityProvider: z.string() })),
  platformVersion: text,
  schedulingStrategy: text,
  deploymentController: part({ type: text }),
  deploymentConfiguration: part({ deploymentCircuitBreaker: part({ enable: flag }) }),
  enableExecuteCommand: flag,
  loadBalancers: list(z.object({ targetGroupArn: text })),
  desiredCount: number,
  runningCount: number,
  pendingCount: number,
});
export type DescribedService = z.infer<typeof DescribedService>;
const Answer = z.object({ services: z.array(DescribedService) });

/** Every cluster's ARN. Several kinds begin with it: a page is asked for once for all of them. */
export async function* clusterArns(aws: AwsCaller): AsyncGenerator<readonly string[]> {
  for await (const page of sharedPages(aws, listClusters)) yield ClustersPage.parse(page).clusterArns;
}

/** Every service of every cluster, described; asked for once for the kinds that read it. */
export async function* servicesIn(aws: AwsCaller): AsyncGenerator<readonly DescribedService[]> {
  for await (const clusters of clusterArns(aws)) {
    for (const cluster of clusters) yield* servicesOf(aws, cluster);
  }
}

async function* servicesOf(aws: AwsCaller, cluster: string): AsyncGenerator<readonly DescribedService[]> {
  try {
    for await (const page of sharedPages(aws, listServices, { cluster })) {
      const { serviceArns } = ServicesPage.parse(page);
      const starts = Array.from({ length: Math.ceil(serviceArns.length / servicesPerCall) }, (_, at) => at);
      const answers = await Promise.all(
        starts.map((at) => {
          const services = serviceArns.slice(at * servicesPerCall, (at + 1) * servicesPerCall);
          return aws.shared(describeServices, { cluster, services, include: ["TAGS"] });
        }),
      );
      yield answers.flatMap((answer) => Answer.parse(answer).services);
    }
  } catch (error) {
    // The cluster is gone since it was listed.
    if (!(error instanceof AwsFault && error.code === "ClusterNotFoundException")) throw error;
  }
}

/** Each definition a service runs, in order. */
export const taskDefinitionsOf = ({ taskDefinition, taskSets }: DescribedService): readonly string[] =>
  ordered([taskDefinition, ...taskSets.map((set) => set.taskDefinition)]);
