import { serviceOf, services, type ServiceName } from "./services.ts";

export type Partition = "aws" | "aws-cn" | "aws-us-gov";

interface PartitionFacts {
  readonly suffix: string;
  /** Where global services are asked from. */
  readonly home: string;
  /** Services with one endpoint: its host, and the region SigV4 names when that is not the home. */
  readonly globalHosts: Readonly<Partial<Record<ServiceName, readonly [host: string, signedFor?: string]>>>;
}

/** Source: botocore `endpoints.json` of August 2026. */
const partitions: Readonly<Record<Partition, PartitionFacts>> = {
  aws: {
    suffix: "amazonaws.com",
    home: "us-east-1",
    globalHosts: {
      account: ["account.us-east-1.amazonaws.com"],
      ce: ["ce.us-east-1.amazonaws.com"],
      cloudfront: ["cloudfront.amazonaws.com"],
      iam: ["iam.amazonaws.com"],
      organizations: ["organizations.us-east-1.amazonaws.com"],
      route53: ["route53.amazonaws.com"],
    },
  },
  "aws-cn": {
    suffix: "amazonaws.com.cn",
    home: "cn-north-1",
    globalHosts: {
      account: ["account.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"],
      ce: ["ce.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"],
      cloudfront: ["cloudfront.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"],
      iam: ["iam.cn-north-1.amazonaws.com.cn"],
      organizations: ["organizations.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"],
      route53: ["route53.amazonaws.com.cn", "cn-northwest-1"],
    },
  },
  "aws-us-gov": {
    suffix: "amazonaws.com",
    home: "us-gov-west-1",
    globalHosts: {
      iam: ["iam.us-gov.amazonaws.com"],
      organizations: ["organizations.us-gov-west-1.amazonaws.com"],
      route53: ["route53.us-gov.amazonaws.com"],
    },
  },
};

/** Enabled in every account. Source: AWS Account Management reference, "Regions enabled by default". */
const alwaysOn: Readonly<Record<Partition, string>> = {
  aws:
    "us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3 " +
    "ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2",
  "aws-cn": "cn-north-1 cn-northwest-1",
  "aws-us-gov": "us-gov-east-1 us-gov-west-1",
};

/** Must be enabled by the account first; until then every key is foreign there. */
const optIn =
  "af-south-1 ap-east-1 ap-east-2 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 " +
  "ca-west-1 eu-central-2 eu-south-1 eu-south-2 il-central-1 me-central-1 me-south-1 mx-central-1";

interface RegionFacts {
  readonly partition: Partition;
  readonly optIn: boolean;
}

const regions: ReadonlyMap<string, RegionFacts> = new Map([
  ...Object.entries(alwaysOn).flatMap(([partition, names]) =>
    // safe: the keys of `alwaysOn` are partitions.
    names.split(" ").map((name): [string, RegionFacts] => [name, { partition: partition as Partition, optIn: false }]),
  ),
  ...optIn.split(" ").map((name): [string, RegionFacts] => [name, { partition: "aws", optIn: true }]),
]);

/**
 * Where services are that are not in every region. Source: botocore `endpoints.json` of August 2026; for Bedrock's agents,
 * which it leaves out, the AWS General Reference.
 */
const only: ReadonlyMap<ServiceName, readonly string[]> = new Map([
  ["cost-optimization-hub", ["us-east-1"]],
  ["route53domains", ["us-east-1"]],
  [
    "bedrock-agent",
    (
      "us-east-1 us-east-2 us-west-2 ca-central-1 sa-east-1 eu-central-1 eu-central-2 eu-west-1 eu-west-2 eu-west-3 " +
      "ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ap-southeast-2 us-gov-west-1"
    ).split(" "),
  ],
]);
const absent: ReadonlyMap<ServiceName, readonly string[]> = new Map([
  ["bedrock", ["ap-east-1", "cn-north-1", "cn-northwest-1"]],
  ["s3control", ["ap-east-2", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "mx-central-1"]],
]);

/** Every region Cloudglass speaks to, sorted. Nothing is ever signed for another one. */
export const knownRegions: readonly string[] = [...regions.keys()].toSorted();

export const isRegion = (text: string): boolean => regions.has(text);

export const isOptIn = (region: string): boolean => regions.get(region)?.optIn ?? false;

export const partitionOf = (region: string): Partition | undefined => regions.get(region)?.partition;

/** Is the service there at all? A region that is not known offers nothing; a global service is asked from its home. */
export function isOffered(service: ServiceName, region: string): boolean {
  const partition = partitionOf(region);
  if (!partition) return false;
  if (serviceOf(service).isGlobal) return partitions[partition].globalHosts[service] !== undefined;
  return (only.get(service)?.includes(region) ?? true) && !(absent.get(service)?.includes(region) ?? false);
}

/** The region global services of the partition are asked in and signed for; `undefined` for an unknown partition. */
export const homeRegion = (partition: string): string | undefined =>
  // safe: only own keys pass.
  Object.hasOwn(partitions, partition) ? partitions[partition as Partition].home : undefined;

/** What SigV4 names as the region: where its one endpoint stands, for global services. */
export function signingRegion(service: ServiceName, region: string): string {
  const partition = partitionOf(region);
  if (!partition || !serviceOf(service).isGlobal) return region;
  const { globalHosts, home } = partitions[partition];
  return globalHosts[service]?.[1] ?? home;
}

/**
 * The host that answers a service in a region. S3 Control carries the 12-digit account in front. Throws a `RangeError` for
 * anything that is not in the tables, so that no text from outside becomes a host.
 */
export function hostOf(service: ServiceName, region: string, awsAccountId = ""): string {
  const partition = partitionOf(region);
  if (!partition || !Object.hasOwn(services, service)) throw new RangeError("Not a known AWS service and region");
  const { suffix, globalHosts } = partitions[partition];
  const { isGlobal, endpoint } = serviceOf(service);
  if (isGlobal) return globalHosts[service]?.[0] ?? notOffered();
  if (service !== "s3control") return `${endpoint}.${region}.${suffix}`;
  if (!/^\d{12}$/.test(awsAccountId)) throw new RangeError("S3 Control needs the 12 digits of the account");
  return `${awsAccountId}.${endpoint}.${region}.${suffix}`;
}

function notOffered(): never {
  throw new RangeError("AWS does not offer this service in this partition");
}

const awsHost = /^(?:[a-z0-9-]{1,63}\.){1,4}amazonaws\.com(?:\.cn)?$/;

/** The last look before a signed request leaves: HTTPS, no port, no user, a host of AWS. Throws a `RangeError`. */
export function assertAwsUrl(url: URL): void {
  const plain = url.protocol === "https:" && url.port === "" && url.username === "" && url.password === "";
  if (!plain || !awsHost.test(url.hostname)) throw new RangeError("A signed request may only go to AWS");
}
