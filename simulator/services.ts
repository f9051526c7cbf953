import { isKnownRegion } from "./regions.ts";

export type Protocol = "ec2" | "query" | "rest-xml" | "rest-json" | "json";

interface Service {
  readonly protocol: Protocol;
  /** The first labels of its hosts; left out: its name. */
  readonly endpoint?: string;
  /** What its requests are signed for; left out: the endpoint. */
  readonly signingName?: string;
  /** XML namespace of its answers. */
  readonly namespace?: string;
  /** One host for all regions, and the region it is signed for. */
  readonly host?: string;
}

/** Source: botocore service models of August 2026. */
// prettier-ignore
export const services = {
  accessanalyzer: { protocol: "rest-json", endpoint: "access-analyzer" },
  account: { protocol: "rest-json", host: "account.us-east-1.amazonaws.com" },
  acm: { protocol: "json" },
  apigateway: { protocol: "rest-json" },
  apigatewayv2: { protocol: "rest-json", endpoint: "apigateway" },
  backup: { protocol: "rest-json" },
  bedrock: { protocol: "rest-json" },
  "bedrock-agent": { protocol: "rest-json", signingName: "bedrock" },
  ce: { protocol: "json", host: "ce.us-east-1.amazonaws.com" },
  cloudfront: { protocol: "rest-xml", host: "cloudfront.amazonaws.com", namespace: "http://cloudfront.amazonaws.com/doc/2020-05-31/" },
  cloudtrail: { protocol: "json" },
  cloudwatch: { protocol: "json", endpoint: "monitoring" },
  config: { protocol: "json" },
  "cost-optimization-hub": { protocol: "json" },
  dynamodb: { protocol: "json" },
  ec2: { protocol: "ec2", namespace: "http://ec2.amazonaws.com/doc/2016-11-15/" },
  ecr: { protocol: "json", endpoint: "api.ecr", signingName: "ecr" },
  ecs: { protocol: "json" },
  efs: { protocol: "rest-json", endpoint: "elasticfilesystem" },
  eks: { protocol: "rest-json" },
  elasticache: { protocol: "query", namespace: "http://elasticache.amazonaws.com/doc/2015-02-02/" },
  elb: { protocol: "query", endpoint: "elasticloadbalancing", namespace: "http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/" },
  elbv2: { protocol: "query", endpoint: "elasticloadbalancing", namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/" },
  guardduty: { protocol: "rest-json" },
  iam: { protocol: "query", host: "iam.amazonaws.com", namespace: "https://iam.amazonaws.com/doc/2010-05-08/" },
  kms: { protocol: "json" },
  lambda: { protocol: "rest-json" },
  logs: { protocol: "json" },
  opensearch: { protocol: "rest-json", endpoint: "es" },
  organizations: { protocol: "json", host: "organizations.us-east-1.amazonaws.com" },
  rds: { protocol: "query", namespace: "http://rds.amazonaws.com/doc/2014-10-31/" },
  redshift: { protocol: "query", namespace: "http://redshift.amazonaws.com/doc/2012-12-01/" },
  route53: { protocol: "rest-xml", host: "route53.amazonaws.com", namespace: "https://route53.amazonaws.com/doc/2013-04-01/" },
  route53domains: { protocol: "json" },
  s3: { protocol: "rest-xml", namespace: "http://s3.amazonaws.com/doc/2006-03-01/" },
  s3control: { protocol: "rest-xml", endpoint: "s3-control", signingName: "s3", namespace: "http://awss3control.amazonaws.com/doc/2018-08-20/" },
  sagemaker: { protocol: "json", endpoint: "api.sagemaker", signingName: "sagemaker" },
  secretsmanager: { protocol: "json" },
  securityhub: { protocol: "rest-json" },
  sns: { protocol: "query", namespace: "http://sns.amazonaws.com/doc/2010-03-31/" },
  sqs: { protocol: "json" },
  ssm: { protocol: "json" },
  sts: { protocol: "query", namespace: "https://sts.amazonaws.com/doc/2011-06-15/" },
  tagging: { protocol: "json" },
  wafv2: { protocol: "json" },
} as const satisfies Readonly<Record<string, Service>>;

export type ServiceName = keyof typeof services;
export const serviceNames = Object.keys(services) as [ServiceName, ...ServiceName[]];

/** A service with nothing left out. */
export function serviceOf(name: ServiceName): Required<Omit<Service, "host">> & Pick<Service, "host"> {
  const { endpoint = name, signingName = endpoint, namespace = "", ...facts }: Service = services[name];
  return { ...facts, endpoint, signingName, namespace };
}

export interface Endpoint {
  readonly service: ServiceName;
  readonly region: string;
  /** S3 Control names the account in its host. */
  readonly awsAccountId?: string;
}

const home = "us-east-1";

/** Services by the first labels of their hosts; two may share a host, and the request tells which is meant. */
const byLabel = Map.groupBy(
  serviceNames.filter((name) => serviceOf(name).host === undefined),
  (name) => serviceOf(name).endpoint,
);
const byHost: ReadonlyMap<string, ServiceName> = new Map(
  serviceNames.flatMap((name) => {
    const { host } = serviceOf(name);
    return host === undefined ? [] : [[host, name] as const];
  }),
);

/** Which of the services behind one host a request means: by the version in its form, or the prefix of its path. */
export interface Hint {
  readonly path: string;
  readonly body: string;
}

function meant(names: readonly ServiceName[], { path, body }: Hint): ServiceName | undefined {
  if (names.includes("elb")) return body.includes("Version=2012-06-01") ? "elb" : "elbv2";
  if (names.includes("apigateway")) return path.startsWith("/v2/") ? "apigatewayv2" : "apigateway";
  return names[0];
}

/** Which service in which region answers under a host; `undefined`: no such host. */
export function endpointOf(host: string, hint: Hint): Endpoint | undefined {
  const global = host === "sts.amazonaws.com" ? "sts" : byHost.get(host);
  if (global) return { service: global, region: home };
  const [, account, label = "", region = ""] =
    /^(?:(\d{12})\.)?([a-z0-9-]+(?:\.[a-z-]+)?)\.([a-z0-9-]+)\.amazonaws\.com$/.exec(host) ?? [];
  if (!isKnownRegion(region)) return undefined;
  if (account !== undefined)
    return label === "s3-control" ? { service: "s3control", region, awsAccountId: account } : undefined;
  const service = meant(byLabel.get(label) ?? [], hint);
  return service === undefined || service === "s3control" ? undefined : { service, region };
}
