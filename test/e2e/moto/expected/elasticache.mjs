import { ElastiCacheClient, paginateDescribeReplicationGroups } from "@aws-sdk/client-elasticache";

export async function expected(client) {
  const pages = paginateDescribeReplicationGroups({ client: client(ElastiCacheClient) }, {});
  const all = await Array.fromAsync(pages, ({ ReplicationGroups }) => ReplicationGroups);
  return { "elasticache.replicationGroups": all.flat().map(({ ARN }) => ARN) };
}
