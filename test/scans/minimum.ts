import { inventoryOf, placeOf, type Inventory } from "../../simulator/inventory.ts";
import { kinds, type KindName } from "../../simulator/kinds.ts";

/** What a simulated account is made of. */
export interface Size {
  readonly regions: readonly string[];
  /** The recorded set when left out. */
  readonly resources?: number;
  readonly things: Readonly<Record<string, number>>;
}

/** Where something is counted: one region, of one account. */
interface Here {
  readonly region: string;
  /** Things made up by number. */
  readonly n: (kind: string) => number;
  /** Things cut out of recordings. */
  readonly cut: (kind: KindName, isMeant?: (fragment: string) => boolean) => number;
  readonly size: Size;
}

type Count = (here: Here) => number;

/** A list: a call for each page, and one where there is nothing. */
const pages = (count: number, size: number): number => Math.max(1, Math.ceil(count / size));
const list =
  (kind: string, size: number): Count =>
  ({ n }) =>
    pages(n(kind), size);
const each =
  (kind: string): Count =>
  ({ n }) =>
    n(kind);
const once: Count = () => 1;
/** Numbers below `count` that `isMeant` means. */
const countIf = (count: number, isMeant: (n: number) => boolean): number =>
  Array.from({ length: count }, (_, at) => at).filter(isMeant).length;
const some =
  (kind: string, isMeant: (n: number) => boolean): Count =>
  ({ n }) =>
    countIf(n(kind), isMeant);
const cutList =
  (kind: KindName, size: number): Count =>
  ({ cut }) =>
    pages(cut(kind), size);
/** A list that is only asked for where there is something to ask about. */
const where =
  (isAsked: (here: Here) => boolean, count: Count): Count =>
  (here) =>
    isAsked(here) ? count(here) : 0;
const has =
  (kind: string) =>
  ({ n }: Here): boolean =>
    n(kind) > 0;
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

const home = ({ size: { regions } }: Here): string =>
  regions.includes("us-east-1") ? "us-east-1" : (regions[0] ?? "");
const isHome = (here: Here): boolean => here.region === home(here);

/** A recorded certificate is described that waits for its validation or ends within 60 days: all but one of the demo's do. */
const isCloseToEnd = (fragment: string, now = Date.parse("2026-11-23T08:00:00Z")): boolean => {
  const { Status, NotAfter } = JSON.parse(fragment) as { readonly Status: string; readonly NotAfter?: number };
  const pending = ["PENDING_VALIDATION", "FAILED", "VALIDATION_TIMED_OUT"].includes(Status);
  return pending || (NotAfter !== undefined && NotAfter * 1000 - now <= 60 * 86_400_000);
};

/**
 * What a scan has to ask of a region: operation by operation the column `calls` of the catalogue of collectors. Operations
 * that ask for many things at once, whatever kind they are of, stand in `batched`.
 */
const regional: Readonly<Record<string, Count>> = {
  "accessanalyzer ListAnalyzers": once,
  "acm ListCertificates": cutList("certificate", 1000),
  "acm DescribeCertificate": ({ cut }) => cut("certificate", isCloseToEnd),
  "apigateway GetRestApis": list("apigateway.restApis", 500),
  "apigateway GetResources": each("apigateway.restApis"),
  "apigateway GetStages": each("apigateway.restApis"),
  "apigatewayv2 GetApis": list("apigatewayv2.apis", 100),
  // Every tenth has more than a page, unless it is one of those for WebSockets, every fourth.
  "apigatewayv2 GetRoutes": ({ n }) =>
    n("apigatewayv2.apis") + countIf(n("apigatewayv2.apis"), (at) => at % 10 === 9 && at % 4 !== 3),
  "apigatewayv2 GetStages": each("apigatewayv2.apis"),
  "backup ListBackupPlans": list("backup.plans", 1000),
  "backup ListProtectedResources": list("backup.protectedResources", 1000),
  "bedrock GetModelInvocationLoggingConfiguration": once,
  "bedrock ListGuardrails": list("bedrock.guardrails", 1000),
  "bedrock-agent ListAgents": list("bedrock-agent.agents", 1000),
  // The list does not name the guardrail of those that have none.
  "bedrock-agent GetAgent": some("bedrock-agent.agents", (n) => n % 3 === 1),
  "cloudtrail DescribeTrails": once,
  "cloudtrail GetEventSelectors": where(isHome, each("cloudtrail.trails")),
  "cloudtrail GetTrailStatus": where(isHome, each("cloudtrail.trails")),
  "cloudwatch DescribeAlarms": list("cloudwatch.alarms", 100),
  "config DescribeConfigurationRecorderStatus": where(has("config.recorders"), once),
  "config DescribeConfigurationRecorders": once,
  "dynamodb ListTables": list("dynamodb.tables", 100),
  "dynamodb DescribeTable": each("dynamodb.tables"),
  "dynamodb DescribeContinuousBackups": each("dynamodb.tables"),
  "ec2 DescribeAddresses": once,
  "ec2 DescribeFlowLogs": list("ec2.flowLogs", 1000),
  "ec2 DescribeImages": cutList("image", 1000),
  "ec2 DescribeInstances": cutList("instance", 1000),
  // The recorded instances are of fewer types than a call may name.
  "ec2 DescribeInstanceTypes": where(({ cut }) => cut("instance") > 0, once),
  "ec2 DescribeNatGateways": list("ec2.natGateways", 1000),
  "ec2 DescribeNetworkAcls": list("ec2.networkAcls", 1000),
  "ec2 DescribeNetworkInterfaces": cutList("networkInterface", 1000),
  "ec2 DescribeRouteTables": list("ec2.routeTables", 100),
  "ec2 DescribeSecurityGroups": cutList("securityGroup", 1000),
  // Those everybody may restore are a list of their own: shorter than a page.
  "ec2 DescribeSnapshots": (here) => cutList("snapshot", 1000)(here) + 1,
  "ec2 DescribeSubnets": list("ec2.subnets", 1000),
  "ec2 DescribeVolumes": cutList("volume", 1000),
  "ec2 DescribeVpcs": list("ec2.vpcs", 1000),
  "ec2 GetEbsEncryptionByDefault": once,
  "ec2 GetImageBlockPublicAccessState": once,
  "ec2 GetSnapshotBlockPublicAccessState": once,
  "ecr DescribeRepositories": list("ecr.repositories", 1000),
  // Every hundredth has three images more than a page.
  "ecr DescribeImages": ({ n }) => n("ecr.repositories") + countIf(n("ecr.repositories"), (at) => at % 100 === 99),
  "ecr GetLifecyclePolicy": each("ecr.repositories"),
  "ecr GetRegistryScanningConfiguration": once,
  "ecr GetRepositoryPolicy": each("ecr.repositories"),
  "ecs ListClusters": list("ecs.clusters", 100),
  "ecs DescribeClusters": ({ n }) => Math.ceil(n("ecs.clusters") / 100),
  "ecs ListServices": (here) => sum(servicesByCluster(here).map((services) => pages(services, 100))),
  "ecs DescribeServices": (here) => sum(servicesByCluster(here).map((services) => Math.ceil(services / 10))),
  // As many as there are services, each of which runs one.
  "ecs DescribeTaskDefinition": ({ n }) =>
    n("ecs.clusters") > 0 ? Math.min(n("ecs.services"), n("ecs.taskDefinitions")) : 0,
  "efs DescribeFileSystems": list("efs.fileSystems", 100),
  // Those that are being deleted are left alone.
  "efs DescribeBackupPolicy": some("efs.fileSystems", (n) => n % 11 !== 10),
  "efs DescribeFileSystemPolicy": some("efs.fileSystems", (n) => n % 11 !== 10),
  "eks ListClusters": list("eks.clusters", 100),
  "eks DescribeCluster": each("eks.clusters"),
  "eks DescribeClusterVersions": where(has("eks.clusters"), once),
  "elasticache DescribeReplicationGroups": list("elasticache.replicationGroups", 100),
  "elb DescribeLoadBalancers": list("elb.loadBalancers", 400),
  // Every second has instances.
  "elb DescribeInstanceHealth": some("elb.loadBalancers", (n) => n % 2 === 0),
  "elbv2 DescribeLoadBalancers": list("elbv2.loadBalancers", 400),
  "elbv2 DescribeListeners": each("elbv2.loadBalancers"),
  "elbv2 DescribeLoadBalancerAttributes": each("elbv2.loadBalancers"),
  "elbv2 DescribeTargetGroups": list("elbv2.targetGroups", 400),
  "elbv2 DescribeTargetHealth": each("elbv2.targetGroups"),
  "guardduty ListDetectors": once,
  "guardduty GetDetector": where(has("guardduty.detectors"), once),
  // There are 53 findings.
  "guardduty ListFindings": where(has("guardduty.detectors"), () => 2),
  "guardduty GetFindings": where(has("guardduty.detectors"), () => 2),
  "kms ListKeys": list("kms.keys", 1000),
  "kms ListAliases": where(has("kms.keys"), list("kms.keys", 100)),
  "kms DescribeKey": each("kms.keys"),
  "kms GetKeyPolicy": each("kms.keys"),
  "kms GetKeyRotationStatus": each("kms.keys"),
  "lambda ListFunctions": list("lambda.functions", 50),
  "lambda GetPolicy": each("lambda.functions"),
  // Of those whose policy speaks of URLs.
  "lambda ListFunctionUrlConfigs": some("lambda.functions", (n) => n % 7 === 2 || n % 7 === 6),
  "logs DescribeLogGroups": list("logs.logGroups", 50),
  // The log group that all trails write to.
  "logs DescribeMetricFilters": where(
    (here) => isHome(here) && here.n("cloudtrail.trails") > 0,
    list("logs.metricFilters", 50),
  ),
  "opensearch ListDomainNames": once,
  "opensearch DescribeDomains": ({ n }) => Math.ceil(n("opensearch.domains") / 5),
  "rds DescribeDBClusters": list("rds.dbClusters", 100),
  "rds DescribeDBClusterSnapshots": list("rds.dbClusterSnapshots", 100),
  "rds DescribeDBClusterSnapshotAttributes": some("rds.dbClusterSnapshots", (n) => n % 5 === 0),
  "rds DescribeDBInstances": cutList("dbInstance", 100),
  "rds DescribeDBSnapshots": cutList("dbSnapshot", 100),
  "rds DescribeDBSnapshotAttributes": ({ cut }) =>
    cut("dbSnapshot", (fragment) => fragment.includes("<Encrypted>false")),
  "rds DescribeDBMajorEngineVersions": where(({ cut, n }) => cut("dbInstance") + n("rds.dbClusters") > 0, once),
  "redshift DescribeClusters": list("redshift.clusters", 100),
  "redshift DescribeLoggingStatus": each("redshift.clusters"),
  "sagemaker ListEndpoints": list("sagemaker.endpoints", 100),
  "sagemaker DescribeEndpoint": each("sagemaker.endpoints"),
  // Two endpoints share a configuration.
  "sagemaker DescribeEndpointConfig": ({ n }) => Math.ceil(n("sagemaker.endpoints") / 2),
  "sagemaker ListModels": list("sagemaker.models", 100),
  "sagemaker DescribeModel": each("sagemaker.models"),
  "sagemaker ListNotebookInstances": list("sagemaker.notebookInstances", 100),
  "sagemaker DescribeNotebookInstance": each("sagemaker.notebookInstances"),
  "secretsmanager ListSecrets": list("secretsmanager.secrets", 100),
  // Those that are being deleted are left alone.
  "secretsmanager GetResourcePolicy": some("secretsmanager.secrets", (n) => n % 11 !== 10),
  "securityhub DescribeHub": once,
  "securityhub GetEnabledStandards": where(has("securityhub.hubs"), once),
  "sns ListTopics": list("sns.topics", 100),
  "sns GetTopicAttributes": each("sns.topics"),
  "sqs ListQueues": list("sqs.queues", 1000),
  "sqs GetQueueAttributes": each("sqs.queues"),
  "ssm DescribeInstanceInformation": list("ssm.managedInstances", 50),
  "ssm ListResourceComplianceSummaries": where(has("ssm.managedInstances"), list("ssm.managedInstances", 50)),
  "ssm DescribeParameters": list("ssm.parameters", 50),
  "wafv2 ListWebACLs": list("wafv2.webAcls", 100),
  "wafv2 ListResourcesForWebACL": each("wafv2.webAcls"),
};

/** Services lie in clusters in turn. */
const servicesByCluster = ({ n }: Here): number[] =>
  Array.from({ length: n("ecs.clusters") }, (_, cluster) =>
    Math.ceil(Math.max(0, n("ecs.services") - cluster) / n("ecs.clusters")),
  );

/** Record sets lie in zones in turn, beside the two at the top of each, and a third at that of every third. */
const recordsByZone = ({ n }: Here): number[] =>
  Array.from(
    { length: n("route53.hostedZones") },
    (_, zone) =>
      (zone % 3 === 2 ? 3 : 2) + Math.ceil(Math.max(0, n("route53.recordSets") - zone) / n("route53.hostedZones")),
  );

const costDays = 30;

/** What a scan has to ask of the account, once. */
const global: Readonly<Record<string, Count>> = {
  "account GetAlternateContact": once,
  "ce GetCostAndUsage": ({ n }) => pages(n("ce.costs") * costDays, 500),
  "cloudfront ListDistributions": list("cloudfront.distributions", 100),
  "cloudfront GetDistributionConfig": each("cloudfront.distributions"),
  "cost-optimization-hub ListEnrollmentStatuses": once,
  "cost-optimization-hub ListRecommendations": where(
    has("cost-optimization-hub.recommendations"),
    list("cost-optimization-hub.recommendations", 1000),
  ),
  "ec2 DescribeRegions": once,
  "iam GetAccountAuthorizationDetails": ({ cut, n }) =>
    pages(cut("user") + n("iam.groups") + n("iam.roles") + n("iam.policies"), 1000),
  "iam GetAccountPasswordPolicy": once,
  "iam GetAccountSummary": once,
  "iam GetCredentialReport": once,
  // The others' keys are not old.
  "iam ListAccessKeys": ({ cut }) => cut("user", (user) => /carol-two-keys|dave-old-key/.test(user)),
  "iam ListServerCertificates": cutList("serverCertificate", 1000),
  "iam ListServiceSpecificCredentials": list("iam.serviceSpecificCredentials", 1000),
  "iam ListVirtualMFADevices": once,
  "organizations DescribeOrganization": once,
  "organizations ListAccounts": where(has("organizations.organizations"), list("organizations.accounts", 20)),
  "route53 ListHostedZones": list("route53.hostedZones", 100),
  // A zone with two has nothing but what every zone has.
  "route53 ListResourceRecordSets": (here) =>
    sum(recordsByZone(here).map((records) => (records > 2 ? pages(records, 300) : 0))),
  "route53domains ListDomains": list("route53domains.domains", 100),
  "s3 ListBuckets": cutList("bucket", 10_000),
  "s3control GetPublicAccessBlock": once,
};

/** Asked of each bucket, where it lies. */
const ofBuckets: Readonly<Record<string, (bucket: string) => boolean>> = {
  ...Object.fromEntries(
    ["Acl", "Encryption", "LifecycleConfiguration", "Logging", "Policy", "Tagging", "Versioning"].map((setting) => [
      `s3 GetBucket${setting}`,
      () => true,
    ]),
  ),
  "s3 GetPublicAccessBlock": () => true,
  "s3 GetBucketPolicyStatus": (bucket) => /cloudglass-(?:hardened|logs|public)/.test(bucket),
};

/** Kinds whose tags only the tagging API tells, and how many of them there are in a region. */
const taggedThere: Count = (here) => {
  const { n, cut } = here;
  const many = sum(
    [
      "backup.plans", "bedrock-agent.agents", "bedrock.guardrails", "cloudwatch.alarms", "dynamodb.tables",
      "ecr.repositories", "elasticache.replicationGroups", "elb.loadBalancers", "elbv2.loadBalancers",
      "elbv2.targetGroups", "kms.keys", "lambda.functions", "logs.logGroups", "opensearch.domains", "sagemaker.endpoints",
      "sagemaker.models", "sagemaker.notebookInstances", "sns.topics", "sqs.queues", "ssm.parameters", "wafv2.webAcls",
    ].map(n), // prettier-ignore
  );
  // Machines of EC2 are tagged there.
  const machines = countIf(n("ssm.managedInstances"), (at) => at % 3 === 2);
  return many + cut("certificate") + machines + (isHome(here) ? n("cloudtrail.trails") : 0);
};

const taggedOnce: Count = ({ n, cut }) =>
  sum(["cloudfront.distributions", "iam.policies", "organizations.accounts", "route53.hostedZones"].map(n)) +
  cut("serverCertificate");

/** Figures asked of CloudWatch in a region: of what runs, has targets, or is provisioned. */
const figures: Count = ({ n, cut }) =>
  2 * n("ec2.natGateways") +
  n("elbv2.loadBalancers") +
  countIf(n("elb.loadBalancers"), (at) => at % 2 === 0) +
  2 * countIf(n("dynamodb.tables"), (at) => at % 4 === 3) +
  countIf(n("sagemaker.endpoints"), (at) => at % 7 !== 6 && Math.floor(at / 2) % 5 !== 4) +
  cut("dbInstance", (instance) => instance.includes("<DBInstanceStatus>available")) +
  4 * cut("instance", (instance) => instance.includes("<name>running</name>")) +
  (n("bedrock.modelInvocationLogging") > 0 ? 0 : 1);

/** Calls that take things of any kind together: so many a call, of one place. */
const batched: readonly { readonly call: string; readonly size: number; readonly of: Count; readonly once?: Count }[] =
  [
    { call: "tagging GetResources", size: 100, of: taggedThere, once: taggedOnce },
    { call: "cloudwatch GetMetricData", size: 500, of: figures },
  ];

export type Calls = ReadonlyMap<string, number>;

/** Calls counted elsewhere: STS, and the polls for the credential report. */
export const isCounted = (call: string): boolean => !/^sts |^iam GenerateCredentialReport /.test(call);

/** The least a scan has to ask: `<service> <operation> <region>` → calls. */
export function minimumOf(size: Size): Calls {
  const inventory = inventoryOf(size.regions, size.resources, size.things);
  const calls = new Map<string, number>();
  const add = (call: string, count: number): void => {
    if (count > 0) calls.set(call, (calls.get(call) ?? 0) + count);
  };
  for (const region of size.regions) {
    const here = hereOf(size, inventory, region);
    for (const [call, count] of Object.entries(regional)) add(`${call} ${region}`, count(here));
    for (const { call, size: batch, of } of batched) add(`${call} ${region}`, Math.ceil(of(here) / batch));
  }
  const all = hereOf(size, inventory, "");
  for (const [call, count] of Object.entries(global)) add(`${call} us-east-1`, count(all));
  for (const { call, size: batch, once: of } of batched) if (of) add(`${call} us-east-1`, Math.ceil(of(all) / batch));
  return calls;
}

/** What has to be asked of buckets, wherever they lie: `<service> <operation>` → calls. */
export function minimumOfBuckets({ regions, resources, things }: Size): Calls {
  const { cut } = hereOf({ regions, things }, inventoryOf(regions, resources, things), "");
  return new Map(Object.entries(ofBuckets).map(([call, isAsked]) => [call, cut("bucket", isAsked)]));
}

function hereOf(size: Size, { slices }: Inventory, region: string): Here {
  return {
    region,
    size,
    n: (kind) => size.things[kind] ?? 0,
    cut(kind, isMeant = () => true) {
      const slice = slices.get(`${kind} ${region}`);
      if (!slice) return 0;
      return countIf(slice.count, (at) => isMeant(kinds[kind].fragments[placeOf(slice, at).template] ?? ""));
    },
  };
}
