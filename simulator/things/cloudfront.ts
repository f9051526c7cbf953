import { AwsError, restXmlAnswer } from "../answers.ts";
import { text, type Call, type Operation } from "../calls.ts";
import { daysBefore, digits, isBusy, isNth, numberOf, pageOf, xmlOf, type ThingService } from "./thing.ts";

/** Source: CloudFront API 2020-05-31. */
const kind = "cloudfront.distributions";
const paging = { token: "Marker", limit: "MaxItems", byDefault: 100, min: 1, max: 100 };

const idOf = (n: number): string => `EDFDVBD${digits(n, 6)}`;
const arnOf = ({ account }: Call, n: number): string => `arn:aws:cloudfront::${account.id}:distribution/${idOf(n)}`;
export const distributionDomainName = (n: number): string => `d${digits(n, 13)}.cloudfront.net`;

/** A list as CloudFront writes it: with its length, and without `Items` when there are none. */
const listed = (name: string, all: readonly unknown[]) => ({
  Quantity: all.length,
  ...(all.length > 0 && { Items: { [name]: all } }),
});

/** Every second serves a bucket, the others a host. */
const originOf = (n: number): object => ({
  Id: "origin",
  DomainName: isBusy(n) ? `assets-${n}.s3.eu-west-1.amazonaws.com` : `origin-${n}.example.com`,
  OriginPath: "",
  CustomHeaders: listed("OriginCustomHeader", []),
  ...(isBusy(n)
    ? { S3OriginConfig: { OriginAccessIdentity: "" } }
    : {
        CustomOriginConfig: {
          HTTPPort: 80,
          HTTPSPort: 443,
          OriginProtocolPolicy: isNth(n, 5) ? "http-only" : "https-only",
          OriginSslProtocols: listed("SslProtocol", [isNth(n, 5) ? "TLSv1" : "TLSv1.2"]),
          OriginReadTimeout: 30,
          OriginKeepaliveTimeout: 5,
        },
      }),
  ConnectionAttempts: 3,
  ConnectionTimeout: 10,
  OriginShield: { Enabled: false },
  OriginAccessControlId: isBusy(n) && !isNth(n, 5) ? `E0AC${digits(n, 9)}` : "",
});

/** What both the list and the configuration tell. */
const settingsOf = ({ account }: Call, n: number) => ({
  Aliases: listed("CNAME", isBusy(n) ? [`www-${n}.example.com`] : []),
  Origins: listed("Origin", [originOf(n)]),
  OriginGroups: listed("OriginGroup", []),
  DefaultCacheBehavior: {
    TargetOriginId: "origin",
    ViewerProtocolPolicy: isNth(n, 7) ? "allow-all" : "redirect-to-https",
    Compress: true,
  },
  CacheBehaviors: listed(
    "CacheBehavior",
    isNth(n, 3) ? [{ PathPattern: "/api/*", TargetOriginId: "origin", ViewerProtocolPolicy: "https-only" }] : [],
  ),
  CustomErrorResponses: listed("CustomErrorResponse", []),
  Comment: `distribution ${n}`,
  PriceClass: "PriceClass_100",
  Enabled: true,
  ViewerCertificate: isBusy(n)
    ? {
        CloudFrontDefaultCertificate: false,
        ACMCertificateArn: `arn:aws:acm:us-east-1:${account.id}:certificate/0e1f2a3b-0000-4000-8000-000000000001`,
        SSLSupportMethod: "sni-only",
        MinimumProtocolVersion: isNth(n, 5) ? "TLSv1" : "TLSv1.2_2021",
        CertificateSource: "acm",
      }
    : {
        CloudFrontDefaultCertificate: true,
        SSLSupportMethod: "vip",
        MinimumProtocolVersion: "TLSv1",
        CertificateSource: "cloudfront",
      },
  Restrictions: { GeoRestriction: { RestrictionType: "none", Quantity: 0 } },
  WebACLId: isNth(n, 5)
    ? ""
    : `arn:aws:wafv2:us-east-1:${account.id}:global/webacl/edge/5a4b3c2d-0000-4000-8000-000000000001`,
  HttpVersion: "http2",
  IsIPV6Enabled: true,
  Staging: false,
});

const listDistributions: Operation = (call) => {
  const { numbers, next } = pageOf(call, kind, paging);
  const summaries = numbers.map((n) => ({
    Id: idOf(n),
    ARN: arnOf(call, n),
    Status: "Deployed",
    LastModifiedTime: daysBefore(call, 60),
    DomainName: distributionDomainName(n),
    ...settingsOf(call, n),
  }));
  const list = {
    Marker: text(call, "Marker") ?? "",
    NextMarker: next,
    MaxItems: text(call, "MaxItems") ?? paging.byDefault,
    IsTruncated: next !== undefined,
    ...listed("DistributionSummary", summaries),
  };
  return restXmlAnswer("cloudfront", "DistributionList", xmlOf(list));
};

const getDistributionConfig: Operation = (call) => {
  const missing = new AwsError("NoSuchDistribution", 404, "The specified distribution does not exist.");
  const n = numberOf(call, kind, "Id", missing);
  const config = {
    CallerReference: `distribution-${n}`,
    DefaultRootObject: "index.html",
    ...settingsOf(call, n),
    Logging: {
      Enabled: !isNth(n, 5),
      IncludeCookies: false,
      Bucket: isNth(n, 5) ? "" : "access-logs.s3.amazonaws.com",
      Prefix: isNth(n, 5) ? "" : `cdn-${n}/`,
    },
  };
  return restXmlAnswer("cloudfront", "DistributionConfig", xmlOf(config));
};

export const cloudfront: ThingService = {
  routes: [
    ["GET", "/2020-05-31/distribution", "ListDistributions"],
    ["GET", "/2020-05-31/distribution/{Id}/config", "GetDistributionConfig"],
  ],
  operations: { ListDistributions: listDistributions, GetDistributionConfig: getDistributionConfig },
  kinds: { [kind]: { isTagged: true, isGlobal: true, arnOf } },
};
