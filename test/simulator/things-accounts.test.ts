import { describe, it } from "vitest";
import { createAws } from "#aws/client";
import { fixedCredentials } from "#aws/credentials";
import type { AwsFault } from "#aws/fault";
import { collectors, type CollectorId } from "#collectors/registry";
import type { Collector, Found } from "#collectors/collector";
import { DEMO_ACCOUNT_ID, EPOCH } from "../../simulator/demo.ts";
import { pagesBy } from "../support/fake-aws.ts";
import { demoKeys, world, type World } from "./world.ts";

interface Read {
  readonly found: readonly Found<Record<string, unknown>, object>[];
  readonly gaps: readonly string[];
}

/** What one collector finds. Figures of CloudWatch are no things of these services. */
async function read({ simulator }: World, id: CollectorId, region = "eu-west-1"): Promise<Read> {
  const { measures: _, ...collector } = collectors[id] as unknown as Collector;
  const gaps: string[] = [];
  const place = {
    partition: "aws",
    awsAccountId: DEMO_ACCOUNT_ID,
    region: collector.scope === "global" ? "us-east-1" : region,
  };
  const aws = createAws({ fetcher: simulator, credentials: fixedCredentials(demoKeys), ...place });
  const caller = aws.caller({ onGap: (gap) => gaps.push((gap as AwsFault).code) });
  const found = (await pagesBy(collector, { aws: caller, place, now: new Date() })).flat();
  return { found: found as Read["found"], gaps };
}

async function having(things: Readonly<Record<string, number>>): Promise<World> {
  const one = world();
  await one.arrange({ things, now: EPOCH });
  return one;
}

/** How often the account was asked for each operation. */
async function asked(one: World): Promise<ReadonlyMap<string, number>> {
  const response = await one.control("GET", `/accounts/${DEMO_ACCOUNT_ID}/calls`);
  const calls = await response.json<{ action: string; count: number }[]>();
  return new Map(calls.map(({ action, count }) => [action, count]));
}

const countBy = (found: Read["found"], attribute: string, value: unknown): number =>
  found.filter(({ attributes }) => attributes[attribute] === value).length;

/** Each collector with the largest page of its list; 0: everything comes at once. */
const lists = [
  ["ec2.vpcs", 1000],
  ["ec2.subnets", 1000],
  ["ec2.routeTables", 100],
  ["ec2.networkAcls", 1000],
  ["ec2.flowLogs", 1000],
  ["ec2.natGateways", 1000],
  ["iam.groups", 1000],
  ["iam.roles", 1000],
  ["iam.policies", 1000],
  ["iam.serviceSpecificCredentials", 1000],
  ["organizations.accounts", 20],
  ["rds.dbClusters", 100],
  ["rds.dbClusterSnapshots", 100],
  ["elasticache.replicationGroups", 100],
  ["redshift.clusters", 100],
  ["opensearch.domains", 0],
  ["dynamodb.tables", 100],
] as const satisfies readonly (readonly [CollectorId, number])[];

describe("things", () => {
  it.for(lists)("%s: finds as many as there are, each once", async ([id, page], { expect }) => {
    for (const count of [0, 1, 7, page + 3]) {
      const one = await having({ [id]: count, "organizations.organizations": 1 });
      const { found, gaps } = await read(one, id);
      expect(gaps).toEqual([]);
      expect(new Set(found.map(({ nativeId }) => nativeId)).size).toBe(count);
      expect(found).toHaveLength(count);
      expect(found.filter(({ tagsUnread }) => tagsUnread)).toEqual([]);
      expect(found.flatMap(({ attributes }) => Object.values(attributes)).includes(undefined)).toBe(false);
    }
  });

  it("counts things in the account's total", async ({ expect }) => {
    const one = world();
    const { total } = await one.arrange({});
    const { total: more } = await one.arrange({ things: { "redshift.clusters": 2, "iam.roles": 5 } });
    expect(more - total).toBe(2 * 3 + 5);
  });

  it.for([
    ["elasticache.replicationGroups", "elasticache"],
    ["opensearch.domains", "opensearch"],
    ["dynamodb.tables", "dynamodb"],
    ["iam.policies", "iam"],
    ["organizations.accounts", "organizations"],
  ] as const)("%s: has the tags of the tagging API", async ([id], { expect }) => {
    const { found } = await read(await having({ [id]: 2, "organizations.organizations": 1 }), id);
    expect(found.map(({ tags }) => tags)).toEqual([{ env: "production" }, { env: "staging" }]);
  });
});

describe("settings", () => {
  it.for([
    ["ec2.ebsEncryptionDefaults", { encryptedByDefault: true }, { encryptedByDefault: false }],
    ["ec2.imagePublicAccessBlocks", { blockState: "block-new-sharing" }, { blockState: "unblocked" }],
    ["ec2.snapshotPublicAccessBlocks", { blockState: "block-all-sharing" }, { blockState: "unblocked" }],
    ["accessanalyzer.analyzers", { analyzers: [{ type: "ACCOUNT" }] }, { analyzers: [] }],
  ] as const)("%s: one in each region", async ([id, home, elsewhere], { expect }) => {
    const one = world();
    expect(await read(one, id)).toMatchObject({ found: [{ attributes: home }], gaps: [] });
    expect(await read(one, id, "us-east-1")).toMatchObject({ found: [{ attributes: elsewhere }], gaps: [] });
  });

  it("an account is in no organization and has no contacts until it is told to", async ({ expect }) => {
    const one = world();
    expect(await read(one, "organizations.organizations")).toEqual({ found: [], gaps: [] });
    expect(await read(one, "organizations.accounts")).toEqual({ found: [], gaps: [] });
    expect(await read(one, "iam.accounts")).toMatchObject({
      found: [{ attributes: { securityContactEmail: null } }],
      gaps: [],
    });
    const { found } = await read(await having({ "organizations.organizations": 1 }), "organizations.organizations");
    expect(found).toMatchObject([{ attributes: { isManagement: true } }]);
  });
});

describe("follow-ups", () => {
  it("subnets and VPCs are read with their route tables and flow logs", async ({ expect }) => {
    const one = await having({ "ec2.vpcs": 3, "ec2.subnets": 4, "ec2.routeTables": 5, "ec2.flowLogs": 2 });
    const vpcs = await read(one, "ec2.vpcs");
    expect(vpcs.found.map(({ attributes }) => (attributes["flowLogIds"] as string[]).length)).toEqual([1, 1, 0]);
    const { found } = await read(one, "ec2.subnets");
    const tables = found.map(({ attributes }) => String(attributes["routeTableId"]).slice(-1));
    expect(tables).toEqual(["3", "4", "2", "0"]);
  });

  it("instances are read with the facts of their types", async ({ expect }) => {
    const { found, gaps } = await read(world(), "ec2.instances");
    expect(gaps).toEqual([]);
    const typeFacts = { currentGeneration: true, vCpus: 2, memoryMib: 4096, burstable: true };
    expect(found[0]?.attributes).toMatchObject({ instanceType: "t3.medium", typeFacts });
  });

  it("only what is not encrypted is asked who may restore it", async ({ expect }) => {
    const one = await having({ "rds.dbClusterSnapshots": 11 });
    const { found } = await read(one, "rds.dbClusterSnapshots");
    expect((await asked(one)).get("DescribeDBClusterSnapshotAttributes")).toBe(3);
    expect(countBy(found, "isPublic", true)).toBe(2);
  });

  it("clusters are read with the support of their engines", async ({ expect }) => {
    const { found } = await read(await having({ "rds.dbClusters": 7 }), "rds.dbClusters");
    const versions = found.map(({ attributes }) => attributes["engineSupport"] as { majorVersion: string } | null);
    expect(versions.map((support) => support?.majorVersion)).toEqual(["16", "8.0", "16", "8.0", "12", "8.0", "16"]);
  });

  it("each warehouse and table is described, domains five at a time", async ({ expect }) => {
    const one = await having({ "redshift.clusters": 7, "dynamodb.tables": 7, "opensearch.domains": 7 });
    const clusters = await read(one, "redshift.clusters");
    const tables = await read(one, "dynamodb.tables");
    const domains = await read(one, "opensearch.domains");
    expect(Object.fromEntries(await asked(one))).toMatchObject({
      DescribeLoggingStatus: 7,
      DescribeTable: 7,
      DescribeContinuousBackups: 7,
      DescribeDomains: 2,
    });
    expect(countBy(clusters.found, "loggingEnabled", false)).toBe(1);
    expect(countBy(tables.found, "pointInTimeRecoveryStatus", "DISABLED")).toBe(2);
    expect(countBy(domains.found, "vpcId", null)).toBe(1);
  });
});

describe("IAM", () => {
  const all = { "iam.groups": 2, "iam.roles": 3, "iam.policies": 4 };

  it("goes through users, groups, roles and policies page by page", async ({ expect }) => {
    const one = await having(all);
    const url = "https://iam.amazonaws.com/";
    const lengths: number[] = [];
    for (let marker = ""; ;) {
      const form = { Action: "GetAccountAuthorizationDetails", MaxItems: "4", ...(marker && { Marker: marker }) };
      const { body } = await one.ask({ service: "iam", region: "us-east-1", url, form });
      lengths.push(body.match(/<Path>/g)?.length ?? 0);
      marker = /<Marker>([^<]*)/.exec(body)?.[1] ?? "";
      if (marker === "") break;
    }
    expect(lengths).toEqual([4, 4, 4, 2]);
  });

  it("users are those of the credential report, in groups and with policies", async ({ expect }) => {
    const { found, gaps } = await read(await having(all), "iam.users");
    expect(gaps).toEqual([]);
    expect(found).toHaveLength(5);
    expect(found.filter(({ attributes }) => attributes["passwordEnabled"] === undefined)).toEqual([]);
    expect(found.map(({ relations = [] }) => relations.map(({ kind }) => kind))).toEqual([
      ["memberOf", "has"],
      ["memberOf"],
      ["memberOf"],
      ["memberOf"],
      ["memberOf"],
    ]);
  });

  it("counts what policies are attached to", async ({ expect }) => {
    const { found } = await read(await having(all), "iam.policies");
    expect(found.map(({ observed }) => observed)).toMatchObject(
      [3, 2, 1, 0].map((attachmentCount) => ({ attachmentCount })),
    );
  });

  it("reads each list for itself in a large account", async ({ expect }) => {
    const one = await having({ "iam.roles": 4100, "iam.groups": 3 });
    expect((await read(one, "iam.roles")).found).toHaveLength(4100);
    expect((await read(one, "iam.users")).found[0]?.relations).toMatchObject([{ kind: "memberOf" }]);
  });
});

describe("what is absent", () => {
  const query = { Version: "1" };

  it.for([
    ["redshift", { ...query, Action: "DescribeLoggingStatus", ClusterIdentifier: "warehouse-9" }, "ClusterNotFound"],
    [
      "rds",
      { ...query, Action: "DescribeDBClusterSnapshotAttributes", DBClusterSnapshotIdentifier: "snapshot-9" },
      "DBClusterSnapshotNotFoundFault",
    ],
    ["ec2", { Action: "DescribeInstanceTypes", "InstanceType.1": "huge" }, "InvalidInstanceType"],
  ] as const)("%s: answers its own error", async ([service, form, code], { expect }) => {
    const { status, body } = await world().ask({ service, form });
    expect(status).toBe(code.startsWith("Invalid") ? 400 : 404);
    expect(body).toContain(`<Code>${code}</Code>`);
  });

  it.for([
    ["dynamodb", "DescribeTable", { TableName: "table-9" }, "ResourceNotFoundException"],
    ["dynamodb", "DescribeContinuousBackups", { TableName: "table-9" }, "TableNotFoundException"],
    ["organizations", "ListAccounts", {}, "AWSOrganizationsNotInUseException"],
    ["iam", "ListServiceSpecificCredentials", { UserName: "nobody" }, "NoSuchEntity"],
  ] as const)("%s %s: answers its own error", async ([service, action, input, code], { expect }) => {
    const { simulator } = world();
    const place = { fetcher: simulator, awsAccountId: DEMO_ACCOUNT_ID, region: "us-east-1" };
    const aws = createAws({ ...place, credentials: fixedCredentials(demoKeys) }).caller();
    await expect(aws.call({ service, action }, input)).rejects.toMatchObject({ code });
  });
});
