import { isKnownRegion } from "./regions.ts";

export type ServiceName = "ec2" | "s3" | "s3control" | "iam" | "sts" | "rds" | "acm";
export type Protocol = "ec2" | "query" | "rest-xml" | "json";

interface Service {
  readonly protocol: Protocol;
  /** What its requests are signed for. */
  readonly signingName: string;
  /** XML namespace of its answers. */
  readonly namespace: string;
}

/** Source: botocore service models of August 2026. */
export const services: Readonly<Record<ServiceName, Service>> = {
  ec2: { protocol: "ec2", signingName: "ec2", namespace: "http://ec2.amazonaws.com/doc/2016-11-15/" },
  s3: { protocol: "rest-xml", signingName: "s3", namespace: "http://s3.amazonaws.com/doc/2006-03-01/" },
  s3control: {
    protocol: "rest-xml",
    signingName: "s3",
    namespace: "http://awss3control.amazonaws.com/doc/2018-08-20/",
  },
  iam: { protocol: "query", signingName: "iam", namespace: "https://iam.amazonaws.com/doc/2010-05-08/" },
  sts: { protocol: "query", signingName: "sts", namespace: "https://sts.amazonaws.com/doc/2011-06-15/" },
  rds: { protocol: "query", signingName: "rds", namespace: "http://rds.amazonaws.com/doc/2014-10-31/" },
  acm: { protocol: "json", signingName: "acm", namespace: "" },
};

export interface Endpoint {
  readonly service: ServiceName;
  readonly region: string;
  /** S3 Control names the account in its host. */
  readonly awsAccountId?: string;
}

const regional: Readonly<Record<string, ServiceName>> = { ec2: "ec2", s3: "s3", sts: "sts", rds: "rds", acm: "acm" };

/** Which service in which region answers under a host; `undefined`: no such host. */
export function endpointOf(host: string): Endpoint | undefined {
  if (host === "iam.amazonaws.com") return { service: "iam", region: "us-east-1" };
  if (host === "sts.amazonaws.com") return { service: "sts", region: "us-east-1" };
  const [, account, name = "", region = ""] =
    /^(?:(\d{12})\.)?([a-z0-9-]+)\.([a-z0-9-]+)\.amazonaws\.com$/.exec(host) ?? [];
  if (!isKnownRegion(region)) return undefined;
  if (account !== undefined)
    return name === "s3-control" ? { service: "s3control", region, awsAccountId: account } : undefined;
  const service = Object.hasOwn(regional, name) ? regional[name] : undefined;
  return service && { service, region };
}
