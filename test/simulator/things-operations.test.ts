import { describe, it } from "vitest";
import { createAws } from "#aws/client";
import { fixedCredentials } from "#aws/credentials";
import { collectors, type CollectorId } from "#collectors/registry";
import { demoKeys, foundBy, world, type World } from "./world.ts";

const region = "eu-west-1";
const home = "us-east-1";
const threeRegions = [region, home, "eu-central-1"];

/** Each collector with the size of its page. */
const regional = {
  "backup.plans": 1000,
  "backup.protectedResources": 1000,
  "bedrock-agent.agents": 1000,
  "bedrock.guardrails": 1000,
  "cloudwatch.alarms": 100,
  "efs.fileSystems": 100,
  "logs.logGroups": 50,
  "sagemaker.endpoints": 100,
  "sagemaker.models": 100,
  "sagemaker.notebookInstances": 100,
  "secretsmanager.secrets": 100,
  "sns.topics": 100,
  "sqs.queues": 1000,
  "ssm.managedInstances": 50,
  "ssm.parameters": 50,
} as const satisfies Partial<Record<CollectorId, number>>;
/** There are so many in all. Trails are not paged; costs of 16 services over 30 days fill a page. */
const inAll = {
  "ce.costs": 16,
  "cloudtrail.trails": 50,
  "cost-optimization-hub.recommendations": 1000,
  "logs.metricFilters": 50,
} as const satisfies Partial<Record<CollectorId, number>>;
/** One in every region, whether it is switched on or not. */
const settings = [
  "bedrock.modelInvocationLogging",
  "config.recorders",
  "guardduty.detectors",
  "securityhub.hubs",
] as const satisfies readonly CollectorId[];

const paged = Object.entries({ ...regional, ...inAll }) as [CollectorId, number][];

/** What a follow-up needs to be asked at all. */
const besides = (id: CollectorId): Record<string, number> =>
  id === "logs.metricFilters" ? { "cloudtrail.trails": 1 } : {};

async function callsOf(one: World): Promise<ReadonlyMap<string, number>> {
  const calls: { action: string; count: number }[] = await (
    await one.control("GET", "/accounts/111122223333/calls")
  ).json();
  return new Map(calls.map(({ action, count }) => [action, count]));
}

/** What a collector finds in an account with these things, and the calls it made. */
async function collected(id: CollectorId, things: Record<string, number>, at = region) {
  const one = world();
  await one.arrange({ things });
  const gaps: string[] = [];
  const found = await foundBy(one, id, at, gaps);
  return { found, gaps, calls: await callsOf(one) };
}

describe("things by their number", () => {
  it.for(paged)("%s: finds none, one, seven and more than a page of %i", async ([id, size], { expect }) => {
    const at = id in inAll ? home : region;
    for (const count of [0, 1, 7, size + 3]) {
      const { found, gaps } = await collected(id, { [id]: count, ...besides(id) }, at);
      expect(gaps).toEqual([]);
      expect(new Set(found.map(({ nativeId }) => nativeId)).size).toBe(count);
      expect(found).toHaveLength(count);
      expect(found.filter(({ attributes }) => Object.values(attributes).includes(undefined))).toEqual([]);
    }
  });

  it.for(paged.map(([id]) => id).filter((id) => collectors[id].actions.includes("tag:GetResources")))(
    "%s: has its tags",
    async (id, { expect }) => {
      const { found } = await collected(id, { [id]: 7 }, id in inAll ? home : region);
      const tags = found.map((one) => one.tags["env"] ?? "none");
      // Systems Manager tells the tags of machines outside EC2 alone.
      if (id === "ssm.managedInstances") expect(tags.filter((env) => env !== "none")).toHaveLength(2);
      else expect(new Set(tags)).toEqual(new Set(["production", "staging"]));
    },
  );

  it.for(settings)("%s: is one in a region, off and on", async (id, { expect }) => {
    const off = await collected(id, {});
    const on = await collected(id, { [id]: 1 });
    expect([...off.gaps, ...on.gaps]).toEqual([]);
    expect([off.found.length, on.found.length]).toEqual([1, 1]);
    expect(on.found[0]?.attributes).not.toEqual(off.found[0]?.attributes);
    expect(Object.values(on.found[0]?.attributes ?? {})).not.toContain(undefined);
  });

  it("counts as many as are found, in all regions", async ({ expect }) => {
    const one = world();
    const { total: before } = await one.arrange({});
    const things = Object.fromEntries([...paged.map(([id]) => [id, 7]), ...settings.map((id) => [id, 1])]);
    const { total } = await one.arrange({ things });
    let found = 0;
    for (const [id] of paged) {
      for (const at of collectors[id].scope === "global" ? [home] : threeRegions) {
        found += (await foundBy(one, id, at)).length;
      }
    }
    expect(found).toBe(total - before);
    expect(found).toBe(7 * (Object.keys(regional).length * 3 + Object.keys(inAll).length));
  });

  it("lives in the first region where us-east-1 is not enabled", async ({ expect }) => {
    const one = world();
    await one.arrange({ regions: [region], things: { "cloudtrail.trails": 2, "logs.metricFilters": 3 } });
    expect(await foundBy(one, "cloudtrail.trails", region)).toHaveLength(2);
    expect(await foundBy(one, "logs.metricFilters", region)).toHaveLength(3);
  });
});

describe("follow-ups", () => {
  it.for([
    ["secretsmanager.secrets", 22, { GetResourcePolicy: 20 }],
    ["efs.fileSystems", 11, { DescribeBackupPolicy: 10, DescribeFileSystemPolicy: 10 }],
    ["bedrock-agent.agents", 9, { GetAgent: 3 }],
    ["sagemaker.endpoints", 7, { DescribeEndpoint: 7, DescribeEndpointConfig: 4, GetMetricData: 1 }],
    ["sns.topics", 7, { GetTopicAttributes: 7 }],
    ["sqs.queues", 7, { GetQueueAttributes: 7 }],
    ["ssm.managedInstances", 7, { ListResourceComplianceSummaries: 1 }],
    ["bedrock.modelInvocationLogging", 0, { GetMetricData: 1 }],
    ["config.recorders", 1, { DescribeConfigurationRecorderStatus: 1 }],
    ["guardduty.detectors", 1, { GetDetector: 1, ListFindings: 2, GetFindings: 2 }],
    ["securityhub.hubs", 1, { GetEnabledStandards: 1 }],
  ] as const)("%s with %i: asks %o", async ([id, count, asked], { expect }) => {
    const { calls } = await collected(id, { [id]: count });
    expect(Object.fromEntries(calls)).toMatchObject(asked);
  });

  it.for([
    ["ssm.managedInstances", "ListResourceComplianceSummaries"],
    ["config.recorders", "DescribeConfigurationRecorderStatus"],
    ["guardduty.detectors", "GetDetector"],
    ["securityhub.hubs", "GetEnabledStandards"],
    ["cost-optimization-hub.recommendations", "ListRecommendations"],
  ] as const)("%s of an empty account: does not ask %s", async ([id, action], { expect }) => {
    const { calls } = await collected(id, {});
    expect(calls.has(action)).toBe(false);
  });

  it("shows trails in every region, and finds them at home", async ({ expect }) => {
    const things = { "cloudtrail.trails": 7 };
    expect((await collected("cloudtrail.trails", things)).found).toEqual([]);
    const { found, calls } = await collected("cloudtrail.trails", things, home);
    expect(found).toHaveLength(7);
    expect(Object.fromEntries(calls)).toMatchObject({ GetTrailStatus: 7, GetEventSelectors: 7 });
    const isLogging = found.map(({ attributes }) => (attributes as { isLogging: boolean }).isLogging);
    expect(isLogging).toEqual([true, true, true, true, false, true, true]);
  });

  it("says what is public", async ({ expect }) => {
    for (const id of ["secretsmanager.secrets", "sns.topics", "sqs.queues", "efs.fileSystems"] as const) {
      const { found } = await collected(id, { [id]: 14 });
      const open = found.filter(({ attributes }) => JSON.stringify(attributes).includes('"AWS":["*"]'));
      expect(open).toHaveLength(2);
    }
  });

  it("costs something every day", async ({ expect }) => {
    const { found } = await collected("ce.costs", { "ce.costs": 20 }, home);
    const days = found.map(({ observed }) => (observed as { days: { amount: number }[] }).days);
    expect(new Set(days.map((one) => one.length))).toEqual(new Set([30]));
    expect(days.flat().filter(({ amount }) => amount <= 0)).toEqual([]);
  });

  it("measures the busy, the idle and nothing unknown", async ({ expect }) => {
    const { found } = await collected("sagemaker.endpoints", { "sagemaker.endpoints": 2 });
    const invocations = found.map(({ observed }) => (observed as { invocations14Days: number }).invocations14Days);
    expect(invocations).toEqual([14 * 50_000_000, 0]);
    const one = world();
    const place = { fetcher: one.simulator, awsAccountId: "111122223333", region };
    const aws = createAws({ ...place, credentials: fixedCredentials(demoKeys) }).caller();
    const MetricStat = {
      Metric: {
        Namespace: "AWS/SageMaker",
        MetricName: "Invocations",
        Dimensions: [{ Name: "EndpointName", Value: "endpoint-2" }],
      },
      Period: 86_400,
      Stat: "Sum",
    };
    const input = { StartTime: 0, EndTime: 14 * 86_400, MetricDataQueries: [{ Id: "q0", MetricStat }] };
    expect(await aws.call({ service: "cloudwatch", action: "GetMetricData" }, input)).toMatchObject({
      MetricDataResults: [{ Id: "q0", Values: [], StatusCode: "Complete" }],
    });
  });
});

describe("what is not there", () => {
  it.for([
    ["secretsmanager", "GetResourcePolicy", { SecretId: "secret-1" }, "ResourceNotFoundException"],
    ["secretsmanager", "GetResourcePolicy", { SecretId: "none" }, "ResourceNotFoundException"],
    ["sns", "GetTopicAttributes", { TopicArn: "arn:aws:sns:eu-west-1:111122223333:topic-1" }, "NotFound"],
    ["sqs", "GetQueueAttributes", { QueueUrl: "https://sqs/queue-1" }, "QueueDoesNotExist"],
    ["logs", "DescribeMetricFilters", { logGroupName: "/app/group-1" }, "ResourceNotFoundException"],
    ["cloudtrail", "GetTrailStatus", { Name: "trail-1" }, "TrailNotFoundException"],
    ["sagemaker", "DescribeModel", { ModelName: "model-1" }, "ValidationException"],
    [
      "config",
      "DescribeConfigurationRecorderStatus",
      { ConfigurationRecorderNames: ["none"] },
      "NoSuchConfigurationRecorderException",
    ],
    ["cloudwatch", "GetMetricData", {}, "ValidationException"],
    ["ce", "GetCostAndUsage", {}, "ValidationException"],
  ] as const)("%s %s %o: %s", async ([service, action, input, code], { expect }) => {
    const place = { fetcher: world().simulator, awsAccountId: "111122223333", region };
    const aws = createAws({ ...place, credentials: fixedCredentials(demoKeys) }).caller();
    await expect(aws.call({ service, action }, { ...input })).rejects.toMatchObject({ code });
  });
});

describe("buckets", () => {
  it("have an ACL, a policy's status and lifecycle rules", async ({ expect }) => {
    const { found, gaps } = await collected("s3.buckets", {}, home);
    expect(gaps).toEqual([]);
    const facts = Object.fromEntries(
      found.map(({ name, attributes }) => {
        const { policyIsPublic, groupGrants, lifecycle } = attributes as Record<string, unknown>;
        return [name, { policyIsPublic, groupGrants, hasRules: lifecycle !== null }];
      }),
    );
    expect(facts).toMatchObject({
      "cloudglass-public": { policyIsPublic: true, groupGrants: [], hasRules: false },
      "cloudglass-hardened": { policyIsPublic: false, groupGrants: [], hasRules: true },
      "cloudglass-bare": { policyIsPublic: null, groupGrants: [], hasRules: false },
    });
  });
});
