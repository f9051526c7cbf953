import type { FoundBy } from "#collectors/registry";

/** A protected table paid per request, and what is to be different about it. */
export function exampleTable(
  attributes: Partial<FoundBy<"dynamodb.tables">["attributes"]> = {},
  rest: Partial<Omit<FoundBy<"dynamodb.tables">, "attributes">> = {},
): FoundBy<"dynamodb.tables"> {
  const arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";
  return {
    nativeId: arn,
    arn,
    name: "orders",
    state: "ACTIVE",
    tags: {},
    createdAt: "2025-03-01T12:00:00.000Z",
    observed: { itemCount: 12, sizeBytes: 4096 },
    ...rest,
    attributes: {
      billingMode: "PAY_PER_REQUEST",
      readCapacityUnits: 0,
      writeCapacityUnits: 0,
      tableClass: "STANDARD",
      indexNames: [],
      replicaRegions: [],
      streamEnabled: false,
      deletionProtectionEnabled: true,
      kmsKeyArn: null,
      pointInTimeRecoveryStatus: "ENABLED",
      recoveryPeriodInDays: 35,
      ...attributes,
    },
  };
}
