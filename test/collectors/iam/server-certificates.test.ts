import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector } from "#collectors/iam/server-certificates";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";
import { iamAnswer, taggedAs } from "./wire.ts";

const member = (name: string, dates: string): string =>
  `<member><ServerCertificateName>${name}</ServerCertificateName><Path>/cloudfront/</Path><Arn>arn:aws:iam::111122223333:server-certificate/cloudfront/${name}</Arn><ServerCertificateId>ASCA${name}</ServerCertificateId>${dates}</member>`;
const dates = "<UploadDate>2024-01-01T00:00:00Z</UploadDate><Expiration>2026-07-01T12:00:00Z</Expiration>";
const page = (members: string, rest = "<IsTruncated>false</IsTruncated>"): string =>
  iamAnswer(
    "ListServerCertificates",
    `${rest}<ServerCertificateMetadataList>${members}</ServerCertificateMetadataList>`,
  );

describe("iam.serverCertificates", () => {
  it("gives the certificate view of what the list tells", async ({ expect }) => {
    const aws = fakeAws({
      ListServerCertificates: () => page(member("www", dates)),
      GetResources: () => taggedAs("arn:aws:iam::111122223333:server-certificate/cloudfront/www", "team", "core"),
    });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: "arn:aws:iam::111122223333:server-certificate/cloudfront/www",
        arn: "arn:aws:iam::111122223333:server-certificate/cloudfront/www",
        name: "www",
        state: null,
        tags: { team: "core" },
        tagsUnread: false,
        createdAt: "2024-01-01T00:00:00.000Z",
        expiresAt: "2026-07-01T12:00:00.000Z",
        region: null,
        costMonthly: 0,
        attributes: {
          primaryDomain: null,
          altNames: [],
          notBefore: null,
          notAfter: "2026-07-01T12:00:00.000Z",
          issuer: null,
          algorithm: null,
          source: "iam",
          inUse: null,
          type: null,
          status: null,
          renewalEligibility: null,
          certificateId: "ASCAwww",
          path: "/cloudfront/",
        },
      },
    ]);
    expect(aws.asked).toEqual([
      'ListServerCertificates {"MaxItems":1000}',
      'GetResources {"ResourceARNList":["arn:aws:iam::111122223333:server-certificate/cloudfront/www"]}',
    ]);
  });

  it("yields page by page, and takes a certificate without dates", async ({ expect }) => {
    const aws = fakeAws({
      ListServerCertificates: ({ Marker }) =>
        Marker === "m2"
          ? page(member("two", ""))
          : page(member("one", dates), "<IsTruncated>true</IsTruncated><Marker>m2</Marker>"),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((found) => found.map(({ name, expiresAt }) => [name, expiresAt]))).toEqual([
      [["one", "2026-07-01T12:00:00.000Z"]],
      [["two", null]],
    ]);
    expect(pages[0]?.[0]).toMatchObject({ tags: {}, tagsUnread: true });
  });

  it("finds nothing in an empty list", async ({ expect }) => {
    const aws = fakeAws({ ListServerCertificates: () => page("") });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toHaveLength(1);
  });

  it("throws when the list is denied", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toBeInstanceOf(AwsFault);
  });
});
