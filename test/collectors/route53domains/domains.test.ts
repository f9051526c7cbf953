import { describe, it } from "vitest";
import type { Target } from "#aws/caller";
import { AwsFault } from "#aws/fault";
import { collector } from "#collectors/route53domains/domains";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";

const page = (names: readonly string[], NextPageMarker?: string): string =>
  JSON.stringify({ Domains: names.map((DomainName) => ({ DomainName })), NextPageMarker });

describe("route53domains.domains", () => {
  it("reads a domain", async ({ expect }) => {
    const Domains = [{ DomainName: "example.com", AutoRenew: true, TransferLock: false, Expiry: 1_798_761_600.0 }];
    const aws = fakeAws({ ListDomains: JSON.stringify({ Domains }) });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: "example.com",
        arn: null,
        name: "example.com",
        state: null,
        tags: {},
        createdAt: null,
        expiresAt: "2027-01-01T00:00:00.000Z",
        region: null,
        attributes: {
          domainName: "example.com",
          autoRenew: true,
          transferLock: false,
          expiry: "2027-01-01T00:00:00.000Z",
        },
      },
    ]);
  });

  it("says null for what AWS leaves out", async ({ expect }) => {
    const [found] = await allOf(collector, fakeAws({ ListDomains: page(["example.org"]) }));
    expect(found).toMatchObject({ expiresAt: null, attributes: { autoRenew: null, transferLock: null, expiry: null } });
  });

  it("goes through all pages, in us-east-1 wherever the task stands", async ({ expect }) => {
    const targets: (Target | undefined)[] = [];
    const aws = fakeAws({
      ListDomains: ({ Marker }) => (Marker === "m2" ? page(["c.com"]) : page(["a.com", "b.com"], "m2")),
    });
    const watched: typeof aws = Object.assign(Object.create(aws), {
      walk: (...call: Parameters<typeof aws.walk>) => {
        targets.push(call[2]);
        return aws.walk(...call);
      },
    });
    const pages = await collect(collector, watched);
    expect(pages.map((found) => found.map(({ name }) => name))).toEqual([["a.com", "b.com"], ["c.com"]]);
    expect(targets).toEqual([{ region: "us-east-1" }]);
  });

  it("makes one call for an account without domains", async ({ expect }) => {
    const aws = fakeAws({ ListDomains: '{"Domains":[]}' });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual(['ListDomains {"MaxItems":100}']);
  });

  it("fails as a whole when the list is denied", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toBeInstanceOf(AwsFault);
  });
});
