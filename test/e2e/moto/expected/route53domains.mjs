import { paginateListDomains, Route53DomainsClient } from "@aws-sdk/client-route-53-domains";

export async function expectedGlobally(client) {
  const all = await Array.fromAsync(
    paginateListDomains({ client: client(Route53DomainsClient) }, {}),
    (page) => page.Domains,
  );
  return { "route53domains.domains": all.flat().map(({ DomainName }) => DomainName) };
}
