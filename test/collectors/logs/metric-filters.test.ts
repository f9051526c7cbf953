import { describe, it } from "vitest";
import { collector } from "#collectors/logs/metric-filters";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";

const group = (name: string, region = "eu-west-1", account = "111122223333"): string =>
  `arn:aws:logs:${region}:${account}:log-group:${name}`;
const trails = (...logGroups: readonly (string | undefined)[]): string =>
  JSON.stringify({
    trailList: logGroups.map((arn, at) => ({
      Name: `trail-${at}`,
      S3BucketName: "logs",
      IsMultiRegionTrail: true,
      HomeRegion: "eu-west-1",
      CloudWatchLogsLogGroupArn: arn,
    })),
  });
const filter = (filterName: string) => ({
  filterName,
  filterPattern: '{ $.userIdentity.type = "Root" }',
  metricTransformations: [{ metricName: `${filterName}-count`, metricNamespace: "CIS", metricValue: "1" }],
  creationTime: 1_700_000_000_123,
  logGroupName: "trail",
  applyOnTransformedLogs: false,
});
const list = (filters: readonly unknown[], nextToken?: string): string =>
  JSON.stringify({ metricFilters: filters, nextToken });

const asksTrails = 'DescribeTrails {"includeShadowTrails":true}';

describe("logs.metricFilters", () => {
  it("reads the filters of the log group that trails write to, asked once", async ({ expect }) => {
    const aws = fakeAws({
      DescribeTrails: trails(`${group("trail")}:*`, undefined, `${group("trail")}:*`),
      DescribeMetricFilters: list([filter("root")]),
    });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: `${group("trail")}:metric-filter:root`,
        arn: null,
        name: "root",
        state: null,
        tags: {},
        createdAt: "2023-11-14T22:13:20.123Z",
        relations: [{ kind: "reads", resourceType: "AWS::Logs::LogGroup", target: group("trail") }],
        attributes: {
          logGroupArn: group("trail"),
          filterPattern: '{ $.userIdentity.type = "Root" }',
          metrics: [{ namespace: "CIS", metricName: "root-count" }],
        },
      },
    ]);
    expect(aws.asked).toEqual([asksTrails, 'DescribeMetricFilters {"logGroupName":"trail","limit":50}']);
  });

  it("makes one call where no trail writes to a log group here", async ({ expect }) => {
    const elsewhere = [group("t", "us-east-1"), group("t", "eu-west-1", "444455556666"), undefined];
    for (const answer of [trails(), trails(...elsewhere)]) {
      const aws = fakeAws({ DescribeTrails: answer });
      expect(await allOf(collector, aws)).toEqual([]);
      expect(aws.asked).toEqual([asksTrails]);
    }
  });

  it("reads a bare filter, all pages, and passes over a log group that is gone", async ({ expect }) => {
    const aws = fakeAws({
      DescribeTrails: trails(`${group("gone")}:*`, `${group("trail")}:*`),
      DescribeMetricFilters: ({ logGroupName, nextToken }) => {
        if (logGroupName === "gone")
          return { status: 400, body: JSON.stringify({ __type: "ResourceNotFoundException", message: "No" }) };
        return nextToken === "t2" ? list([{ filterName: "bare" }]) : list([filter("a"), filter("b")], "t2");
      },
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([["a", "b"], ["bare"]]);
    expect(pages[1]?.[0]).toMatchObject({ createdAt: null, attributes: { filterPattern: null, metrics: [] } });
  });

  it("fails as a whole when trails or filters are denied", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("cloudtrail:DescribeTrails");
    const aws = fakeAws({ DescribeTrails: trails(`${group("trail")}:*`) });
    await expect(allOf(collector, aws)).rejects.toThrow("logs:DescribeMetricFilters");
  });
});
