import { DescribeClusterCommand, EKSClient, paginateListClusters } from "@aws-sdk/client-eks";

export async function expected(client) {
  const eks = client(EKSClient);
  const names = (await Array.fromAsync(paginateListClusters({ client: eks }, {}), ({ clusters }) => clusters)).flat();
  const clusters = await Promise.all(names.map((name) => eks.send(new DescribeClusterCommand({ name }))));
  return { "eks.clusters": clusters.map(({ cluster }) => cluster.arn) };
}
