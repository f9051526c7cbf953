import { DescribeDomainsCommand, ListDomainNamesCommand, OpenSearchClient } from "@aws-sdk/client-opensearch";

export async function expected(client) {
  const opensearch = client(OpenSearchClient);
  const { DomainNames } = await opensearch.send(new ListDomainNamesCommand());
  const names = DomainNames.map(({ DomainName }) => DomainName);
  const { DomainStatusList } = await opensearch.send(new DescribeDomainsCommand({ DomainNames: names }));
  return { "opensearch.domains": DomainStatusList.map(({ ARN }) => ARN) };
}
