import type { About, Check, Examples } from "#checks/check";
import { isOlderThan } from "#checks/days";
import { oncePerList } from "#checks/once";
import type { FoundBy } from "#collectors/registry";
import { cents } from "#prices/prices";
import { dbInstanceMonthlyUsd, dbSnapshotMonthlyUsd } from "#prices/rds";
import { inRegion } from "#prices/regions";
import { exampleInstance } from "./examples.ts";
import { isRdsEngine } from "./shared.ts";

interface Params {
  /** The database has to be older; AWS is asked about the last 7 days. */
  readonly lookbackDays: number;
}

export const check: Check<"rds.dbInstances", Params, "rds.dbInstances"> = {
  id: "rds_idle",
  severity: "medium",
  category: "cost",
  domain: "cost",
  effort: "low",
  confidence: 0.85,
  drift: false,
  resources: ["rds.dbInstances"],
  reads: ["rds.dbInstances"],
  condense: {
    "rds.dbInstances": ({ state, attributes, observed }) => {
      const { identifier, engine, clusterId, multiAz, replicaSource, storageType, allocatedStorageGib } = attributes;
      if (state !== "available" || replicaSource !== null || !isRdsEngine(engine)) return null;
      const kept = { identifier, engine, clusterId, multiAz, replicaSource, storageType, allocatedStorageGib };
      return { ...kept, class: attributes.class, connectionsMax: observed?.connectionsMax };
    },
  },
  decisive: ["class"],
  params: { lookbackDays: 7 },
  judge({ state, createdAt, attributes, observed }, context) {
    const { identifier, engine, class: instanceClass, clusterId, replicaSource, allocatedStorageGib } = attributes;
    if (state !== "available" || replicaSource !== null || !isRdsEngine(engine)) return null;
    if (createdAt === null) return { status: "unknown", reason: "rds:DescribeDBInstances gave no InstanceCreateTime" };
    const { now, params, place } = context;
    if (!isOlderThan(params.lookbackDays, createdAt, now)) return { status: "pass" };
    // Members of a cluster stand in for each other: all of them are idle, or none.
    const members =
      clusterId === null ? undefined : connectionsByCluster(context.others("rds.dbInstances")).get(clusterId);
    const connections = [observed?.connectionsMax, ...(members ?? [])];
    if (connections.some((max) => (max ?? 0) > 0)) return { status: "pass" };
    if (connections.some((max) => max === undefined || max === null)) {
      return { status: "unknown", reason: "CloudWatch gave no figure of its connections" };
    }
    const monthly = inRegion(savingsOf(attributes), place.region);
    return {
      status: "fail",
      summary: `Nothing has connected to database ${identifier} for at least 7 days.`,
      details: { engine, class: instanceClass, clusterId, allocatedStorageGib, lookbackDays: params.lookbackDays },
      evidence: [
        { call: "rds:DescribeDBInstances", field: "DBInstanceStatus", value: state },
        { call: "cloudwatch:GetMetricData", field: "DatabaseConnections Maximum", value: 0 },
      ],
      savingsMonthly: monthly === null ? null : cents(monthly),
    };
  },
};

/** What it costs, less the snapshot that is kept of it. */
function savingsOf(instance: FoundBy<"rds.dbInstances">["attributes"]): number | null {
  const usd = dbInstanceMonthlyUsd({ ...instance, state: "available" });
  return usd === null ? null : usd - (dbSnapshotMonthlyUsd(instance.allocatedStorageGib) ?? 0);
}

type Instances = readonly FoundBy<"rds.dbInstances">[];
const connectionsByCluster = oncePerList((instances: Instances) => {
  const byCluster = new Map<string, (number | null | undefined)[]>();
  for (const { state, attributes, observed } of instances) {
    const { clusterId, replicaSource } = attributes;
    // Of others nobody asks for a figure.
    if (clusterId !== null && state === "available" && replicaSource === null)
      byCluster.set(clusterId, [...(byCluster.get(clusterId) ?? []), observed?.connectionsMax]);
  }
  return byCluster;
});

export const about: About = {
  title: "No client connects to the database",
  rationale: "A database that not one program has talked to for a week most likely belongs to something that is gone.",
  remediation:
    "Ask its owner, then delete it with a final snapshot. Stopping it helps for a week only: after that AWS starts it again.",
  controls: {},
};

export const examples = (): Examples<"rds.dbInstances", Params> => {
  const now = new Date("2026-03-09T00:00:00Z");
  const place = { region: "us-east-1" };
  const instance = (
    connectionsMax: number | null | undefined,
    attributes: Parameters<typeof exampleInstance>[0] = {},
    rest: Parameters<typeof exampleInstance>[2] = {},
  ) =>
    exampleInstance(
      { engine: "mysql", class: "db.t3.large", multiAz: false, allocatedStorageGib: 20, ...attributes },
      {},
      {
        observed: { connectionsMax },
        ...rest,
      },
    );
  const one = (found: ReturnType<typeof instance>, ...more: ReturnType<typeof instance>[]) => ({
    found,
    now,
    place,
    others: { "rds.dbInstances": [found, ...more] },
  });
  const member = { clusterId: "orders", engine: "aurora-mysql", storageType: "aurora" };
  return {
    pass: [
      { name: "one connection", ...one(instance(1)) },
      { name: "exactly a week old", ...one(instance(0, {}, { createdAt: "2026-03-02T00:00:00.000Z" })) },
      { name: "another member of its cluster is used", ...one(instance(0, member), instance(3, member)) },
      {
        name: "a longer time asked for",
        ...one(instance(0, {}, { createdAt: "2026-03-01T00:00:00.000Z" })),
        params: { lookbackDays: 14 },
      },
    ],
    fail: [
      { name: "no connection", ...one(instance(0)), expect: { severity: "medium", savingsMonthly: 99.68 } },
      { name: "a second more than a week old", ...one(instance(0, {}, { createdAt: "2026-03-01T23:59:59.000Z" })) },
      { name: "in two zones", ...one(instance(0, { multiAz: true })), expect: { savingsMonthly: 201.26 } },
      {
        name: "dearer where it stands",
        ...one(instance(0)),
        place: { region: "eu-west-1" },
        expect: { savingsMonthly: 110.64 },
      },
      { name: "an engine without a price here", ...one(instance(0, { engine: "oracle-ee" })) },
      {
        name: "a cluster nobody uses, beside one that is used",
        ...one(
          instance(0, member),
          instance(0, member),
          instance(undefined, member, { state: "modifying" }),
          instance(3, { ...member, clusterId: "shop" }),
          instance(3),
        ),
        expect: { details: { clusterId: "orders" } },
      },
    ],
    unknown: [
      { name: "CloudWatch is denied", ...one(instance(undefined)) },
      { name: "CloudWatch has no data", ...one(instance(null)) },
      { name: "nothing is known of another member", ...one(instance(0, member), instance(undefined, member)) },
      { name: "no date", ...one(instance(0, {}, { createdAt: null })) },
    ],
    notApplicable: [
      { name: "stopped", ...one(instance(undefined, {}, { state: "stopped" })) },
      { name: "a replica", ...one(instance(0, { replicaSource: "shop" })) },
      { name: "a Neptune instance", ...one(instance(0, { engine: "neptune" })) },
    ],
  };
};
