import { CloudFrontClient, paginateListDistributions } from "@aws-sdk/client-cloudfront";

export async function expectedGlobally(client) {
  const pages = paginateListDistributions({ client: client(CloudFrontClient) }, {});
  const all = await Array.fromAsync(pages, ({ DistributionList }) => DistributionList.Items ?? []);
  return { "cloudfront.distributions": all.flat().map(({ ARN }) => ARN) };
}
