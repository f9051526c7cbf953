import { describe, it } from "vitest";
import { createAws } from "#aws/client";
import type { AwsCaller, Input, Operation } from "#aws/caller";
import { fixedCredentials } from "#aws/credentials";
import type { AwsFault } from "#aws/fault";
import type { Collector, Found } from "#collectors/collector";
import { collectors, type CollectorId } from "#collectors/registry";
import { DEMO_ACCOUNT_ID } from "../../simulator/demo.ts";
import { pagesBy } from "../support/fake-aws.ts";
import { demoKeys, world, type World } from "./world.ts";

const region = "us-east-1";

function callerOf({ simulator }: World, gaps: AwsFault[] = []): AwsCaller {
  const credentials = fixedCredentials(demoKeys);
  const aws = createAws({ fetcher: simulator, credentials, awsAccountId: DEMO_ACCOUNT_ID, region });
  return aws.caller({ onGap: (gap) => gaps.push(gap as AwsFault) });
}

interface Read {
  readonly found: readonly Found<object, Readonly<Record<string, unknown>>>[];
  readonly gaps: readonly AwsFault[];
  /** How often an operation was asked for. */
  readonly calls: ReadonlyMap<string, number>;
}

/** What a collector finds, without the figures of CloudWatch. */
async function read(id: CollectorId, things: Readonly<Record<string, number>>): Promise<Read> {
  const one = world();
  await one.arrange({ regions: [region], things });
  const gaps: AwsFault[] = [];
  const { measures: _, ...collector } = collectors[id] as unknown as Collector<
    object,
    Readonly<Record<string, unknown>>
  >;
  const place = { partition: "aws", awsAccountId: DEMO_ACCOUNT_ID, region };
  const context = { aws: callerOf(one, gaps), place, now: new Date() };
  const pages = await pagesBy(collector, context);
  const answer = await one.control("GET", `/accounts/${DEMO_ACCOUNT_ID}/calls`);
  const calls: readonly { action: string; count: number }[] = await answer.json();
  return { found: pages.flat(), gaps, calls: new Map(calls.map(({ action, count }) => [action, count])) };
}

/** How long a page of each collector's list is, and what its things stand in. */
const table: readonly {
  readonly id: CollectorId;
  readonly page: number;
  readonly within?: (n: number) => Readonly<Record<string, number>>;
}[] = [
  { id: "apigateway.restApis", page: 500 },
  { id: "apigatewayv2.apis", page: 100 },
  { id: "cloudfront.distributions", page: 100 },
  { id: "ecr.repositories", page: 1000 },
  { id: "ecs.clusters", page: 100 },
  { id: "ecs.services", page: 100, within: () => ({ "ecs.clusters": 1 }) },
  { id: "ecs.taskDefinitions", page: 100, within: (n) => ({ "ecs.clusters": 2, "ecs.services": n + 5 }) },
  { id: "eks.clusters", page: 100 },
  { id: "elb.loadBalancers", page: 400 },
  { id: "elbv2.loadBalancers", page: 400, within: (n) => ({ "elbv2.targetGroups": n }) },
  { id: "elbv2.targetGroups", page: 400 },
  { id: "lambda.functions", page: 50 },
  { id: "route53.hostedZones", page: 100 },
  { id: "route53.recordSets", page: 300, within: () => ({ "route53.hostedZones": 1 }) },
  { id: "route53domains.domains", page: 100 },
  { id: "wafv2.webAcls", page: 100, within: (n) => ({ "elbv2.loadBalancers": n }) },
];

describe.for(table)("$id", ({ id, page, within }) => {
  it.for([0, 1, 7, page + 3])("are %i, each once and whole", async (count, { expect }) => {
    const { found, gaps } = await read(id, { ...within?.(count), [id]: count });
    expect(gaps).toEqual([]);
    expect(found).toHaveLength(count);
    expect(new Set(found.map(({ nativeId }) => nativeId)).size).toBe(count);
    const unread = found.filter(
      ({ attributes, tagsUnread }) => tagsUnread || Object.values(attributes).includes(undefined),
    );
    expect(unread).toEqual([]);
    if (collectors[id].actions.includes("tag:GetResources"))
      expect(found.filter(({ tags }) => tags["env"] === undefined)).toEqual([]);
  });
});

it("counts one registry's scanning in each region", async ({ expect }) => {
  const { found, gaps } = await read("ecr.registryScanningConfigurations", {});
  expect({ found: found.length, gaps }).toEqual({ found: 1, gaps: [] });
});

describe("follow-ups", () => {
  it("asks for the URLs of functions whose policy speaks of them", async ({ expect }) => {
    const { calls, found } = await read("lambda.functions", { "lambda.functions": 7 });
    expect(calls.get("GetPolicy")).toBe(7);
    expect(calls.get("ListFunctionUrlConfigs")).toBe(2);
    expect(found.map(({ attributes }) => attributes)).toContainEqual(
      expect.objectContaining({ policy: null, urls: null }),
    );
    expect(found.at(-1)?.attributes).toMatchObject({ urls: [{ authType: "NONE" }] });
  });

  it("asks for the health of classic load balancers with instances", async ({ expect }) => {
    const { calls } = await read("elb.loadBalancers", { "elb.loadBalancers": 7 });
    expect(calls.get("DescribeInstanceHealth")).toBe(4);
  });

  it("asks for the records of zones that have any of their own", async ({ expect }) => {
    const things = { "route53.hostedZones": 7, "route53.recordSets": 2 };
    const { calls, found } = await read("route53.recordSets", things);
    // Two with a host, and two that take mail.
    expect(calls.get("ListResourceRecordSets")).toBe(4);
    expect(found).toHaveLength(2);
  });

  it("pages through the images of a repository", async ({ expect }) => {
    const { calls, found } = await read("ecr.repositories", { "ecr.repositories": 100 });
    expect(calls.get("DescribeImages")).toBe(101);
    expect(found.at(-1)?.observed).toMatchObject({ images: { count: 1003 } });
    expect(found[3]?.observed).toMatchObject({ images: { count: 0 } });
    const policies = found.map(({ attributes }) => ("policy" in attributes ? attributes.policy : undefined));
    expect(policies).toContain(null);
    expect(policies[6]).toMatchObject([{ principals: { AWS: ["*"] } }]);
  });

  it("pages through the routes of an API", async ({ expect }) => {
    const { calls, found } = await read("apigatewayv2.apis", { "apigatewayv2.apis": 10 });
    expect(calls.get("GetRoutes")).toBe(11);
    expect(found.at(-1)?.attributes).toMatchObject({ routeCount: 103, openRoutes: [] });
    expect(found[6]?.attributes).toMatchObject({ openRoutes: [{ route: "GET /orders/0" }] });
  });

  it("reads policies, methods and integrations of REST APIs", async ({ expect }) => {
    const { found } = await read("apigateway.restApis", { "apigateway.restApis": 10, "wafv2.webAcls": 1 });
    expect(found[3]?.attributes).toMatchObject({ endpointTypes: ["PRIVATE"], policy: [{ effect: "Allow" }] });
    expect(found[6]?.attributes).toMatchObject({ routeCount: 2, openRoutes: [{}, {}] });
    expect(found.at(-1)?.attributes).toMatchObject({ routeCount: 58 });
    expect(found[0]?.relations?.map(({ resourceType }) => resourceType)).toEqual([
      "AWS::Lambda::Function",
      "AWS::WAFv2::WebACL",
      "AWS::Logs::LogGroup",
    ]);
  });

  it("spreads services over clusters and definitions over services", async ({ expect }) => {
    const things = { "ecs.clusters": 3, "ecs.services": 8, "ecs.taskDefinitions": 4 };
    const { calls, found } = await read("ecs.services", things);
    expect(calls.get("ListServices")).toBe(3);
    const clusters = Map.groupBy(found, ({ attributes }) => "clusterArn" in attributes && attributes.clusterArn);
    expect([...clusters.values()].map((all) => all.length)).toEqual([3, 3, 2]);
    const definitions = await read("ecs.taskDefinitions", things);
    expect(definitions.calls.get("DescribeTaskDefinition")).toBe(4);
  });
});

const missing: readonly (readonly [operation: Operation, input: Input, code: string])[] = [
  [
    { service: "lambda", action: "GetPolicy", path: "/2015-03-31/functions/{F}/policy" },
    { F: "fn-9" },
    "ResourceNotFoundException",
  ],
  [
    { service: "lambda", action: "ListFunctionUrlConfigs", path: "/2021-10-31/functions/{F}/urls" },
    { F: "fn-9" },
    "ResourceNotFoundException",
  ],
  [{ service: "ecs", action: "ListServices" }, { cluster: "cluster-9" }, "ClusterNotFoundException"],
  [{ service: "ecs", action: "DescribeTaskDefinition" }, { taskDefinition: "app-9:1" }, "ClientException"],
  [
    { service: "eks", action: "DescribeCluster", path: "/clusters/{name}" },
    { name: "cluster-9" },
    "ResourceNotFoundException",
  ],
  [{ service: "ecr", action: "DescribeImages" }, { repositoryName: "repository-9" }, "RepositoryNotFoundException"],
  [
    { service: "ecr", action: "GetRepositoryPolicy" },
    { repositoryName: "repository-0" },
    "RepositoryPolicyNotFoundException",
  ],
  [
    { service: "ecr", action: "GetLifecyclePolicy" },
    { repositoryName: "repository-4" },
    "LifecyclePolicyNotFoundException",
  ],
  [
    { service: "apigateway", action: "GetStages", path: "/restapis/{id}/stages" },
    { id: "rest000009" },
    "NotFoundException",
  ],
  [
    { service: "apigatewayv2", action: "GetStages", path: "/v2/apis/{id}/stages" },
    { id: "http000009" },
    "NotFoundException",
  ],
  [{ service: "elb", action: "DescribeInstanceHealth" }, { LoadBalancerName: "classic-9" }, "LoadBalancerNotFound"],
  [{ service: "elbv2", action: "DescribeListeners" }, { LoadBalancerArn: "lb-9" }, "LoadBalancerNotFound"],
  [{ service: "elbv2", action: "DescribeTargetHealth" }, { TargetGroupArn: "group-9" }, "TargetGroupNotFound"],
  [
    { service: "cloudfront", action: "GetDistributionConfig", path: "/2020-05-31/distribution/{Id}/config" },
    { Id: "E9" },
    "NoSuchDistribution",
  ],
  [
    { service: "route53", action: "ListResourceRecordSets", path: "/2013-04-01/hostedzone/{Id}/rrset" },
    { Id: "Z9" },
    "NoSuchHostedZone",
  ],
  [{ service: "wafv2", action: "ListResourcesForWebACL" }, { WebACLArn: "acl-9" }, "WAFNonexistentItemException"],
  [{ service: "wafv2", action: "ListWebACLs" }, { Scope: "GLOBAL" }, "WAFInvalidParameterException"],
  [
    { service: "ecs", action: "DescribeServices" },
    { cluster: "cluster-0", services: Array.from({ length: 11 }, () => "x") },
    "InvalidParameterException",
  ],
];

it.for(missing)("refuses what is not there: %o %o", async ([operation, input, code], { expect }) => {
  const one = world();
  await one.arrange({ regions: [region], things: { "ecr.repositories": 5, "ecs.clusters": 1 } });
  await expect(callerOf(one).call(operation, input)).rejects.toMatchObject({ code });
});

it("tells which clusters and services are gone", async ({ expect }) => {
  const one = world();
  await one.arrange({ regions: [region], things: { "ecs.clusters": 2, "ecs.services": 2 } });
  const aws = callerOf(one);
  expect(
    await aws.call({ service: "ecs", action: "DescribeClusters" }, { clusters: ["cluster-1", "cluster-2"] }),
  ).toMatchObject({
    clusters: [{ clusterName: "cluster-1" }],
    failures: [{ arn: "cluster-2", reason: "MISSING" }],
  });
  const input = { cluster: "cluster-0", services: ["service-0", "service-1"] };
  expect(await aws.call({ service: "ecs", action: "DescribeServices" }, input)).toMatchObject({
    services: [{ serviceName: "service-0" }],
    failures: [{ arn: "service-1", reason: "MISSING" }],
  });
});

it("goes on at a record set with an identifier", async ({ expect }) => {
  const one = world();
  await one.arrange({ things: { "route53.hostedZones": 1, "route53.recordSets": 20 } });
  const operation = {
    service: "route53",
    action: "ListResourceRecordSets",
    path: "/2013-04-01/hostedzone/{Id}/rrset",
  } as const;
  const Id = "Z08ABCDEFGHIJK000000";
  const aws = callerOf(one);
  const first = await aws.call(operation, { Id, maxitems: 11 });
  const next = {
    NextRecordName: "host-000009.zone-0.example.com.",
    NextRecordType: "CNAME",
    NextRecordIdentifier: "blue",
  };
  expect(first).toMatchObject({ IsTruncated: "true", ...next });
  const input = { Id, maxitems: 11, name: next.NextRecordName, type: "CNAME", identifier: "blue" };
  const second = await aws.call(operation, input);
  expect(second).toMatchObject({ IsTruncated: "false" });
  expect(second).toHaveProperty("ResourceRecordSets.ResourceRecordSet[0].Name", next.NextRecordName);
});
