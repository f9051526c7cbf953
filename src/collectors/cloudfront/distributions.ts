import { z } from "zod";
import type { Operation } from "#aws/caller";
import { bucketOf } from "#collectors/bucket-host";
import type { CollectContext, Collector, Found, Place, Relation } from "#collectors/collector";
import { by } from "#collectors/order";
import { oneByOne } from "#collectors/read";
import { related, relatedBucket } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";
import { flag, listOf, part, text } from "#collectors/xml";

export interface Origin {
  readonly id: string;
  readonly domainName: string;
  /** The bucket its name stands for, whether it exists or not; null: another kind of origin. */
  readonly bucket: string | null;
  /** `http-only`, `match-viewer` or `https-only`; null: S3 or an origin in a VPC. */
  readonly protocolPolicy: string | null;
  readonly sslProtocols: readonly string[];
  readonly accessControlId: string | null;
  /** `origin-access-identity/cloudfront/<id>`, the older way to reach a private bucket. */
  readonly accessIdentity: string | null;
}

export interface Distribution {
  readonly distributionId: string;
  readonly domainName: string;
  readonly aliases: readonly string[];
  readonly enabled: boolean | null;
  readonly comment: string | null;
  readonly priceClass: string | null;
  readonly httpVersion: string | null;
  readonly origins: readonly Origin[];
  /** `allow-all`, `redirect-to-https` or `https-only`. */
  readonly viewerProtocolPolicy: string | null;
  /** The behaviors before the default, in the order they are tried. */
  readonly cacheBehaviors: readonly { readonly pathPattern: string; readonly viewerProtocolPolicy: string | null }[];
  /** It presents CloudFront's own certificate, whose minimum protocol version is not ours to choose. */
  readonly usesDefaultCertificate: boolean | null;
  readonly minimumProtocolVersion: string | null;
  readonly acmCertificateArn: string | null;
  readonly iamCertificateId: string | null;
  /** An ARN, or the bare id of a web ACL of WAF Classic. */
  readonly webAclId: string | null;
  /** Real-time logs of the default behavior. */
  readonly realtimeLogConfigArn: string | null;
  /** Standard logs and the host of their bucket; what CloudWatch's log delivery delivers does not show here. null: off. */
  readonly logging: { readonly bucket: string | null; readonly prefix: string | null } | null | undefined;
}

const path = "/2020-05-31/distribution";
const listDistributions: Operation = {
  service: "cloudfront",
  action: "ListDistributions",
  path,
  paging: { token: "Marker", next: "NextMarker", limit: ["MaxItems", 100], more: "IsTruncated" },
};
const getDistributionConfig: Operation = {
  service: "cloudfront",
  action: "GetDistributionConfig",
  path: `${path}/{Id}/config`,
};

const ListedDistribution = z.object({
  Id: z.string(),
  ARN: z.string(),
  Status: text,
  DomainName: z.string().toLowerCase(),
  Aliases: listOf("Items.CNAME", z.string().toLowerCase()),
  Origins: listOf(
    "Items.Origin",
    z.object({
      Id: z.string(),
      DomainName: z.string().toLowerCase(),
      OriginAccessControlId: text,
      S3OriginConfig: part({ OriginAccessIdentity: text }),
      CustomOriginConfig: part({
        OriginProtocolPolicy: text,
        OriginSslProtocols: listOf("Items.SslProtocol", z.string()),
      }),
    }),
  ),
  DefaultCacheBehavior: part({ ViewerProtocolPolicy: text, RealtimeLogConfigArn: text }),
  CacheBehaviors: listOf("Items.CacheBehavior", z.object({ PathPattern: z.string(), ViewerProtocolPolicy: text })),
  Comment: text,
  PriceClass: text,
  Enabled: flag,
  ViewerCertificate: part({
    CloudFrontDefaultCertificate: flag,
    IAMCertificateId: text,
    ACMCertificateArn: text,
    MinimumProtocolVersion: text,
  }),
  WebACLId: text,
  HttpVersion: text,
});
type ListedDistribution = z.infer<typeof ListedDistribution>;

/** Without distributions the list has no `Items`; the quantity is always there. */
const Page = z.object({ Quantity: z.string(), Items: listOf("DistributionSummary", ListedDistribution) });

const Logging = z
  .object({ Logging: part({ Enabled: flag, Bucket: text, Prefix: text }) })
  .transform(({ Logging: { Enabled, Bucket, Prefix } }) => (Enabled ? { bucket: Bucket, prefix: Prefix } : null));

/** Source: CloudFront API 2020-05-31, ListDistributions (100 per page) and GetDistributionConfig for each. */
export const collector: Collector<Distribution, object, ListedDistribution> = {
  id: "cloudfront.distributions",
  service: "cloudfront",
  resourceType: "AWS::CloudFront::Distribution",
  scope: "global",
  actions: ["cloudfront:GetDistributionConfig", "cloudfront:ListDistributions", ...tagActions],
  async *list(context) {
    for await (const page of context.aws.walk(listDistributions)) {
      yield Page.parse(page).Items;
    }
  },
  describe: oneByOne(found),
};

const attributesOf = (distribution: ListedDistribution, logging: Distribution["logging"]): Distribution => ({
  distributionId: distribution.Id,
  domainName: distribution.DomainName,
  aliases: distribution.Aliases.toSorted(),
  enabled: distribution.Enabled,
  comment: distribution.Comment,
  priceClass: distribution.PriceClass,
  httpVersion: distribution.HttpVersion,
  origins: distribution.Origins.map((origin) => ({
    id: origin.Id,
    domainName: origin.DomainName,
    bucket: bucketOf(origin.DomainName),
    protocolPolicy: origin.CustomOriginConfig.OriginProtocolPolicy,
    sslProtocols: origin.CustomOriginConfig.OriginSslProtocols.toSorted(),
    accessControlId: origin.OriginAccessControlId,
    accessIdentity: origin.S3OriginConfig.OriginAccessIdentity,
  })).toSorted(by(({ id }) => id)),
  viewerProtocolPolicy: distribution.DefaultCacheBehavior.ViewerProtocolPolicy,
  cacheBehaviors: distribution.CacheBehaviors.map((behavior) => ({
    pathPattern: behavior.PathPattern,
    viewerProtocolPolicy: behavior.ViewerProtocolPolicy,
  })),
  usesDefaultCertificate: distribution.ViewerCertificate.CloudFrontDefaultCertificate,
  minimumProtocolVersion: distribution.ViewerCertificate.MinimumProtocolVersion,
  acmCertificateArn: distribution.ViewerCertificate.ACMCertificateArn,
  iamCertificateId: distribution.ViewerCertificate.IAMCertificateId,
  webAclId: distribution.WebACLId,
  realtimeLogConfigArn: distribution.DefaultCacheBehavior.RealtimeLogConfigArn,
  logging,
});

function relationsOf(
  place: Place,
  { origins, acmCertificateArn, webAclId, logging }: Distribution,
): readonly Relation[] {
  const hosts = origins.flatMap(({ bucket, domainName }) => (bucket === null ? domainName : []));
  const buckets = new Set(origins.map(({ bucket }) => bucket));
  return [
    ...[...buckets].flatMap((bucket) => relatedBucket("originatesFrom", bucket, place)),
    ...related("originatesFrom", "DNS", hosts),
    ...related("uses", "AWS::CertificateManager::Certificate", acmCertificateArn),
    ...related("protectedBy", "AWS::WAFv2::WebACL", webAclId?.startsWith("arn:") ? webAclId : null),
    ...relatedBucket("logsTo", logging?.bucket && bucketOf(logging.bucket), place),
  ];
}

/** null: it is gone since it was listed. */
async function found(
  { aws, place }: CollectContext,
  distribution: ListedDistribution,
): Promise<Found<Distribution> | null> {
  const answer = await aws.attempt(getDistributionConfig, { Id: distribution.Id }, ["NoSuchDistribution"]);
  if (answer === null) return null;
  const attributes = attributesOf(distribution, Logging.safeParse(answer).data);
  return {
    nativeId: distribution.ARN,
    arn: distribution.ARN,
    name: attributes.aliases[0] ?? attributes.domainName,
    state: distribution.Status,
    ...taggedAs(distribution.ARN),
    createdAt: null,
    region: null,
    relations: relationsOf(place, attributes),
    dnsNames: [attributes.domainName, ...attributes.aliases],
    attributes,
  };
}
