import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found, Place } from "#collectors/collector";
import { flag, instant, list, number, part, text } from "#collectors/json";
import { metricActions, type MetricQuery } from "#collectors/metrics";
import { oneByOne } from "#collectors/read";
import { arnIn, encryptedBy } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";
import { capacityMonthlyUsd } from "#prices/dynamodb";
import { inRegion } from "#prices/regions";

/** What DescribeTable tells is `undefined` where it was denied. */
export interface Table {
  /** `PROVISIONED` or `PAY_PER_REQUEST`. */
  readonly billingMode: string | undefined;
  /** Units a second provisioned for the table without its indexes; 0 when it is paid per request. */
  readonly readCapacityUnits: number | null | undefined;
  readonly writeCapacityUnits: number | null | undefined;
  /** `STANDARD` or `STANDARD_INFREQUENT_ACCESS`. */
  readonly tableClass: string | undefined;
  /** Global secondary indexes. */
  readonly indexNames: readonly string[] | undefined;
  /** The other regions of a global table. */
  readonly replicaRegions: readonly string[] | undefined;
  readonly streamEnabled: boolean | undefined;
  readonly deletionProtectionEnabled: boolean | null | undefined;
  /** null: a key of DynamoDB's own, which nobody sees. */
  readonly kmsKeyArn: string | null | undefined;
  /** `ENABLED` or `DISABLED`. */
  readonly pointInTimeRecoveryStatus: string | null | undefined;
  readonly recoveryPeriodInDays: number | null | undefined;
}

export interface TableObserved {
  /** AWS brings both up to date about every six hours. */
  readonly itemCount: number | null | undefined;
  readonly sizeBytes: number | null | undefined;
  /**
   * Units a second consumed on the busiest of the last 14 days, on average over that day; null: CloudWatch has no data. Left
   * out for tables too small to save on.
   */
  readonly readUnitsPerSecondMax?: number | null | undefined;
  readonly writeUnitsPerSecondMax?: number | null | undefined;
}

const listTables: Operation = {
  service: "dynamodb",
  action: "ListTables",
  paging: { token: "ExclusiveStartTableName", next: "LastEvaluatedTableName", limit: ["Limit", 100] },
};
const describeTable: Operation = { service: "dynamodb", action: "DescribeTable" };
const describeContinuousBackups: Operation = { service: "dynamodb", action: "DescribeContinuousBackups" };

const Page = z.object({ TableNames: z.array(z.string()) });

const Throughput = part({ ReadCapacityUnits: number, WriteCapacityUnits: number });

const DescribedTable = z
  .object({
    Table: z.object({
      TableStatus: text,
      CreationDateTime: instant,
      BillingModeSummary: part({ BillingMode: text }),
      ProvisionedThroughput: Throughput,
      GlobalSecondaryIndexes: list(z.object({ IndexName: z.string(), ProvisionedThroughput: Throughput })),
      TableClassSummary: part({ TableClass: text }),
      Replicas: list(z.object({ RegionName: z.string() })),
      StreamSpecification: part({ StreamEnabled: flag }),
      DeletionProtectionEnabled: flag,
      SSEDescription: part({ KMSMasterKeyArn: text }),
      ItemCount: number,
      TableSizeBytes: number,
    }),
  })
  .transform(({ Table: table }) => ({
    ...table,
    billingMode: table.BillingModeSummary.BillingMode ?? "PROVISIONED",
    tableClass: table.TableClassSummary.TableClass ?? "STANDARD",
  }));
type DescribedTable = z.infer<typeof DescribedTable>;

const Backups = z.object({
  ContinuousBackupsDescription: z.object({
    PointInTimeRecoveryDescription: part({ PointInTimeRecoveryStatus: text, RecoveryPeriodInDays: number }),
  }),
});

/**
 * Source: DynamoDB API 2012-08-10, ListTables (100 per page) and, per table, DescribeTable and DescribeContinuousBackups;
 * the consumption of those with provisioned capacity worth saving on.
 */
export const collector: Collector<Table, TableObserved, string> = {
  id: "dynamodb.tables",
  service: "dynamodb",
  resourceType: "AWS::DynamoDB::Table",
  scope: "regional",
  actions: [
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeTable",
    "dynamodb:ListTables",
    ...metricActions,
    ...tagActions,
  ],
  async *list(context) {
    for await (const page of context.aws.walk(listTables)) {
      yield Page.parse(page).TableNames;
    }
  },
  describe: oneByOne(found),
  measures: {
    queries: ({ name, attributes: { billingMode, readCapacityUnits, writeCapacityUnits } }) =>
      name !== null && billingMode === "PROVISIONED" && (readCapacityUnits ?? 0) + (writeCapacityUnits ?? 0) > unitsMin
        ? [consumed("ConsumedReadCapacityUnits", name), consumed("ConsumedWriteCapacityUnits", name)]
        : [],
    with: (table, [read, write]) => ({
      ...table,
      observed: {
        itemCount: table.observed?.itemCount,
        sizeBytes: table.observed?.sizeBytes,
        readUnitsPerSecondMax: perSecond(read),
        writeUnitsPerSecondMax: perSecond(write),
      },
    }),
  },
};

const attributesOf = (table: DescribedTable | undefined, backupsAnswer: unknown): Table => {
  const backups = Backups.safeParse(backupsAnswer).data?.ContinuousBackupsDescription.PointInTimeRecoveryDescription;
  return {
    billingMode: table?.billingMode,
    readCapacityUnits: table?.ProvisionedThroughput.ReadCapacityUnits,
    writeCapacityUnits: table?.ProvisionedThroughput.WriteCapacityUnits,
    tableClass: table?.tableClass,
    indexNames: table?.GlobalSecondaryIndexes.map((index) => index.IndexName).toSorted(),
    replicaRegions: table?.Replicas.map((replica) => replica.RegionName).toSorted(),
    streamEnabled: table && (table.StreamSpecification.StreamEnabled ?? false),
    deletionProtectionEnabled: table?.DeletionProtectionEnabled,
    kmsKeyArn: table?.SSEDescription.KMSMasterKeyArn,
    pointInTimeRecoveryStatus: backups?.PointInTimeRecoveryStatus,
    recoveryPeriodInDays: backups?.RecoveryPeriodInDays,
  };
};

/** The capacity of the table and its indexes; what is stored and requested comes on top. null: nothing else is known. */
function costOf(table: DescribedTable, region: string): number | null {
  if (table.billingMode !== "PROVISIONED" || table.tableClass !== "STANDARD") return null;
  const throughputs = [table, ...table.GlobalSecondaryIndexes].map((one) => one.ProvisionedThroughput);
  const sum = (figures: readonly (number | null)[]) => figures.reduce<number>((all, one) => all + (one ?? 0), 0);
  const readUnits = sum(throughputs.map((one) => one.ReadCapacityUnits));
  const writeUnits = sum(throughputs.map((one) => one.WriteCapacityUnits));
  return inRegion(capacityMonthlyUsd({ readUnits, writeUnits }), region);
}

const arnOf = (name: string, place: Place): string => arnIn(place, "dynamodb", `table/${name}`);

/** null: it is gone since it was listed. */
async function found({ aws, place }: CollectContext, name: string): Promise<Found<Table, TableObserved> | null> {
  const [answer, backups] = await Promise.all([
    aws.attempt(describeTable, { TableName: name }, ["ResourceNotFoundException"]),
    aws.attempt(describeContinuousBackups, { TableName: name }, [
      "TableNotFoundException",
      "ResourceNotFoundException",
    ]),
  ]);
  if (answer === null || backups === null) return null;
  const table = DescribedTable.safeParse(answer).data;
  const attributes = attributesOf(table, backups);
  const arn = arnOf(name, place);
  return {
    nativeId: arn,
    arn,
    name,
    state: table?.TableStatus ?? null,
    ...taggedAs(arn),
    createdAt: table?.CreationDateTime ?? null,
    costMonthly: table ? costOf(table, place.region) : null,
    relations: encryptedBy(attributes.kmsKeyArn, place),
    attributes,
    observed: { itemCount: table?.ItemCount, sizeBytes: table?.TableSizeBytes },
  };
}

/** Below this many units in all there is little to save. */
const unitsMin = 10;
const secondsPerDay = 86_400;

const consumed = (metric: string, name: string): MetricQuery => ({
  namespace: "AWS/DynamoDB",
  metric,
  dimensions: { TableName: name },
  stat: "Sum",
  days: 14,
  over: "max",
});

const perSecond = (dayUnits: number | null | undefined): number | null | undefined =>
  typeof dayUnits === "number" ? dayUnits / secondsPerDay : dayUnits;
