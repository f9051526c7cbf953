import type { About, Check, Examples } from "#checks/check";
import { isOlderThan } from "#checks/days";
import { capacityMonthlyUsd } from "#prices/dynamodb";
import { cents, roughly } from "#prices/prices";
import { inRegion } from "#prices/regions";
import { exampleTable } from "./examples.ts";

interface Params {
  /** The table has to be older; AWS is asked about the last 14 days. */
  readonly lookbackDays: number;
  /** Less than this share of what is provisioned is used, of reads and of writes. */
  readonly usePct: number;
  /** Read and write units together have to be more. */
  readonly minUnits: number;
}

export const check: Check<"dynamodb.tables", Params> = {
  id: "dynamodb_overprovisioned",
  severity: "low",
  category: "cost",
  domain: "cost",
  effort: "low",
  // Figures are averages of a day, and an hour may have taken more.
  confidence: 0.6,
  drift: false,
  resources: ["dynamodb.tables"],
  decisive: ["readCapacityUnits", "writeCapacityUnits"],
  params: { lookbackDays: 14, usePct: 0.2, minUnits: 10 },
  judge({ name, nativeId, createdAt, attributes, observed }, { now, params, place }) {
    const { billingMode, readCapacityUnits: read, writeCapacityUnits: write, tableClass } = attributes;
    if (billingMode === undefined || read === undefined || write === undefined) {
      return { status: "unknown", reason: "dynamodb:DescribeTable could not be read" };
    }
    if (billingMode !== "PROVISIONED" || read === null || write === null) return null;
    if (read + write <= params.minUnits) return { status: "pass" };
    if (createdAt === null) return { status: "unknown", reason: "dynamodb:DescribeTable gave no date" };
    if (!isOlderThan(params.lookbackDays, createdAt, now)) return { status: "pass" };
    const { readUnitsPerSecondMax, writeUnitsPerSecondMax } = observed ?? {};
    if (readUnitsPerSecondMax === undefined || writeUnitsPerSecondMax === undefined) {
      return { status: "unknown", reason: "What the table consumes could not be read from CloudWatch" };
    }
    // CloudWatch has no data of a table that nobody reads or writes.
    const reads = readUnitsPerSecondMax ?? 0;
    const writes = writeUnitsPerSecondMax ?? 0;
    if (reads >= read * params.usePct || writes >= write * params.usePct) return { status: "pass" };
    const spare = { readUnits: read - keptFor(reads), writeUnits: write - keptFor(writes) };
    const monthly = tableClass === "STANDARD" ? inRegion(capacityMonthlyUsd(spare), place.region) : null;
    return {
      status: "fail",
      summary: `Table ${name ?? nativeId} is provisioned for ${read} reads and ${write} writes a second and takes less than ${params.usePct * 100} % of both.`,
      details: { readCapacityUnits: read, writeCapacityUnits: write, ...params },
      evidence: [
        { call: "dynamodb:DescribeTable", field: "ProvisionedThroughput.ReadCapacityUnits", value: read },
        { call: "dynamodb:DescribeTable", field: "ProvisionedThroughput.WriteCapacityUnits", value: write },
        { call: "cloudwatch:GetMetricData", field: "ConsumedReadCapacityUnits", value: `below ${params.usePct} of it` },
        {
          call: "cloudwatch:GetMetricData",
          field: "ConsumedWriteCapacityUnits",
          value: `below ${params.usePct} of it`,
        },
      ],
      savingsMonthly: monthly === null ? null : cents(monthly),
    };
  },
};

/** Twice what the busiest day took, and no less than a unit, which is the least there can be. */
const keptFor = (unitsPerSecond: number): number => Math.max(1, roughly(Math.ceil(2 * unitsPerSecond)));

export const about: About = {
  title: "The table is provisioned for far more than it takes",
  rationale: "Capacity is charged by the hour, and most of this table's is never asked for.",
  remediation:
    "Let auto scaling follow the load from a lower minimum, or move the table to on-demand, where only requests are paid.",
  controls: { aws_fsbp: ["DynamoDB.1"] },
};

export const examples = (): Examples<"dynamodb.tables", Params> => {
  const now = new Date("2026-03-01T00:00:00Z");
  const place = { region: "us-east-1" };
  const table = (
    units: readonly [number, number],
    used: readonly [number | null | undefined, number | null | undefined] = [null, null],
    createdAt: string | null = "2025-03-01T12:00:00.000Z",
  ) =>
    exampleTable(
      { billingMode: "PROVISIONED", readCapacityUnits: units[0], writeCapacityUnits: units[1] },
      {
        createdAt,
        observed: { itemCount: 12, sizeBytes: 4096, readUnitsPerSecondMax: used[0], writeUnitsPerSecondMax: used[1] },
      },
    );
  const one = (found: ReturnType<typeof table>) => ({ found, now, place });
  return {
    pass: [
      { name: "exactly the share is read", ...one(table([100, 100], [20, 0])) },
      { name: "exactly the share is written", ...one(table([100, 100], [0, 20])) },
      { name: "few units", ...one(table([5, 5])) },
      { name: "exactly as old as asked", ...one(table([100, 100], [0, 0], "2026-02-15T00:00:00.000Z")) },
    ],
    fail: [
      {
        name: "nothing is used",
        ...one(table([101, 101])),
        expect: { savingsMonthly: 56.94, details: { readCapacityUnits: 101, writeCapacityUnits: 101 } },
      },
      { name: "just below the share", ...one(table([100, 100], [19.9, 19.9])), expect: { savingsMonthly: 34.16 } },
      { name: "one unit more than few", ...one(table([5, 6], [0, 0])) },
      { name: "a second older", ...one(table([100, 100], [0, 0], "2026-02-14T23:59:59.000Z")) },
      {
        name: "dearer where it stands",
        ...one(table([101, 101])),
        place: { region: "eu-west-1" },
        expect: { savingsMonthly: 63.2 },
      },
      { name: "a share of one's own", ...one(table([100, 100], [40, 40])), params: { usePct: 0.5 } },
      {
        name: "a class without a price here",
        found: { ...table([100, 100]), attributes: { ...table([100, 100]).attributes, tableClass: "OTHER" } },
        now,
      },
    ],
    unknown: [
      { name: "the table is denied", ...one(exampleTable({ billingMode: undefined })) },
      { name: "CloudWatch is denied", ...one(table([100, 100], [undefined, undefined])) },
      { name: "no date", ...one(table([100, 100], [0, 0], null)) },
    ],
    notApplicable: [{ name: "paid per request", ...one(exampleTable()) }],
  };
};
