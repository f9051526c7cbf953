import { describe, it } from "vitest";
import { collector as dbClusters } from "#collectors/rds/db-clusters";
import { collector as dbInstances } from "#collectors/rds/db-instances";
import { allOf, errorXml, fakeAws, type Answers } from "../../support/fake-aws.ts";
import { majorsAnswer, majorsXml, majorXml } from "./wire.ts";

const instancesXml = (...ofEngines: readonly (readonly [engine: string, version: string])[]): string =>
  `<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances>${ofEngines
    .map(
      ([engine, version], at) =>
        `<DBInstance><DBInstanceIdentifier>db-${at}</DBInstanceIdentifier><Engine>${engine}</Engine><EngineVersion>${version}</EngineVersion></DBInstance>`,
    )
    .join("")}</DBInstances></DescribeDBInstancesResult></DescribeDBInstancesResponse>`;

const supports = async (answers: Answers) => {
  const aws = fakeAws(answers);
  const found = await allOf(dbInstances, aws);
  return { supports: found.map(({ attributes }) => attributes.engineSupport), aws };
};

describe("the support dates of a database's engine", () => {
  it("are those of the major version", async ({ expect }) => {
    const found = await supports({
      DescribeDBInstances: instancesXml(
        ["postgres", "16.4"],
        ["postgres", "16"],
        ["aurora-mysql", "8.0.mysql_aurora.3.04.0"],
        ["mariadb", "10.6.14"],
      ),
      DescribeDBMajorEngineVersions: majorsXml,
    });
    const postgres = {
      majorVersion: "16",
      standardEndsAt: "2029-02-28T23:59:59.999Z",
      extendedStartsAt: "2029-03-01T00:00:00.000Z",
      extendedEndsAt: "2032-02-28T23:59:59.999Z",
    };
    expect(found.supports).toEqual([
      postgres,
      postgres,
      {
        majorVersion: "8.0",
        standardEndsAt: "2028-04-30T23:59:59.999Z",
        extendedStartsAt: "2028-05-01T00:00:00.000Z",
        extendedEndsAt: "2029-07-31T23:59:59.999Z",
      },
      {
        majorVersion: "10.6",
        standardEndsAt: "2026-08-31T23:59:59.999Z",
        extendedStartsAt: null,
        extendedEndsAt: null,
      },
    ]);
  });

  it("are none for other engines, which are not asked about, and for versions AWS does not list", async ({
    expect,
  }) => {
    const others = await supports({ DescribeDBInstances: instancesXml(["oracle-ee", "19.0"], ["docdb", "5.0.0"]) });
    expect(others.supports).toEqual([null, null]);
    expect(others.aws.calls.map(({ action }) => action)).toEqual(["DescribeDBInstances"]);
    const old = await supports({
      DescribeDBInstances: instancesXml(["postgres", "160.1"]),
      DescribeDBMajorEngineVersions: majorsXml,
    });
    expect(old.supports).toEqual([null]);
  });

  it("are read from all pages, once for all databases of a region", async ({ expect }) => {
    const list = "Action=DescribeDBMajorEngineVersions&MaxRecords=100";
    const aws = fakeAws({
      DescribeDBInstances: instancesXml(["mysql", "8.4.1"], ["mysql", "8.4.2"]),
      DescribeDBClusters:
        "<DescribeDBClustersResponse><DescribeDBClustersResult><DBClusters><DBCluster><DBClusterIdentifier>c</DBClusterIdentifier><Engine>mysql</Engine><EngineVersion>8.4.3</EngineVersion></DBCluster></DBClusters></DescribeDBClustersResult></DescribeDBClustersResponse>",
      [list]: majorsAnswer(majorXml("mysql", "8.0"), "m1"),
      [`${list}&Marker=m1`]: majorsAnswer(majorXml("mysql", "8.4")),
    });
    const instances = await allOf(dbInstances, aws);
    const clusters = await allOf(dbClusters, aws);
    expect([...instances, ...clusters].map(({ attributes }) => attributes.engineSupport?.majorVersion)).toEqual([
      "8.4",
      "8.4",
      "8.4",
    ]);
    expect(aws.calls.map(({ action }) => action)).toEqual([
      "DescribeDBInstances",
      "DescribeDBMajorEngineVersions",
      "DescribeDBMajorEngineVersions",
      "DescribeDBClusters",
    ]);
  });

  it("are not known when they are denied or odd, and the gap is kept once", async ({ expect }) => {
    const DescribeDBInstances = instancesXml(["postgres", "16.4"], ["postgres", "15.2"], ["oracle-ee", "19.0"]);
    const denied = await supports({ DescribeDBInstances });
    expect(denied.supports).toEqual([undefined, undefined, null]);
    expect(denied.aws.gaps).toEqual(["DescribeDBMajorEngineVersions"]);
    const odd = "<DescribeDBMajorEngineVersionsResponse/>";
    expect((await supports({ DescribeDBInstances, DescribeDBMajorEngineVersions: odd })).supports).toEqual([
      undefined,
      undefined,
      null,
    ]);
    const half = await supports({
      DescribeDBInstances,
      DescribeDBMajorEngineVersions: ({ Marker }) =>
        Marker === undefined
          ? majorsAnswer(majorXml("postgres", "16"), "m1")
          : { status: 403, body: errorXml("AccessDenied") },
    });
    expect(half.supports).toEqual([undefined, undefined, null]);
  });

  it("are given up where a list does not end", async ({ expect }) => {
    const endless = await supports({
      DescribeDBInstances: instancesXml(["postgres", "16.4"]),
      DescribeDBMajorEngineVersions: ({ Marker }) => majorsAnswer(majorXml("postgres", "16"), `${String(Marker)}+`),
    });
    expect(endless.supports).toEqual([undefined]);
    expect(endless.aws.calls).toHaveLength(11);
  });
});
