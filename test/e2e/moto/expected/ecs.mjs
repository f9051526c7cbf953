import { DescribeServicesCommand, ECSClient, paginateListClusters, paginateListServices } from "@aws-sdk/client-ecs";

export async function expected(client) {
  const ecs = client(ECSClient);
  const clusters = (
    await Array.fromAsync(paginateListClusters({ client: ecs }, {}), (page) => page.clusterArns)
  ).flat();
  const services = [];
  for (const cluster of clusters) {
    for await (const { serviceArns } of paginateListServices({ client: ecs }, { cluster })) {
      if (serviceArns.length === 0) continue;
      const described = await ecs.send(new DescribeServicesCommand({ cluster, services: serviceArns }));
      services.push(...described.services);
    }
  }
  return {
    "ecs.clusters": clusters,
    "ecs.services": services.map(({ serviceArn }) => serviceArn),
    // Only what something runs.
    "ecs.taskDefinitions": [...new Set(services.map(({ taskDefinition }) => taskDefinition))],
  };
}
