import type { ServiceName } from "../services.ts";
import { accessanalyzer } from "./accessanalyzer.ts";
import { account } from "./account.ts";
import { apigateway } from "./apigateway.ts";
import { apigatewayv2 } from "./apigatewayv2.ts";
import { backup } from "./backup.ts";
import { bedrockAgent } from "./bedrock-agent.ts";
import { bedrock } from "./bedrock.ts";
import { ce } from "./ce.ts";
import { cloudfront } from "./cloudfront.ts";
import { cloudtrail } from "./cloudtrail.ts";
import { cloudwatch } from "./cloudwatch.ts";
import { config } from "./config.ts";
import { costOptimizationHub } from "./cost-optimization-hub.ts";
import { dynamodb } from "./dynamodb.ts";
import { ec2 } from "./ec2.ts";
import { ecr } from "./ecr.ts";
import { ecs } from "./ecs.ts";
import { efs } from "./efs.ts";
import { eks } from "./eks.ts";
import { elasticache } from "./elasticache.ts";
import { elb } from "./elb.ts";
import { elbv2 } from "./elbv2.ts";
import { guardduty } from "./guardduty.ts";
import { iam } from "./iam.ts";
import { kms } from "./kms.ts";
import { lambda } from "./lambda.ts";
import { logs } from "./logs.ts";
import { opensearch } from "./opensearch.ts";
import { organizations } from "./organizations.ts";
import { rds } from "./rds.ts";
import { redshift } from "./redshift.ts";
import { route53 } from "./route53.ts";
import { route53domains } from "./route53domains.ts";
import { sagemaker } from "./sagemaker.ts";
import { secretsmanager } from "./secretsmanager.ts";
import { securityhub } from "./securityhub.ts";
import { sns } from "./sns.ts";
import { sqs } from "./sqs.ts";
import { ssm } from "./ssm.ts";
import { taggingOf } from "./tagging.ts";
import type { ThingKind, ThingService } from "./thing.ts";
import { wafv2 } from "./wafv2.ts";

const services: Readonly<Partial<Record<ServiceName, ThingService>>> = {
  accessanalyzer,
  account,
  apigateway,
  apigatewayv2,
  backup,
  "bedrock-agent": bedrockAgent,
  bedrock,
  ce,
  cloudfront,
  cloudtrail,
  cloudwatch,
  config,
  "cost-optimization-hub": costOptimizationHub,
  dynamodb,
  ec2,
  ecr,
  ecs,
  efs,
  eks,
  elasticache,
  elb,
  elbv2,
  guardduty,
  iam,
  kms,
  lambda,
  logs,
  opensearch,
  organizations,
  rds,
  redshift,
  route53,
  route53domains,
  sagemaker,
  secretsmanager,
  securityhub,
  sns,
  sqs,
  ssm,
  wafv2,
};

const kinds = Object.assign({}, ...Object.values(services).map((service) => service.kinds ?? {})) as NonNullable<
  ThingService["kinds"]
>;

/** Every service whose things are made up by number. */
export const thingServices: Readonly<Partial<Record<ServiceName, ThingService>>> = {
  ...services,
  tagging: taggingOf(kinds),
};

/** How many resources one thing of a kind is; none where it only switches a setting on that `always` counts. */
const perThing = (kind: ThingKind | undefined, regions: number): number =>
  kind === undefined ? 0 : kind.isGlobal ? 1 : regions;

/** How many resources so many things of each kind are, in all regions together. */
export const countThings = (things: Readonly<Record<string, number>>, regions: number): number =>
  Object.entries(things).reduce((sum, [kind, count]) => sum + count * perThing(kinds[kind], regions), 0);

/** Resources nobody made: so many in each region, and so many of the account. */
export const always = Object.values(services).reduce(
  (sum, { always: own = {} }) => ({
    regional: sum.regional + (own.regional ?? 0),
    global: sum.global + (own.global ?? 0),
  }),
  { regional: 0, global: 0 },
);
