import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector } from "#collectors/collector";
import { flag, instant, list } from "#collectors/json";

/** A domain registered through the account. */
export interface Domain {
  readonly domainName: string;
  readonly autoRenew: boolean | null;
  /** It cannot be moved to another registrar. */
  readonly transferLock: boolean | null;
  readonly expiry: string | null;
}

const listDomains: Operation = {
  service: "route53domains",
  action: "ListDomains",
  paging: { token: "Marker", next: "NextPageMarker", limit: ["MaxItems", 100] },
};

const Page = z.object({
  Domains: list(z.object({ DomainName: z.string(), AutoRenew: flag, TransferLock: flag, Expiry: instant })),
});

/** Source: Route 53 Domains API 2014-05-15, ListDomains, 100 per page. It answers in us-east-1 alone. */
export const collector: Collector<Domain> = {
  id: "route53domains.domains",
  service: "route53domains",
  resourceType: "AWS::Route53Domains::Domain",
  scope: "global",
  actions: ["route53domains:ListDomains"],
  async *list({ aws }) {
    for await (const page of aws.walk(listDomains, {}, { region: "us-east-1" })) {
      yield Page.parse(page).Domains.map((domain) => ({
        nativeId: domain.DomainName,
        arn: null,
        name: domain.DomainName,
        state: null,
        tags: {},
        createdAt: null,
        expiresAt: domain.Expiry,
        region: null,
        attributes: {
          domainName: domain.DomainName,
          autoRenew: domain.AutoRenew,
          transferLock: domain.TransferLock,
          expiry: domain.Expiry,
        },
      }));
    }
  },
};
