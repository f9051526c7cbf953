import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector } from "#collectors/route53/hosted-zones";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";

const at = { region: "us-east-1" };
const list = "us-east-1 /2013-04-01/hostedzone?maxitems=100";

const listXml = (zones: string, next = ""): string =>
  `<?xml version="1.0"?><ListHostedZonesResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><HostedZones>${zones}</HostedZones><IsTruncated>${next !== ""}</IsTruncated>${
    next && `<NextMarker>${next}</NextMarker>`
  }<MaxItems>100</MaxItems></ListHostedZonesResponse>`;
const zoneXml = (id: string, name: string, more = ""): string =>
  `<HostedZone><Id>/hostedzone/${id}</Id><Name>${name}</Name><CallerReference>1</CallerReference>${more}</HostedZone>`;
const tags = JSON.stringify({
  ResourceTagMappingList: [{ ResourceARN: "arn:aws:route53:::hostedzone/Z1", Tags: [{ Key: "env", Value: "prod" }] }],
});

describe("route53.hostedZones", () => {
  it("reads zones", async ({ expect }) => {
    const zones =
      zoneXml(
        "Z1",
        "Example.com.",
        "<Config><Comment>Main</Comment><PrivateZone>false</PrivateZone></Config><ResourceRecordSetCount>17</ResourceRecordSetCount>",
      ) +
      zoneXml(
        "Z2",
        "svc.local.",
        "<Config><PrivateZone>true</PrivateZone></Config><LinkedService><ServicePrincipal>servicediscovery.amazonaws.com</ServicePrincipal></LinkedService>",
      );
    const aws = fakeAws({ [list]: listXml(zones), GetResources: tags }, at);
    const [zone, linked] = await allOf(collector, aws);
    expect(zone).toEqual({
      nativeId: "arn:aws:route53:::hostedzone/Z1",
      arn: "arn:aws:route53:::hostedzone/Z1",
      name: "example.com",
      state: null,
      tags: { env: "prod" },
      tagsUnread: false,
      createdAt: null,
      region: null,
      costMonthly: 0.5,
      attributes: { zoneId: "Z1", zoneName: "example.com", isPrivate: false, comment: "Main", linkedService: null },
      observed: { recordCount: 17 },
    });
    expect(linked).toMatchObject({
      tags: {},
      attributes: { isPrivate: true, comment: null, linkedService: "servicediscovery.amazonaws.com" },
      observed: { recordCount: null },
    });
    expect(aws.asked).toEqual([
      'ListHostedZones {"maxitems":100}',
      'GetResources {"ResourceARNList":["arn:aws:route53:::hostedzone/Z1","arn:aws:route53:::hostedzone/Z2"]}',
    ]);
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = fakeAws(
      {
        [list]: listXml(zoneXml("Z1", "a.com.") + zoneXml("Z2", "b.com."), "Z3"),
        [`${list}&marker=Z3`]: listXml(zoneXml("Z3", "c.com.")),
        GetResources: tags,
      },
      at,
    );
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([["a.com", "b.com"], ["c.com"]]);
  });

  it("knows that tags could not be read", async ({ expect }) => {
    const [zone] = await allOf(collector, fakeAws({ [list]: listXml(zoneXml("Z1", "a.com.")) }, at));
    expect(zone).toMatchObject({ tags: {}, tagsUnread: true, attributes: { isPrivate: null } });
  });

  it("makes one call for an account without zones", async ({ expect }) => {
    const aws = fakeAws({ [list]: listXml("") }, at);
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual(['ListHostedZones {"maxitems":100}']);
  });

  it("fails as a whole when the list is denied, or is no list", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}, at))).rejects.toBeInstanceOf(AwsFault);
    await expect(allOf(collector, fakeAws({ [list]: "<Odd/>" }, at))).rejects.toThrow();
  });
});
