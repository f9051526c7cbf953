import { paginateDescribeClusters, RedshiftClient } from "@aws-sdk/client-redshift";

export async function expected(client, region, accountId) {
  const pages = paginateDescribeClusters({ client: client(RedshiftClient) }, {});
  const all = (await Array.fromAsync(pages, ({ Clusters }) => Clusters)).flat();
  const clusters = `arn:aws:redshift:${region}:${accountId}:cluster`;
  return { "redshift.clusters": all.map(({ ClusterIdentifier }) => `${clusters}:${ClusterIdentifier}`) };
}
