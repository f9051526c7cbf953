import type { Origin } from "#collectors/cloudfront/distributions";
import type { FoundBy } from "#collectors/registry";

/** The bucket `acme-site`, but for what is given. */
export const exampleOrigin = (origin: Partial<Origin> = {}): Origin => ({
  id: "site",
  domainName: "acme-site.s3.eu-west-1.amazonaws.com",
  bucket: "acme-site",
  protocolPolicy: null,
  sslProtocols: [],
  accessControlId: "E0A1",
  accessIdentity: null,
  ...origin,
});

/** A server of one's own, over HTTPS, but for what is given. */
export const exampleServer = (origin: Partial<Origin> = {}): Origin =>
  exampleOrigin({
    id: "app",
    domainName: "app.example.com",
    bucket: null,
    protocolPolicy: "https-only",
    sslProtocols: ["TLSv1.2"],
    accessControlId: null,
    ...origin,
  });

/** A distribution of that bucket with all the good settings, but for what is given. */
export const exampleDistribution = (
  attributes: Partial<FoundBy<"cloudfront.distributions">["attributes"]> = {},
): FoundBy<"cloudfront.distributions"> => ({
  nativeId: "arn:aws:cloudfront::111122223333:distribution/E0A1B2",
  arn: "arn:aws:cloudfront::111122223333:distribution/E0A1B2",
  name: "www.example.com",
  state: "Deployed",
  tags: {},
  createdAt: null,
  region: null,
  attributes: {
    distributionId: "E0A1B2",
    domainName: "d0a1b2.cloudfront.net",
    aliases: ["www.example.com"],
    enabled: true,
    comment: null,
    priceClass: "PriceClass_100",
    httpVersion: "http2",
    origins: [exampleOrigin()],
    viewerProtocolPolicy: "redirect-to-https",
    cacheBehaviors: [],
    usesDefaultCertificate: false,
    minimumProtocolVersion: "TLSv1.2_2021",
    acmCertificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/0a1",
    iamCertificateId: null,
    webAclId: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/web/0a1",
    realtimeLogConfigArn: null,
    logging: { bucket: "acme-logs.s3.amazonaws.com", prefix: null },
    ...attributes,
  },
});
