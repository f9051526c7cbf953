import { AwsError, json, trouble } from "../answers.ts";
import { text, type Call, type Operation } from "../calls.ts";
import { keyArnOf } from "./kms.ts";
import { arnIn, countOf, numberOf, secondsBefore, type ThingService } from "./thing.ts";

/** Source: DynamoDB API 2012-08-10. */
const kind = "dynamodb.tables";
const pageMax = 100;

const nameOf = (n: number): string => `table-${n}`;
const arnOf = (call: Call, n: number): string => arnIn(call, "dynamodb", `table/${nameOf(n)}`);

const named = (call: Call, missing: string): number =>
  numberOf(call, kind, "TableName", new AwsError(missing, 400, `Table not found: ${text(call, "TableName")}`));

/** The token is the name of the last table, not a secret one. */
const listTables: Operation = (call) => {
  const limit = Number(text(call, "Limit") ?? pageMax);
  if (!Number.isInteger(limit) || limit < 1 || limit > pageMax) {
    throw trouble("dynamodb", "badParameter", `Limit must be between 1 and ${pageMax}.`);
  }
  const start = text(call, "ExclusiveStartTableName");
  const unknown = trouble("dynamodb", "badParameter", "ExclusiveStartTableName is not valid.");
  const from = start === undefined ? 0 : numberOf(call, kind, "ExclusiveStartTableName", unknown) + 1;
  const to = Math.min(countOf(call, kind), from + limit);
  const TableNames = Array.from({ length: to - from }, (_, at) => nameOf(from + at));
  const last = call.repeatToken ? (start ?? TableNames.at(-1)) : to < countOf(call, kind) ? nameOf(to - 1) : undefined;
  return json({ TableNames, LastEvaluatedTableName: last });
};

/** Every second is provisioned, every fifth has a key of the account's own, every seventh may be deleted. */
const describeTable: Operation = (call) => {
  const n = named(call, "ResourceNotFoundException");
  const isProvisioned = n % 2 === 1;
  const units = (each: number) => ({
    NumberOfDecreasesToday: 0,
    ReadCapacityUnits: isProvisioned ? each : 0,
    WriteCapacityUnits: isProvisioned ? each : 0,
  });
  const KeySchema = [{ AttributeName: "id", KeyType: "HASH" }];
  return json({
    Table: {
      TableName: nameOf(n),
      TableArn: arnOf(call, n),
      TableId: `1234abcd-12ab-34cd-56ef-${String(n).padStart(12, "0")}`,
      TableStatus: "ACTIVE",
      CreationDateTime: secondsBefore(call, 320),
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema,
      ...(!isProvisioned && { BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" } }),
      ProvisionedThroughput: units(n % 4 === 1 ? 5 : 50),
      ...(n % 3 === 0 && {
        GlobalSecondaryIndexes: [
          {
            IndexName: "by-name",
            KeySchema,
            Projection: { ProjectionType: "ALL" },
            IndexStatus: "ACTIVE",
            ProvisionedThroughput: units(5),
          },
        ],
      }),
      DeletionProtectionEnabled: n % 7 !== 6,
      ...(n % 5 === 4 && { SSEDescription: { Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn: keyArnOf(call, 0) } }),
      ItemCount: n * 1000,
      TableSizeBytes: n * 1_000_000,
    },
  });
};

/** Every fifth cannot be brought back to a point in time. */
const describeContinuousBackups: Operation = (call) => {
  const n = named(call, "TableNotFoundException");
  const PointInTimeRecoveryDescription =
    n % 5 === 0
      ? { PointInTimeRecoveryStatus: "DISABLED" }
      : {
          PointInTimeRecoveryStatus: "ENABLED",
          RecoveryPeriodInDays: 35,
          EarliestRestorableDateTime: secondsBefore(call, 35),
          LatestRestorableDateTime: secondsBefore(call, 0),
        };
  return json({
    ContinuousBackupsDescription: { ContinuousBackupsStatus: "ENABLED", PointInTimeRecoveryDescription },
  });
};

export const dynamodb: ThingService = {
  operations: {
    ListTables: listTables,
    DescribeTable: describeTable,
    DescribeContinuousBackups: describeContinuousBackups,
  },
  kinds: { [kind]: { isTagged: true, arnOf } },
};
