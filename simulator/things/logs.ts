import { AwsError, json } from "../answers.ts";
import { text, type Call, type Operation } from "../calls.ts";
import { countOf, homeOf, isBare, isBusy, pageOf, secondsBefore, type ThingService } from "./thing.ts";

/** Source: CloudWatch Logs API 2014-03-28. */
const groups = "logs.logGroups";
/** They read the group all trails write to, and are found with at least one trail. */
const filters = "logs.metricFilters";
const paging = { token: "nextToken", limit: "limit", byDefault: 50, min: 1, max: 50 };

const nameOf = (n: number): string => `/app/group-${n}`;

/** Trails write to the first log group. */
export const trailGroup = nameOf(0);
export const filterName = (n: number): string => `filter-${n}`;

export const groupArnOf = ({ account, region }: Call, n: number): string =>
  `arn:aws:logs:${region}:${account.id}:log-group:${nameOf(n)}`;

const describeLogGroups: Operation = (call) => {
  const { numbers, next } = pageOf(call, groups, paging);
  const logGroups = numbers.map((n) => ({
    logGroupName: nameOf(n),
    creationTime: secondsBefore(call, 400) * 1000,
    ...(isBare(n) ? {} : { retentionInDays: 30 }),
    metricFilterCount: n === 0 && call.region === homeOf(call) ? countOf(call, filters) : 0,
    arn: `${groupArnOf(call, n)}:*`,
    storedBytes: isBusy(n) ? (n + 1) * 5_000_000 : 0,
    logGroupClass: "STANDARD",
    logGroupArn: groupArnOf(call, n),
    deletionProtectionEnabled: n % 7 === 0,
  }));
  return json({ logGroups, nextToken: next });
};

const patterns = [
  '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }',
  '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
  '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }',
];

const missing = new AwsError("ResourceNotFoundException", 400, "The specified log group does not exist.");

const describeMetricFilters: Operation = (call) => {
  const name = text(call, "logGroupName") ?? trailGroup;
  if (name !== trailGroup && Number(/^\/app\/group-(\d+)$/.exec(name)?.[1] ?? Infinity) >= countOf(call, groups)) {
    throw missing;
  }
  if (name !== trailGroup || call.region !== homeOf(call)) return json({ metricFilters: [] });
  const { numbers, next } = pageOf(call, filters, paging);
  const metricFilters = numbers.map((n) => ({
    filterName: filterName(n),
    filterPattern: patterns[n % patterns.length],
    metricTransformations: [{ metricName: filterName(n), metricNamespace: "CloudTrailMetrics", metricValue: "1" }],
    creationTime: secondsBefore(call, 150) * 1000,
    logGroupName: name,
  }));
  return json({ metricFilters, nextToken: next });
};

export const logs: ThingService = {
  operations: { DescribeLogGroups: describeLogGroups, DescribeMetricFilters: describeMetricFilters },
  kinds: {
    [groups]: { isTagged: true, arnOf: groupArnOf },
    [filters]: { isGlobal: true, arnOf: (call, n) => `${groupArnOf(call, 0)}:metric-filter:${filterName(n)}` },
  },
};
