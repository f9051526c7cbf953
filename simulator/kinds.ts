import { elements, inside, textOf } from "./fragments.ts";
import { bodyOf, recordingsOf } from "./recordings.ts";
import { compile, type Template } from "./templates.ts";

export type KindName =
  | "instance" | "volume" | "snapshot" | "image" | "address" | "securityGroup" | "networkInterface"
  | "dbInstance" | "dbSnapshot" | "certificate" | "bucket" | "user" | "serverCertificate"; // prettier-ignore

/** A kind of thing an account has, and how it looks on the wire. */
export interface Kind {
  readonly name: KindName;
  readonly templates: readonly Template[];
  /** The fragments the templates were made of, in the same order. */
  readonly fragments: readonly string[];
  /** What the account calls it, read from a presented fragment. */
  readonly idOf: (fragment: string) => string;
  /** Templates nothing is wrong with; most of a large account is made of them. */
  readonly tidy: readonly number[];
  /** Generations show in its tags. */
  readonly tagged: boolean;
}

interface Recipe {
  readonly name: KindName;
  readonly fragments: readonly string[];
  /** Element that holds the id. */
  readonly id: string;
  /** Words that only fragments without findings have. */
  readonly tidy: readonly string[];
  readonly untagged?: true;
}

/** Makes room for the tag a generation writes. */
function withTagRoom(fragment: string): string {
  if (fragment.includes("<TagList>")) return fragment.replace("</TagList>", "{{Tags}}</TagList>");
  if (fragment.includes("<tagSet/>")) return fragment.replace("<tagSet/>", "<tagSet>{{tags}}</tagSet>");
  const at = fragment.lastIndexOf("</tagSet>");
  if (at >= 0) return `${fragment.slice(0, at)}{{tags}}${fragment.slice(at)}`;
  const end = fragment.lastIndexOf("</item></instancesSet>");
  const close = end < 0 ? fragment.lastIndexOf("</item>") : end;
  return `${fragment.slice(0, close)}<tagSet>{{tags}}</tagSet>${fragment.slice(close)}`;
}

function kind(recipe: Recipe): Kind {
  const { name, fragments, id, untagged } = recipe;
  const tidy = fragments.flatMap((fragment, at) => (recipe.tidy.some((word) => fragment.includes(word)) ? [at] : []));
  return {
    name,
    fragments,
    templates: fragments.map((fragment) => compile(untagged ? fragment : withTagRoom(fragment))),
    idOf: id.startsWith('"')
      ? (fragment) => new RegExp(`${id}: ?"([^"]+)"`).exec(fragment)?.[1] ?? ""
      : (fragment) => textOf(fragment, id),
    tidy: tidy.length > 0 ? tidy : fragments.map((_, at) => at),
    tagged: !untagged,
  };
}

const ec2 = (operation: string, list: string): readonly string[] =>
  elements(inside(bodyOf("ec2", operation), list), "item");

/** moto uploads server certificates in 2010; the seed says -300 days to +20. */
const serverCertificates = elements(
  inside(bodyOf("iam", "ListServerCertificates"), "ServerCertificateMetadataList"),
  "member",
).map((fragment) =>
  fragment
    .replace(/<UploadDate>[^<]*/, "<UploadDate>2026-01-25T08:00:00Z")
    .replace(/<Expiration>[^<]*/, "<Expiration>2026-12-11T08:00:00Z"),
);

/** IAM's ids of users begin with AIDA; moto draws twenty small letters and digits. */
export const withUserId = (fragment: string): string =>
  fragment.replace(
    /<UserId>([a-z0-9]*)</,
    (_, id: string) =>
      `<UserId>AIDA${id
        .slice(0, 17)
        .toUpperCase()
        .replaceAll(/[0189]/g, "X")}<`,
  );

const users = elements(inside(bodyOf("iam", "ListUsers"), "Users"), "member").map(withUserId);

/** What AWS tells of a database's server certificate; moto only its name. */
const withCertificate = (fragment: string): string =>
  fragment.replace(
    /<CACertificateIdentifier>[^<]*<\/CACertificateIdentifier>/,
    "<CACertificateIdentifier>rds-ca-rsa2048-g1</CACertificateIdentifier><CertificateDetails>" +
      "<CAIdentifier>rds-ca-rsa2048-g1</CAIdentifier><ValidTill>2027-07-29T08:00:00Z</ValidTill></CertificateDetails>",
  );

const recordedTime = 1_795_248_000;

/** A certificate that waits for validation has no dates yet on AWS; it has waited ten days, past the 72 hours it gets. */
function pending(text: string): string {
  if (!text.includes('"PENDING_VALIDATION"')) return text;
  return text
    .replaceAll(/, ?"(?:NotBefore|NotAfter|IssuedAt|Serial|Issuer)": ?(?:"[^"]*"|\d+)(?=[,}])/g, "")
    .replaceAll(String(recordedTime), String(recordedTime - 10 * 86_400));
}

interface Summary {
  readonly CertificateArn: string;
  readonly DomainName: string;
}

/** Adds what AWS lists and moto does not: the names, and that the expired one is still presented somewhere. */
function certificates(): readonly string[] {
  // safe: a recorded answer.
  const { CertificateSummaryList: list } = JSON.parse(
    bodyOf("acm", "ListCertificates") || '{"CertificateSummaryList":[]}',
  ) as {
    CertificateSummaryList: readonly Summary[];
  };
  return list.map((summary) => {
    const detail = certificateDetails.find((one) => one.includes(summary.CertificateArn)) ?? "{}";
    // safe: a recorded answer.
    const names = (JSON.parse(detail) as { Certificate?: { SubjectAlternativeNames?: readonly string[] } }).Certificate;
    // safe: what was a summary still is one.
    const listed = JSON.parse(pending(JSON.stringify(summary))) as Summary;
    return JSON.stringify({
      ...listed,
      SubjectAlternativeNameSummaries: names?.SubjectAlternativeNames ?? [],
      HasAdditionalSubjectAlternativeNames: false,
      InUse: isInUse(summary.DomainName),
    });
  });
}

export const isInUse = (domain: string): boolean => /^(?:expired|shop|issued)\./.test(domain);

/** Recorded answers of DescribeCertificate. */
export const certificateDetails: readonly string[] = recordingsOf("acm", "DescribeCertificate").map((one) =>
  pending(one.body),
);

/** moto lists no regions, and dates that its pinned clock does not reach: the seed made the buckets 700 days before. */
const buckets = elements(inside(bodyOf("s3", "ListBuckets"), "Buckets"), "Bucket").map((fragment) =>
  fragment
    .replace(/<CreationDate>[^<]*/, "<CreationDate>2024-12-21T08:00:00.000Z")
    .replace(
      "</Bucket>",
      `<BucketRegion>${fragment.includes("cloudglass-us<") ? "us-east-1" : "{{bucketRegion}}"}</BucketRegion></Bucket>`,
    ),
);

const list = (
  name: KindName,
  fragments: readonly string[],
  id: string,
  tidy: readonly string[],
  untagged?: true,
): Kind => kind({ name, fragments, id, tidy, ...(untagged && { untagged }) });

export const kinds: Readonly<Record<KindName, Kind>> = {
  instance: list("instance", ec2("DescribeInstances", "reservationSet"), "instanceId", ["<value>api-hardened<"]),
  volume: list("volume", ec2("DescribeVolumes", "volumeSet"), "volumeId", ["<encrypted>true"]),
  snapshot: list("snapshot", ec2("DescribeSnapshots", "snapshotSet"), "snapshotId", ["nightly-of-existing-volume"]),
  image: list("image", ec2("DescribeImages", "imagesSet"), "imageId", ["golden-private"]),
  address: list("address", ec2("DescribeAddresses", "addressesSet"), "allocationId", ["<associationId>"]),
  securityGroup: list("securityGroup", ec2("DescribeSecurityGroups", "securityGroupInfo"), "groupId", [
    "internal-only",
  ]),
  networkInterface: list(
    "networkInterface",
    ec2("DescribeNetworkInterfaces", "networkInterfaceSet"),
    "networkInterfaceId",
    ["internal-only"],
  ),
  dbInstance: list(
    "dbInstance",
    elements(inside(bodyOf("rds", "DescribeDBInstances"), "DBInstances"), "DBInstance").map(withCertificate),
    "DBInstanceIdentifier",
    ["orders-hardened"],
  ),
  dbSnapshot: list(
    "dbSnapshot",
    elements(inside(bodyOf("rds", "DescribeDBSnapshots"), "DBSnapshots"), "DBSnapshot"),
    "DBSnapshotIdentifier",
    ["orders-encrypted"],
  ),
  certificate: list(
    "certificate",
    certificates(),
    '"CertificateArn"',
    ["shop.example.com", "issued.example.com"],
    true,
  ),
  bucket: list("bucket", buckets, "Name", ["cloudglass-hardened"], true),
  user: list("user", users, "UserName", ["alice-", "erin-"], true),
  serverCertificate: list("serverCertificate", serverCertificates, "ServerCertificateName", [], true),
};

/** The access keys of each user, in the order of the users. */
export const keysOfUser: readonly (readonly Template[])[] = users.map((fragment) =>
  elements(inside(bodyOf("iam", "ListAccessKeys", textOf(fragment, "UserName")), "AccessKeyMetadata"), "member").map(
    compile,
  ),
);
