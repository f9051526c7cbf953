/** The facts of an AWS service. What is left out is as the name of the service says. Source: botocore models of 2026-08-07. */
interface Facts {
  readonly protocol: "ec2" | "query" | "rest-xml" | "rest-json" | "json-1.0" | "json-1.1";
  /** Form protocols: the form field `Version`. */
  readonly version?: string;
  /** JSON protocols: what stands before the operation in `X-Amz-Target`. */
  readonly target?: string;
  /** The first labels of the host; left out: the service's name. */
  readonly endpoint?: string;
  /** What SigV4 signs as; left out: the endpoint. */
  readonly signingName?: string;
  /** What stands before the colon of its IAM actions; left out: the service's name. */
  readonly iamPrefix?: string;
  /** One endpoint for the whole partition (`globalHosts` in `regions.ts`). */
  readonly isGlobal?: boolean;
}

// prettier-ignore
export const services = {
  accessanalyzer: { protocol: "rest-json", endpoint: "access-analyzer", iamPrefix: "access-analyzer" },
  account: { protocol: "rest-json", isGlobal: true },
  acm: { protocol: "json-1.1", target: "CertificateManager" },
  apigateway: { protocol: "rest-json" },
  apigatewayv2: { protocol: "rest-json", endpoint: "apigateway", iamPrefix: "apigateway" },
  backup: { protocol: "rest-json" },
  bedrock: { protocol: "rest-json" },
  "bedrock-agent": { protocol: "rest-json", signingName: "bedrock", iamPrefix: "bedrock" },
  ce: { protocol: "json-1.1", target: "AWSInsightsIndexService", isGlobal: true },
  cloudfront: { protocol: "rest-xml", isGlobal: true },
  cloudtrail: { protocol: "json-1.1", target: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101" },
  cloudwatch: { protocol: "json-1.0", target: "GraniteServiceVersion20100801", endpoint: "monitoring" },
  config: { protocol: "json-1.1", target: "StarlingDoveService" },
  "cost-optimization-hub": { protocol: "json-1.0", target: "CostOptimizationHubService" },
  dynamodb: { protocol: "json-1.0", target: "DynamoDB_20120810" },
  ec2: { protocol: "ec2", version: "2016-11-15" },
  ecr: { protocol: "json-1.1", target: "AmazonEC2ContainerRegistry_V20150921", endpoint: "api.ecr", signingName: "ecr" },
  ecs: { protocol: "json-1.1", target: "AmazonEC2ContainerServiceV20141113" },
  efs: { protocol: "rest-json", endpoint: "elasticfilesystem", iamPrefix: "elasticfilesystem" },
  eks: { protocol: "rest-json" },
  elasticache: { protocol: "query", version: "2015-02-02" },
  elb: { protocol: "query", version: "2012-06-01", endpoint: "elasticloadbalancing", iamPrefix: "elasticloadbalancing" },
  elbv2: { protocol: "query", version: "2015-12-01", endpoint: "elasticloadbalancing", iamPrefix: "elasticloadbalancing" },
  guardduty: { protocol: "rest-json" },
  iam: { protocol: "query", version: "2010-05-08", isGlobal: true },
  kms: { protocol: "json-1.1", target: "TrentService" },
  lambda: { protocol: "rest-json" },
  logs: { protocol: "json-1.1", target: "Logs_20140328" },
  opensearch: { protocol: "rest-json", endpoint: "es", iamPrefix: "es" },
  organizations: { protocol: "json-1.1", target: "AWSOrganizationsV20161128", isGlobal: true },
  rds: { protocol: "query", version: "2014-10-31" },
  redshift: { protocol: "query", version: "2012-12-01" },
  route53: { protocol: "rest-xml", isGlobal: true },
  route53domains: { protocol: "json-1.1", target: "Route53Domains_v20140515" },
  s3: { protocol: "rest-xml" },
  s3control: { protocol: "rest-xml", endpoint: "s3-control", signingName: "s3", iamPrefix: "s3" },
  sagemaker: { protocol: "json-1.1", target: "SageMaker", endpoint: "api.sagemaker", signingName: "sagemaker" },
  secretsmanager: { protocol: "json-1.1", target: "secretsmanager" },
  securityhub: { protocol: "rest-json" },
  sns: { protocol: "query", version: "2010-03-31" },
  sqs: { protocol: "json-1.0", target: "AmazonSQS" },
  ssm: { protocol: "json-1.1", target: "AmazonSSM" },
  sts: { protocol: "query", version: "2011-06-15" },
  tagging: { protocol: "json-1.1", target: "ResourceGroupsTaggingAPI_20170126", iamPrefix: "tag" },
  wafv2: { protocol: "json-1.1", target: "AWSWAF_20190729" },
} as const satisfies Record<string, Facts>;

export type ServiceName = keyof typeof services;

/** A service with nothing left out. */
export type Service = Required<Pick<Facts, "protocol" | "endpoint" | "signingName" | "iamPrefix">> &
  Pick<Facts, "version" | "target"> & { readonly isGlobal: boolean };

export function serviceOf(name: ServiceName): Service {
  const {
    endpoint = name,
    signingName = endpoint,
    iamPrefix = name,
    isGlobal = false,
    ...facts
  }: Facts = services[name];
  return { ...facts, endpoint, signingName, iamPrefix, isGlobal };
}
