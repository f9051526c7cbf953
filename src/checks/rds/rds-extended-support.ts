import type { About, Check, Examples } from "#checks/check";
import { dayMs, daysUntil } from "#checks/days";
import { cents } from "#prices/prices";
import { extendedSupportMonthlyUsd } from "#prices/rds";
import { inRegion } from "#prices/regions";
import { exampleCluster, exampleInstance } from "./examples.ts";

interface Params {
  readonly warnDays: number;
}

export const check: Check<"rds.dbInstances", Params, "rds.dbClusters"> = {
  id: "rds_extended_support",
  severity: "high",
  category: "cost",
  domain: "patching",
  effort: "high",
  confidence: 0.95,
  drift: false,
  resources: ["rds.dbInstances"],
  reads: ["rds.dbClusters"],
  condense: {
    "rds.dbInstances": ({ attributes }) => {
      const { identifier, engine, engineVersion, engineSupport, engineLifecycleSupport, clusterId, multiAz } =
        attributes;
      const kept = { identifier, engine, engineVersion, engineSupport, engineLifecycleSupport, clusterId, multiAz };
      return { ...kept, class: attributes.class };
    },
    "rds.dbClusters": ({ attributes: { identifier, engineLifecycleSupport } }) => ({
      identifier,
      engineLifecycleSupport,
    }),
  },
  decisive: ["majorVersion"],
  params: { warnDays: 90 },
  judge({ attributes }, context) {
    const { identifier, engine, engineVersion, engineSupport, clusterId } = attributes;
    if (engineSupport === undefined) {
      return { status: "unknown", reason: "rds:DescribeDBMajorEngineVersions could not be read" };
    }
    if (engineSupport === null || engineSupport.standardEndsAt === null) return null;
    const { majorVersion, standardEndsAt, extendedStartsAt } = engineSupport;
    const { now, params, place } = context;
    const leftDays = (Date.parse(standardEndsAt) - now.getTime()) / dayMs;
    if (leftDays > params.warnDays) return { status: "pass" };
    // A cluster says for its members whether they stay on the version.
    const cluster = context.others("rds.dbClusters").find((one) => one.attributes.identifier === clusterId);
    const lifecycle = (cluster?.attributes ?? attributes).engineLifecycleSupport;
    const stays = extendedStartsAt !== null && !lifecycle?.endsWith("-disabled");
    const monthly = stays ? extendedSupportMonthlyUsd(attributes, extendedStartsAt, now) : null;
    return {
      status: "fail",
      severity: leftDays < 0 ? "high" : "medium",
      summary: `Standard support of ${engine} ${majorVersion}, which database ${identifier} runs, ${leftDays < 0 ? "ended" : "ends"} on ${standardEndsAt.slice(0, 10)}; ${stays ? "Extended Support is charged from then on" : "Extended Support is not available to it, so it has to be upgraded"}.`,
      details: { engine, engineVersion, majorVersion, standardEndsAt, extendedStartsAt, extendedSupport: stays },
      evidence: [
        { call: "rds:DescribeDBInstances", field: "EngineVersion", value: engineVersion },
        {
          call: "rds:DescribeDBMajorEngineVersions",
          field: "SupportedEngineLifecycles[].LifecycleSupportEndDate",
          value: standardEndsAt,
        },
        {
          call: cluster ? "rds:DescribeDBClusters" : "rds:DescribeDBInstances",
          field: "EngineLifecycleSupport",
          value: lifecycle,
        },
      ],
      savingsMonthly: monthly === null ? null : cents(inRegion(monthly, place.region) ?? 0),
    };
  },
  atRead: ({ standardEndsAt }, now) => ({ daysUntilStandardEnd: daysUntil(String(standardEndsAt), now) }),
};

export const about: About = {
  title: "Standard support of the database's engine version ends or has ended",
  rationale:
    "After that day AWS charges each vCPU by the hour on top, more in the third year, or moves the database to a newer version by itself, at a time it chooses.",
  remediation:
    "Try the application against a supported major version, then upgrade by a blue/green deployment, which keeps the outage to about a minute.",
  controls: {},
};

export const examples = (): Examples<"rds.dbInstances", Params> => {
  const support = {
    majorVersion: "8.0",
    standardEndsAt: "2026-07-31T23:59:59.999Z",
    extendedStartsAt: "2026-08-01T00:00:00.000Z",
    extendedEndsAt: "2029-07-31T23:59:59.999Z",
  };
  const mysql = (attributes: Parameters<typeof exampleInstance>[0] = {}) =>
    exampleInstance({
      engine: "mysql",
      engineVersion: "8.0.35",
      engineSupport: support,
      multiAz: false,
      ...attributes,
    });
  const place = { region: "us-east-1" };
  const on = (now: string, attributes: Parameters<typeof exampleInstance>[0] = {}) => ({
    now: new Date(now),
    found: mysql(attributes),
    place,
  });
  const disabled = "open-source-rds-extended-support-disabled";
  return {
    pass: [
      { name: "just over 90 days left", ...on("2026-05-02T23:59:59.998Z") },
      { name: "a shorter notice", ...on("2026-06-30T00:00:00.000Z"), params: { warnDays: 30 } },
    ],
    fail: [
      { name: "90 days left", ...on("2026-05-02T23:59:59.999Z"), expect: { severity: "medium" } },
      { name: "the last millisecond", ...on("2026-07-31T23:59:59.999Z"), expect: { severity: "medium" } },
      {
        name: "the first day after",
        ...on("2026-08-01T00:00:00.000Z"),
        expect: { severity: "high", savingsMonthly: 146, details: { majorVersion: "8.0", extendedSupport: true } },
      },
      { name: "in two zones", ...on("2026-08-01T00:00:00.000Z", { multiAz: true }), expect: { savingsMonthly: 292 } },
      { name: "late in the second year", ...on("2028-07-30T00:00:00.000Z"), expect: { savingsMonthly: 146 } },
      { name: "in the third year", ...on("2028-08-01T00:00:00.000Z"), expect: { savingsMonthly: 292 } },
      {
        name: "a bigger class",
        ...on("2026-08-01T00:00:00.000Z", { class: "db.r6g.2xlarge" }),
        expect: { savingsMonthly: 584 },
      },
      {
        name: "a small class of one vCPU",
        ...on("2026-08-01T00:00:00.000Z", { class: "db.t2.small" }),
        expect: { savingsMonthly: 73 },
      },
      { name: "a class without vCPUs", ...on("2026-08-01T00:00:00.000Z", { class: "db.serverless" }) },
      {
        name: "it will be upgraded",
        ...on("2026-08-01T00:00:00.000Z", { engineLifecycleSupport: disabled }),
        expect: { severity: "high", details: { extendedSupport: false } },
      },
      {
        name: "its cluster will be upgraded",
        ...on("2026-08-01T00:00:00.000Z", { clusterId: "orders", engineLifecycleSupport: null }),
        others: { "rds.dbClusters": [exampleCluster({ engineLifecycleSupport: disabled })] },
        expect: { details: { extendedSupport: false } },
      },
      {
        name: "its cluster stays",
        ...on("2026-08-01T00:00:00.000Z", { clusterId: "orders", engineLifecycleSupport: null }),
        others: { "rds.dbClusters": [exampleCluster()] },
        expect: { savingsMonthly: 146 },
      },
      {
        name: "an engine without Extended Support",
        ...on("2026-08-01T00:00:00.000Z", {
          engine: "mariadb",
          engineSupport: { ...support, extendedStartsAt: null, extendedEndsAt: null },
        }),
        expect: { details: { extendedSupport: false } },
      },
      {
        name: "dearer where it stands",
        ...on("2026-08-01T00:00:00.000Z"),
        place: { region: "eu-west-1" },
        expect: { savingsMonthly: 162.06 },
      },
    ],
    unknown: [{ name: "the dates could not be read", found: mysql({ engineSupport: undefined }) }],
    notApplicable: [{ name: "an engine without dates", found: mysql({ engine: "oracle-ee", engineSupport: null }) }],
  };
};
