import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector as hostedZones } from "#collectors/route53/hosted-zones";
import { collector } from "#collectors/route53/record-sets";
import { allOf, errorXml, fakeAws, type Answers } from "../../support/fake-aws.ts";

const at = { region: "us-east-1" };
const zones = "us-east-1 /2013-04-01/hostedzone?maxitems=100";
const records = (id: string): string => `us-east-1 /2013-04-01/hostedzone/${id}/rrset?maxitems=300`;

const zoneXml = (id: string, count: number, isPrivate = false): string =>
  `<HostedZone><Id>/hostedzone/${id}</Id><Name>example.com.</Name><CallerReference>1</CallerReference><Config><PrivateZone>${isPrivate}</PrivateZone></Config><ResourceRecordSetCount>${count}</ResourceRecordSetCount></HostedZone>`;
const zonesXml = (...list: readonly string[]): string =>
  `<ListHostedZonesResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><HostedZones>${list.join("")}</HostedZones><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListHostedZonesResponse>`;

const recordsXml = (sets: string, next = ""): string =>
  `<?xml version="1.0"?><ListResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ResourceRecordSets>${sets}</ResourceRecordSets><IsTruncated>${next !== ""}</IsTruncated>${next}<MaxItems>300</MaxItems></ListResourceRecordSetsResponse>`;
const valuesXml = (name: string, type: string, values: readonly string[], more = ""): string =>
  `<ResourceRecordSet><Name>${name}</Name><Type>${type}</Type>${more}<TTL>300</TTL><ResourceRecords>${values
    .map((value) => `<ResourceRecord><Value>${value}</Value></ResourceRecord>`)
    .join("")}</ResourceRecords></ResourceRecordSet>`;
const aliasXml = (name: string, target: string): string =>
  `<ResourceRecordSet><Name>${name}</Name><Type>A</Type><AliasTarget><HostedZoneId>Z32O12XQLNTSW2</HostedZoneId><DNSName>${target}</DNSName><EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget></ResourceRecordSet>`;
const ownXml =
  valuesXml("example.com.", "NS", ["ns-1.awsdns-01.org."]) +
  valuesXml("example.com.", "SOA", ["ns-1.awsdns-01.org. a 1"]);

const answersWith = (sets: string): Answers => ({
  [zones]: zonesXml(zoneXml("Z1", 5)),
  [records("Z1")]: recordsXml(sets),
});
const pointsTo = (resourceType: string, target: string) => [{ kind: "pointsTo", resourceType, target }];

describe("route53.recordSets", () => {
  it("reads an alias of a load balancer", async ({ expect }) => {
    const sets = ownXml + aliasXml("Www.example.com.", "dualstack.Shop-1.eu-west-1.elb.amazonaws.com.");
    const aws = fakeAws(answersWith(sets), at);
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: "Z1/www.example.com/A",
        arn: null,
        name: "www.example.com",
        state: null,
        tags: {},
        createdAt: null,
        region: null,
        costMonthly: 0,
        relations: pointsTo("DNS", "shop-1.eu-west-1.elb.amazonaws.com"),
        attributes: {
          recordName: "www.example.com",
          recordType: "A",
          zoneId: "Z1",
          isPrivate: false,
          setIdentifier: null,
          ttlSeconds: null,
          aliasTarget: "shop-1.eu-west-1.elb.amazonaws.com",
          values: [],
        },
      },
    ]);
    expect(aws.asked).toEqual([
      'ListHostedZones {"maxitems":100}',
      'ListResourceRecordSets {"Id":"Z1","maxitems":300}',
    ]);
  });

  it("reads addresses, hosts and buckets, and leaves other types alone", async ({ expect }) => {
    const sets =
      valuesXml("a.example.com.", "A", ["203.0.113.9", "203.0.113.10"]) +
      valuesXml("a.example.com.", "AAAA", ["2001:db8::1"], "<SetIdentifier>eu</SetIdentifier><Weight>10</Weight>") +
      valuesXml("\\052.example.com.", "CNAME", ["D1.cloudfront.net."]) +
      valuesXml("b.example.com.", "CNAME", ["files.s3-website-eu-west-1.amazonaws.com"]) +
      aliasXml("site.example.com.", "s3-website-us-east-1.amazonaws.com.") +
      valuesXml("example.com.", "TXT", ['"v=spf1 -all"']) +
      valuesXml("example.com.", "MX", ["10 mail.example.com."]);
    const found = await allOf(collector, fakeAws(answersWith(sets), at));
    expect(found.map(({ nativeId, attributes, relations }) => [nativeId, attributes.values, relations])).toEqual([
      ["Z1/a.example.com/A", ["203.0.113.10", "203.0.113.9"], []],
      ["Z1/a.example.com/AAAA/eu", ["2001:db8::1"], []],
      ["Z1/*.example.com/CNAME", ["d1.cloudfront.net"], pointsTo("DNS", "d1.cloudfront.net")],
      [
        "Z1/b.example.com/CNAME",
        ["files.s3-website-eu-west-1.amazonaws.com"],
        pointsTo("AWS::S3::Bucket", "arn:aws:s3:::files"),
      ],
      ["Z1/site.example.com/A", [], pointsTo("AWS::S3::Bucket", "arn:aws:s3:::site.example.com")],
    ]);
    expect(found[0]?.attributes.ttlSeconds).toBe(300);
  });

  it("goes through all pages of a zone by name, type and identifier", async ({ expect }) => {
    const next = (name: string, identifier = ""): string =>
      `<NextRecordName>${name}</NextRecordName><NextRecordType>A</NextRecordType>${identifier && `<NextRecordIdentifier>${identifier}</NextRecordIdentifier>`}`;
    const aws = fakeAws(
      {
        [zones]: zonesXml(zoneXml("Z1", 900)),
        [records("Z1")]: recordsXml(valuesXml("a.example.com.", "A", ["203.0.113.1"]), next("b.example.com.", "one")),
        [`${records("Z1")}&name=b.example.com.&type=A&identifier=one`]: recordsXml(
          valuesXml("b.example.com.", "A", ["203.0.113.2"], "<SetIdentifier>one</SetIdentifier>"),
          next("c.example.com."),
        ),
        [`${records("Z1")}&name=c.example.com.&type=A`]: recordsXml(valuesXml("c.example.com.", "A", ["203.0.113.3"])),
      },
      at,
    );
    expect((await allOf(collector, aws)).map(({ nativeId }) => nativeId)).toEqual([
      "Z1/a.example.com/A",
      "Z1/b.example.com/A/one",
      "Z1/c.example.com/A",
    ]);
  });

  it("asks no zone that has but its own records, and knows a private one", async ({ expect }) => {
    const aws = fakeAws(
      {
        [zones]: zonesXml(zoneXml("Z1", 2), zoneXml("Z2", 3, true)),
        [records("Z2")]: recordsXml(valuesXml("db.example.com.", "CNAME", ["db.internal"])),
      },
      at,
    );
    expect((await allOf(collector, aws)).map(({ attributes }) => [attributes.zoneId, attributes.isPrivate])).toEqual([
      ["Z2", true],
    ]);
    expect(aws.calls.map(({ request }) => request)).toEqual([zones, records("Z2")]);
  });

  it("asks for the zones once, whoever reads them", async ({ expect }) => {
    const aws = fakeAws({ ...answersWith(ownXml), GetResources: '{"ResourceTagMappingList":[]}' }, at);
    await allOf(hostedZones, aws);
    await allOf(collector, aws);
    expect(aws.calls.map(({ action }) => action)).toEqual([
      "ListHostedZones",
      "GetResources",
      "ListResourceRecordSets",
    ]);
  });

  it("fails as a whole when the records of a zone cannot be read: they are not gone", async ({ expect }) => {
    const aws = fakeAws({ [zones]: zonesXml(zoneXml("Z1", 5)) }, at);
    await expect(allOf(collector, aws)).rejects.toBeInstanceOf(AwsFault);
    await expect(allOf(collector, fakeAws({ ...answersWith(""), [records("Z1")]: "<Odd/>" }, at))).rejects.toThrow();
  });

  it("leaves out the records of a zone that is gone since it was listed", async ({ expect }) => {
    const gone = { status: 404, body: errorXml("NoSuchHostedZone") };
    const aws = fakeAws({ ...answersWith(""), [records("Z1")]: gone }, at);
    expect(await allOf(collector, aws)).toEqual([]);
  });

  it("makes one call for an account without zones", async ({ expect }) => {
    const aws = fakeAws({ [zones]: zonesXml() }, at);
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual(['ListHostedZones {"maxitems":100}']);
  });
});
