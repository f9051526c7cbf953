import { z } from "zod";
import type { AwsCaller, Operation } from "#aws/caller";
import { AwsFault } from "#aws/fault";
import type { Collector, Found } from "#collectors/collector";
import { list, text } from "#collectors/json";
import { logGroupArn, related } from "#collectors/relations";
import { instantOfMs } from "./shapes.ts";

/** A metric made of what a trail logs. Filters of other log groups are not looked at. */
export interface MetricFilter {
  readonly logGroupArn: string;
  readonly filterPattern: string | null;
  readonly metrics: readonly { readonly namespace: string; readonly metricName: string }[];
}

/** Asked as the trails' own collector asks it, so that one call serves both. */
const describeTrails: Operation = { service: "cloudtrail", action: "DescribeTrails" };
const describeMetricFilters: Operation = {
  service: "logs",
  action: "DescribeMetricFilters",
  paging: { token: "nextToken", next: "nextToken", limit: ["limit", 50] },
};

const Trails = z.object({ trailList: z.array(z.object({ CloudWatchLogsLogGroupArn: text })) });

const ListedFilter = z.object({
  filterName: z.string(),
  filterPattern: text,
  creationTime: instantOfMs,
  metricTransformations: list(z.object({ metricName: z.string(), metricNamespace: z.string() })),
});
type ListedFilter = z.infer<typeof ListedFilter>;

const Page = z.object({ metricFilters: z.array(ListedFilter) });

/**
 * Source: CloudTrail API 2013-11-01, DescribeTrails of this region, and CloudWatch Logs API 2014-03-28, DescribeMetricFilters
 * (50 per page) of the log groups they write to.
 */
export const collector: Collector<MetricFilter> = {
  id: "logs.metricFilters",
  service: "logs",
  resourceType: "AWS::Logs::MetricFilter",
  scope: "regional",
  actions: ["cloudtrail:DescribeTrails", "logs:DescribeMetricFilters"],
  async *list({ aws, place }) {
    const trails = Trails.parse(await aws.shared(describeTrails, { includeShadowTrails: true })).trailList;
    const own = logGroupArn(place, "");
    const names = trails.flatMap(({ CloudWatchLogsLogGroupArn: arn }) =>
      arn?.startsWith(own) ? [arn.slice(own.length).replace(/:\*$/, "")] : [],
    );
    for (const logGroupName of new Set(names)) {
      for await (const filters of filtersOf(aws, logGroupName)) {
        yield filters.map((filter) => found(filter, logGroupArn(place, logGroupName)));
      }
    }
  },
};

/** None when a trail still names a log group that was deleted. */
async function* filtersOf(aws: AwsCaller, logGroupName: string): AsyncGenerator<readonly ListedFilter[]> {
  try {
    for await (const page of aws.pages(describeMetricFilters, { logGroupName })) yield Page.parse(page).metricFilters;
  } catch (error) {
    if (!(error instanceof AwsFault && error.code === "ResourceNotFoundException")) throw error;
  }
}

/** Metric filters have no ARN. */
const found = (filter: ListedFilter, groupArn: string): Found<MetricFilter> => ({
  nativeId: `${groupArn}:metric-filter:${filter.filterName}`,
  arn: null,
  name: filter.filterName,
  state: null,
  tags: {},
  createdAt: filter.creationTime,
  relations: related("reads", "AWS::Logs::LogGroup", groupArn),
  attributes: {
    logGroupArn: groupArn,
    filterPattern: filter.filterPattern,
    metrics: filter.metricTransformations.map(({ metricName, metricNamespace }) => ({
      namespace: metricNamespace,
      metricName,
    })),
  },
});
