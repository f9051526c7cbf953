import { paginateDescribeParameters, SSMClient } from "@aws-sdk/client-ssm";

/** moto leaves their ARNs out. */
export async function expected(client, region, accountId) {
  const all = await Array.fromAsync(
    paginateDescribeParameters({ client: client(SSMClient) }, {}),
    (page) => page.Parameters,
  );
  const parameters = `arn:aws:ssm:${region}:${accountId}:parameter`;
  return { "ssm.parameters": all.flat().map(({ Name }) => `${parameters}/${Name.replace(/^\//, "")}`) };
}
