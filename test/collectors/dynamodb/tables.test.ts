import { describe, it } from "vitest";
import { collector } from "#collectors/dynamodb/tables";
import { allOf, collect, fakeAws, type Answers } from "../../support/fake-aws.ts";

const arn = (name: string): string => `arn:aws:dynamodb:eu-west-1:111122223333:table/${name}`;
const listJson = (names: readonly string[], next?: string): string =>
  JSON.stringify({ TableNames: names, ...(next && { LastEvaluatedTableName: next }) });
const gone = (code: string) => ({
  status: 400,
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message: "No" }),
});
const tagsJson = (...mappings: readonly (readonly [name: string, tags: Readonly<Record<string, string>>])[]): string =>
  JSON.stringify({
    PaginationToken: "",
    ResourceTagMappingList: mappings.map(([name, tags]) => ({
      ResourceARN: arn(name),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    })),
  });

const ordersJson = JSON.stringify({
  Table: {
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    TableName: "orders",
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    TableStatus: "ACTIVE",
    CreationDateTime: 1714638600.123,
    ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 100, WriteCapacityUnits: 50 },
    TableSizeBytes: 4096,
    ItemCount: 12,
    TableArn: arn("orders"),
    BillingModeSummary: { BillingMode: "PROVISIONED" },
    GlobalSecondaryIndexes: [
      {
        IndexName: "by-day",
        IndexStatus: "ACTIVE",
        ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 10, WriteCapacityUnits: 10 },
      },
      { IndexName: "by-customer", ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 10 } },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
    Replicas: [{ RegionName: "us-east-1" }, { RegionName: "eu-central-1" }],
    SSEDescription: {
      Status: "ENABLED",
      SSEType: "KMS",
      KMSMasterKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1",
    },
    DeletionProtectionEnabled: true,
  },
});
/** Paid per request, with AWS's own key: what AWS then says of a table. */
const plainJson = JSON.stringify({
  Table: {
    TableName: "plain",
    TableStatus: "ACTIVE",
    CreationDateTime: 1714638600,
    ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
    TableSizeBytes: 0,
    ItemCount: 0,
    BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
    DeletionProtectionEnabled: false,
  },
});
const backupsJson = (status: string): string =>
  JSON.stringify({
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: "ENABLED",
      PointInTimeRecoveryDescription: {
        PointInTimeRecoveryStatus: status,
        ...(status === "ENABLED" && {
          RecoveryPeriodInDays: 35,
          EarliestRestorableDateTime: 1762000000,
          LatestRestorableDateTime: 1763700000,
        }),
      },
    },
  });
const figuresJson = (read: readonly number[], write: readonly number[]): string =>
  JSON.stringify({
    MetricDataResults: [
      { Id: "q0", StatusCode: "Complete", Values: read },
      { Id: "q1", StatusCode: "Complete", Values: write },
    ],
  });

const region = (names: readonly string[], more: Answers = {}): Answers => ({
  ListTables: listJson(names),
  GetResources: tagsJson(["orders", { team: "shop" }]),
  DescribeTable: ({ TableName }) => (TableName === "orders" ? ordersJson : plainJson),
  DescribeContinuousBackups: ({ TableName }) => backupsJson(TableName === "orders" ? "ENABLED" : "DISABLED"),
  GetMetricData: figuresJson([86_400, 864_000, 43_200], [8640]),
  ...more,
});

describe("dynamodb.tables", () => {
  it("reads a table", async ({ expect }) => {
    const aws = fakeAws(region(["orders"]));
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: arn("orders"),
          arn: arn("orders"),
          name: "orders",
          state: "ACTIVE",
          tags: { team: "shop" },
          tagsUnread: false,
          createdAt: "2024-05-02T08:30:00.123Z",
          costMonthly: expect.closeTo((120 * 0.00013 + 70 * 0.00065) * 730 * 1.11, 6),
          relations: [
            {
              kind: "encryptedBy",
              resourceType: "AWS::KMS::Key",
              target: "arn:aws:kms:eu-west-1:111122223333:key/1",
            },
          ],
          attributes: {
            billingMode: "PROVISIONED",
            readCapacityUnits: 100,
            writeCapacityUnits: 50,
            tableClass: "STANDARD",
            indexNames: ["by-customer", "by-day"],
            replicaRegions: ["eu-central-1", "us-east-1"],
            streamEnabled: true,
            deletionProtectionEnabled: true,
            kmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1",
            pointInTimeRecoveryStatus: "ENABLED",
            recoveryPeriodInDays: 35,
          },
          observed: { itemCount: 12, sizeBytes: 4096, readUnitsPerSecondMax: 10, writeUnitsPerSecondMax: 0.1 },
        },
      ],
    ]);
    expect(aws.asked.slice(0, 4)).toEqual([
      'ListTables {"Limit":100}',
      'DescribeTable {"TableName":"orders"}',
      'DescribeContinuousBackups {"TableName":"orders"}',
      `GetResources {"ResourceARNList":["${arn("orders")}"]}`,
    ]);
    expect(aws.calls.slice(4).map(({ action }) => action)).toEqual(["GetMetricData"]);
  });

  it("says of a plain table what it has not, and asks for no figures", async ({ expect }) => {
    const aws = fakeAws(region(["plain"]));
    const [found] = await allOf(collector, aws);
    expect(found).toMatchObject({ tags: {}, tagsUnread: false, costMonthly: null, relations: [] });
    expect(found?.attributes).toEqual({
      billingMode: "PAY_PER_REQUEST",
      readCapacityUnits: 0,
      writeCapacityUnits: 0,
      tableClass: "STANDARD",
      indexNames: [],
      replicaRegions: [],
      streamEnabled: false,
      deletionProtectionEnabled: false,
      kmsKeyArn: null,
      pointInTimeRecoveryStatus: "DISABLED",
      recoveryPeriodInDays: null,
    });
    expect(found?.observed).toEqual({ itemCount: 0, sizeBytes: 0 });
    expect(aws.calls.map(({ action }) => action)).toEqual([
      "ListTables",
      "DescribeTable",
      "DescribeContinuousBackups",
      "GetResources",
    ]);
  });

  it("takes a table without a billing mode for a provisioned one, as it was made before there were modes", async ({
    expect,
  }) => {
    const small = { TableStatus: "ACTIVE", ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 } };
    const aws = fakeAws(region(["old"], { DescribeTable: JSON.stringify({ Table: small }) }));
    const [found] = await allOf(collector, aws);
    expect(found?.attributes.billingMode).toBe("PROVISIONED");
    expect(aws.calls.map(({ action }) => action)).not.toContain("GetMetricData");
  });

  it("gives no price for a table of infrequent access", async ({ expect }) => {
    const DescribeTable = ordersJson.replace(
      '"DeletionProtectionEnabled"',
      '"TableClassSummary":{"TableClass":"STANDARD_INFREQUENT_ACCESS"},"DeletionProtectionEnabled"',
    );
    const [found] = await allOf(collector, fakeAws(region(["orders"], { DescribeTable })));
    expect([found?.attributes.tableClass, found?.costMonthly]).toEqual(["STANDARD_INFREQUENT_ACCESS", null]);
  });

  it("knows nothing where a call is denied, and keeps the gaps", async ({ expect }) => {
    const aws = fakeAws({ ListTables: listJson(["orders"]) });
    const [found] = await allOf(collector, aws);
    expect(found).toMatchObject({
      nativeId: arn("orders"),
      state: null,
      tags: {},
      tagsUnread: true,
      costMonthly: null,
    });
    expect(new Set(Object.values(found?.attributes ?? {}))).toEqual(new Set([undefined]));
    expect(aws.gaps).toEqual(["DescribeTable", "DescribeContinuousBackups", "GetResources"]);
    const { DescribeContinuousBackups: _, ...half } = region(["orders"]);
    const [known] = await allOf(collector, fakeAws(half));
    expect(known?.attributes).toMatchObject({ billingMode: "PROVISIONED", pointInTimeRecoveryStatus: undefined });
    const { GetMetricData: __, ...unmeasured } = region(["orders"]);
    const [blind] = await allOf(collector, fakeAws(unmeasured));
    expect(blind?.observed).toEqual({
      itemCount: 12,
      sizeBytes: 4096,
      readUnitsPerSecondMax: undefined,
      writeUnitsPerSecondMax: undefined,
    });
  });

  it("leaves out a table that is gone since it was listed", async ({ expect }) => {
    const table = await allOf(
      collector,
      fakeAws(region(["orders"], { DescribeTable: gone("ResourceNotFoundException") })),
    );
    const backups = await allOf(
      collector,
      fakeAws(region(["orders"], { DescribeContinuousBackups: gone("TableNotFoundException") })),
    );
    expect([table, backups]).toEqual([[], []]);
  });

  it("goes through all pages", async ({ expect }) => {
    const ListTables = ({ ExclusiveStartTableName: after }: Readonly<Record<string, unknown>>) =>
      after === undefined ? listJson(["a", "b"], "b") : listJson(["c"]);
    const aws = fakeAws(region([], { ListTables }));
    expect((await collect(collector, aws)).map((page) => page.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
    expect(aws.asked).toContain('ListTables {"Limit":100,"ExclusiveStartTableName":"b"}');
  });

  it("makes one call for a region without tables", async ({ expect }) => {
    const aws = fakeAws(region([]));
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual(['ListTables {"Limit":100}']);
  });

  it("fails as a whole when the list is denied, or is no list", async ({ expect }) => {
    await expect(collect(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(collect(collector, fakeAws({ ListTables: "{}" }))).rejects.toThrow();
  });
});
