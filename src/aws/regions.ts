import { services, type Service, type ServiceName } from "./services.ts";

export type Partition = "aws" | "aws-cn" | "aws-us-gov";

interface PartitionFacts {
  readonly suffix: string;
  /** Where the partition's global services are signed for. */
  readonly home: string;
  /** The host of IAM, the one service here with a single endpoint. */
  readonly iamHost: string;
}

/** Source: botocore `endpoints.json` of August 2026. */
const partitions: Readonly<Record<Partition, PartitionFacts>> = {
  aws: { suffix: "amazonaws.com", home: "us-east-1", iamHost: "iam.amazonaws.com" },
  "aws-cn": { suffix: "amazonaws.com.cn", home: "cn-north-1", iamHost: "iam.cn-north-1.amazonaws.com.cn" },
  "aws-us-gov": { suffix: "amazonaws.com", home: "us-gov-west-1", iamHost: "iam.us-gov.amazonaws.com" },
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

/** Services that are not in every region: none of those in `services.ts`. Source: botocore `endpoints.json`. */
const absent: ReadonlyMap<ServiceName, readonly string[]> = new Map();

/** Every region Cloudglass speaks to, sorted. Nothing is ever signed for another one. */
export const knownRegions: readonly string[] = [...regions.keys()].toSorted();

export const isRegion = (text: string): boolean => regions.has(text);

export const isOptIn = (region: string): boolean => regions.get(region)?.optIn ?? false;

export const partitionOf = (region: string): Partition | undefined => regions.get(region)?.partition;

/** Is the service there at all? A region that is not known offers nothing. */
export const isOffered = (service: ServiceName, region: string): boolean =>
  isRegion(region) && !(absent.get(service)?.includes(region) ?? false);

/** The region global services of the partition are asked in and signed for; `undefined` for an unknown partition. */
export const homeRegion = (partition: string): string | undefined =>
  // safe: only own keys pass.
  Object.hasOwn(partitions, partition) ? partitions[partition as Partition].home : undefined;

/** What SigV4 names as the region: the partition's home for global services. */
export function signingRegion(service: ServiceName, region: string): string {
  const facts: Service = services[service];
  const partition = partitionOf(region);
  return facts.global && partition ? partitions[partition].home : region;
}

/**
 * The host that answers a service in a region. S3 Control carries the 12-digit account in front. Throws a `RangeError` for
 * anything that is not in the tables, so that no text from outside becomes a host.
 */
export function hostOf(service: ServiceName, region: string, awsAccountId = ""): string {
  const partition = partitionOf(region);
  if (!partition || !Object.hasOwn(services, service)) throw new RangeError("Not a known AWS service and region");
  const { suffix, iamHost } = partitions[partition];
  const facts: Service = services[service];
  if (facts.global) return iamHost;
  if (service !== "s3control") return `${facts.endpoint}.${region}.${suffix}`;
  if (!/^\d{12}$/.test(awsAccountId)) throw new RangeError("S3 Control needs the 12 digits of the account");
  return `${awsAccountId}.${facts.endpoint}.${region}.${suffix}`;
}

const awsHost = /^(?:[a-z0-9-]{1,63}\.){1,4}amazonaws\.com(?:\.cn)?$/;

/** The last look before a signed request leaves: HTTPS, no port, no user, a host of AWS. Throws a `RangeError`. */
export function assertAwsUrl(url: URL): void {
  const plain = url.protocol === "https:" && url.port === "" && url.username === "" && url.password === "";
  if (!plain || !awsHost.test(url.hostname)) throw new RangeError("A signed request may only go to AWS");
}
