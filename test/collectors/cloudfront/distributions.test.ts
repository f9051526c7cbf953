import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector } from "#collectors/cloudfront/distributions";
import { bucketOf } from "#collectors/bucket-host";
import { allOf, collect, errorXml, fakeAws, type Answers } from "../../support/fake-aws.ts";

const arnOf = (id: string): string => `arn:aws:cloudfront::111122223333:distribution/${id}`;
const at = { region: "us-east-1" };
const list = "us-east-1 /2020-05-31/distribution?MaxItems=100";
const config = (id: string): string => `us-east-1 /2020-05-31/distribution/${id}/config`;

const listXml = (summaries: string, next = ""): string =>
  `<?xml version="1.0"?><DistributionList xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Marker></Marker>${
    next && `<NextMarker>${next}</NextMarker>`
  }<MaxItems>100</MaxItems><IsTruncated>${next !== ""}</IsTruncated><Quantity>${summaries.split("<ARN>").length - 1}</Quantity>${
    summaries && `<Items>${summaries}</Items>`
  }</DistributionList>`;
const bareXml = (id: string, more = ""): string =>
  `<DistributionSummary><Id>${id}</Id><ARN>${arnOf(id)}</ARN><DomainName>${id.toLowerCase()}.cloudfront.net</DomainName>${more}</DistributionSummary>`;

const shopXml = `<DistributionSummary>
  <Id>E1ABC</Id><ARN>${arnOf("E1ABC")}</ARN><Status>Deployed</Status><LastModifiedTime>2026-01-02T03:04:05.678Z</LastModifiedTime>
  <DomainName>d111111abcdef8.cloudfront.net</DomainName>
  <Aliases><Quantity>2</Quantity><Items><CNAME>WWW.example.com</CNAME><CNAME>example.com</CNAME></Items></Aliases>
  <Origins><Quantity>2</Quantity><Items>
    <Origin><Id>web</Id><DomainName>Shop-1.eu-west-1.elb.amazonaws.com</DomainName><OriginPath></OriginPath>
      <CustomHeaders><Quantity>1</Quantity><Items><OriginCustomHeader><HeaderName>X-Key</HeaderName><HeaderValue>secret</HeaderValue></OriginCustomHeader></Items></CustomHeaders>
      <CustomOriginConfig><HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort><OriginProtocolPolicy>match-viewer</OriginProtocolPolicy>
        <OriginSslProtocols><Quantity>2</Quantity><Items><SslProtocol>TLSv1.2</SslProtocol><SslProtocol>TLSv1</SslProtocol></Items></OriginSslProtocols></CustomOriginConfig>
      <OriginAccessControlId></OriginAccessControlId></Origin>
    <Origin><Id>files</Id><DomainName>my.files.s3.eu-west-1.amazonaws.com</DomainName><OriginPath></OriginPath>
      <S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity></S3OriginConfig><OriginAccessControlId>E2OAC</OriginAccessControlId></Origin>
  </Items></Origins>
  <OriginGroups><Quantity>0</Quantity></OriginGroups>
  <DefaultCacheBehavior><TargetOriginId>web</TargetOriginId><ViewerProtocolPolicy>redirect-to-https</ViewerProtocolPolicy>
    <RealtimeLogConfigArn>arn:aws:cloudfront::111122223333:realtime-log-config/all</RealtimeLogConfigArn></DefaultCacheBehavior>
  <CacheBehaviors><Quantity>2</Quantity><Items>
    <CacheBehavior><PathPattern>/static/*</PathPattern><TargetOriginId>files</TargetOriginId><ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy></CacheBehavior>
    <CacheBehavior><PathPattern>/api/*</PathPattern><TargetOriginId>web</TargetOriginId><ViewerProtocolPolicy>https-only</ViewerProtocolPolicy></CacheBehavior>
  </Items></CacheBehaviors>
  <CustomErrorResponses><Quantity>0</Quantity></CustomErrorResponses>
  <Comment>The shop</Comment><PriceClass>PriceClass_100</PriceClass><Enabled>true</Enabled>
  <ViewerCertificate><ACMCertificateArn>arn:aws:acm:us-east-1:111122223333:certificate/1</ACMCertificateArn><SSLSupportMethod>sni-only</SSLSupportMethod><MinimumProtocolVersion>TLSv1.2_2021</MinimumProtocolVersion></ViewerCertificate>
  <Restrictions><GeoRestriction><RestrictionType>none</RestrictionType><Quantity>0</Quantity></GeoRestriction></Restrictions>
  <WebACLId>arn:aws:wafv2:us-east-1:111122223333:global/webacl/shop/1</WebACLId><HttpVersion>HTTP2</HttpVersion><IsIPV6Enabled>true</IsIPV6Enabled><Staging>false</Staging>
</DistributionSummary>`;

const configXml = (logging: string): string =>
  `<?xml version="1.0"?><DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><CallerReference>1</CallerReference>${logging}<Enabled>true</Enabled></DistributionConfig>`;
const logged = configXml(
  "<Logging><Enabled>true</Enabled><IncludeCookies>false</IncludeCookies><Bucket>logs.s3.amazonaws.com</Bucket><Prefix>cdn/</Prefix></Logging>",
);
const notLogged = configXml(
  "<Logging><Enabled>false</Enabled><IncludeCookies>false</IncludeCookies><Bucket></Bucket><Prefix></Prefix></Logging>",
);

const answers: Answers = {
  [list]: listXml(shopXml),
  GetDistributionConfig: logged,
  GetResources: JSON.stringify({
    ResourceTagMappingList: [{ ResourceARN: arnOf("E1ABC"), Tags: [{ Key: "env", Value: "prod" }] }],
  }),
};

describe("cloudfront.distributions", () => {
  it("reads a distribution, without the values of its headers", async ({ expect }) => {
    const aws = fakeAws(answers, at);
    const found = await allOf(collector, aws);
    expect(found).toEqual([
      {
        nativeId: arnOf("E1ABC"),
        arn: arnOf("E1ABC"),
        name: "example.com",
        state: "Deployed",
        tags: { env: "prod" },
        tagsUnread: false,
        createdAt: null,
        region: null,
        relations: [
          { kind: "originatesFrom", resourceType: "AWS::S3::Bucket", target: "arn:aws:s3:::my.files" },
          { kind: "originatesFrom", resourceType: "DNS", target: "shop-1.eu-west-1.elb.amazonaws.com" },
          {
            kind: "uses",
            resourceType: "AWS::CertificateManager::Certificate",
            target: "arn:aws:acm:us-east-1:111122223333:certificate/1",
          },
          {
            kind: "protectedBy",
            resourceType: "AWS::WAFv2::WebACL",
            target: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/shop/1",
          },
          { kind: "logsTo", resourceType: "AWS::S3::Bucket", target: "arn:aws:s3:::logs" },
        ],
        dnsNames: ["d111111abcdef8.cloudfront.net", "example.com", "www.example.com"],
        attributes: {
          distributionId: "E1ABC",
          domainName: "d111111abcdef8.cloudfront.net",
          aliases: ["example.com", "www.example.com"],
          enabled: true,
          comment: "The shop",
          priceClass: "PriceClass_100",
          httpVersion: "HTTP2",
          origins: [
            {
              id: "files",
              domainName: "my.files.s3.eu-west-1.amazonaws.com",
              bucket: "my.files",
              protocolPolicy: null,
              sslProtocols: [],
              accessControlId: "E2OAC",
              accessIdentity: null,
            },
            {
              id: "web",
              domainName: "shop-1.eu-west-1.elb.amazonaws.com",
              bucket: null,
              protocolPolicy: "match-viewer",
              sslProtocols: ["TLSv1", "TLSv1.2"],
              accessControlId: null,
              accessIdentity: null,
            },
          ],
          viewerProtocolPolicy: "redirect-to-https",
          cacheBehaviors: [
            { pathPattern: "/static/*", viewerProtocolPolicy: "allow-all" },
            { pathPattern: "/api/*", viewerProtocolPolicy: "https-only" },
          ],
          usesDefaultCertificate: null,
          minimumProtocolVersion: "TLSv1.2_2021",
          acmCertificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/1",
          iamCertificateId: null,
          webAclId: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/shop/1",
          realtimeLogConfigArn: "arn:aws:cloudfront::111122223333:realtime-log-config/all",
          logging: { bucket: "logs.s3.amazonaws.com", prefix: "cdn/" },
        },
      },
    ]);
    expect(JSON.stringify(found)).not.toContain("secret");
    expect(aws.asked).toEqual([
      'ListDistributions {"MaxItems":100}',
      'GetDistributionConfig {"Id":"E1ABC"}',
      `GetResources {"ResourceARNList":["${arnOf("E1ABC")}"]}`,
    ]);
  });

  it("says null for what a distribution has not", async ({ expect }) => {
    const empty = `<Comment></Comment><WebACLId></WebACLId><Aliases><Quantity>0</Quantity></Aliases><CacheBehaviors><Quantity>0</Quantity></CacheBehaviors>`;
    const aws = fakeAws({ ...answers, [list]: listXml(bareXml("E2", empty)), GetDistributionConfig: notLogged }, at);
    const [found] = await allOf(collector, aws);
    expect(found).toMatchObject({ name: "e2.cloudfront.net", state: null, tags: {}, relations: [] });
    const { distributionId, domainName, aliases, origins, cacheBehaviors, ...rest } = { ...found?.attributes };
    expect([distributionId, domainName, aliases, origins, cacheBehaviors]).toEqual([
      "E2",
      "e2.cloudfront.net",
      [],
      [],
      [],
    ]);
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
  });

  it("names each target once, and no web ACL of WAF Classic", async ({ expect }) => {
    const origin = (id: string): string =>
      `<Origin><Id>${id}</Id><DomainName>b.s3.amazonaws.com</DomainName><S3OriginConfig><OriginAccessIdentity>origin-access-identity/cloudfront/E9</OriginAccessIdentity></S3OriginConfig></Origin>`;
    const more = `<Origins><Quantity>2</Quantity><Items>${origin("1")}${origin("2")}</Items></Origins><WebACLId>a1b2c3d4</WebACLId>`;
    const aws = fakeAws({ ...answers, [list]: listXml(bareXml("E2", more)), GetDistributionConfig: notLogged }, at);
    const [found] = await allOf(collector, aws);
    expect(found?.relations).toEqual([
      { kind: "originatesFrom", resourceType: "AWS::S3::Bucket", target: "arn:aws:s3:::b" },
    ]);
    expect(found?.attributes.origins[0]?.accessIdentity).toBe("origin-access-identity/cloudfront/E9");
    expect(found?.attributes.webAclId).toBe("a1b2c3d4");
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = fakeAws(
      {
        ...answers,
        [list]: listXml(bareXml("E1") + bareXml("E2"), "E2"),
        [`${list}&Marker=E2`]: listXml(bareXml("E3")),
      },
      at,
    );
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ attributes }) => attributes.distributionId))).toEqual([
      ["E1", "E2"],
      ["E3"],
    ]);
  });

  it("keeps apart what could not be read", async ({ expect }) => {
    const aws = fakeAws({ [list]: listXml(shopXml) }, at);
    const [found] = await allOf(collector, aws);
    expect(found).toMatchObject({ tags: {}, tagsUnread: true, attributes: { enabled: true, logging: undefined } });
    expect(aws.gaps).toEqual(["GetDistributionConfig", "GetResources"]);
  });

  it("leaves out one that is gone since it was listed", async ({ expect }) => {
    const aws = fakeAws(
      {
        ...answers,
        [list]: listXml(bareXml("E1") + bareXml("E2")),
        [config("E1")]: { status: 404, body: errorXml("NoSuchDistribution") },
      },
      at,
    );
    expect((await allOf(collector, aws)).map(({ nativeId }) => nativeId)).toEqual([arnOf("E2")]);
    expect(aws.gaps).toEqual([]);
  });

  it("makes one call for an account without distributions", async ({ expect }) => {
    const aws = fakeAws({ [list]: listXml("") }, at);
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual(['ListDistributions {"MaxItems":100}']);
  });

  it("fails as a whole when the list is denied, or is no list", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}, at))).rejects.toBeInstanceOf(AwsFault);
    await expect(allOf(collector, fakeAws({ [list]: "<Odd><Items/></Odd>" }, at))).rejects.toThrow();
  });

  it("knows the hosts of a bucket", ({ expect }) => {
    const hosts = [
      "b.s3.amazonaws.com",
      "b.s3.eu-west-1.amazonaws.com",
      "b.s3-us-west-2.amazonaws.com",
      "b.s3.dualstack.us-gov-west-1.amazonaws.com",
      "b.s3-website-us-east-1.amazonaws.com",
      "b.s3-website.eu-central-1.amazonaws.com",
      "b.s3-accelerate.amazonaws.com",
      "b.s3.cn-north-1.amazonaws.com.cn",
    ];
    expect(hosts.map(bucketOf)).toEqual(hosts.map(() => "b"));
    expect(bucketOf("my.s3.bucket.s3.eu-west-1.amazonaws.com")).toBe("my.s3.bucket");
    const others = [
      "s3-website-us-east-1.amazonaws.com",
      "ap-1.s3-accesspoint.eu-west-1.amazonaws.com",
      "m1.mrap.accesspoint.s3-global.amazonaws.com",
      "shop-1.eu-west-1.elb.amazonaws.com",
      "b.s3.amazonaws.com.example.com",
    ];
    expect(others.map(bucketOf)).toEqual(others.map(() => null));
  });
});
