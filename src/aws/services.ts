/** The facts of each AWS service we speak to. Source: botocore service models of 2026-08-07. */
export interface Service {
  readonly protocol: "ec2" | "query" | "rest-xml" | "rest-json" | "json-1.0" | "json-1.1";
  /** API version as the protocol writes it (form field `Version`); empty where the path or target carries it. */
  readonly version: string;
  /** The first label of the host: `ec2.eu-west-1.amazonaws.com`. */
  readonly endpoint: string;
  /** What SigV4 signs as; usually the endpoint. */
  readonly signingName: string;
  /** JSON protocols: what stands before the operation in `X-Amz-Target`. */
  readonly target?: string;
  /** One endpoint for the whole partition, signed for this region (in `aws`). */
  readonly global?: "us-east-1";
}

export const services = {
  ec2: { protocol: "ec2", version: "2016-11-15", endpoint: "ec2", signingName: "ec2" },
  s3: { protocol: "rest-xml", version: "2006-03-01", endpoint: "s3", signingName: "s3" },
  s3control: { protocol: "rest-xml", version: "2018-08-20", endpoint: "s3-control", signingName: "s3" },
  iam: { protocol: "query", version: "2010-05-08", endpoint: "iam", signingName: "iam", global: "us-east-1" },
  sts: { protocol: "query", version: "2011-06-15", endpoint: "sts", signingName: "sts" },
  rds: { protocol: "query", version: "2014-10-31", endpoint: "rds", signingName: "rds" },
  acm: { protocol: "json-1.1", version: "", endpoint: "acm", signingName: "acm", target: "CertificateManager" },
} as const satisfies Record<string, Service>;

export type ServiceName = keyof typeof services;
