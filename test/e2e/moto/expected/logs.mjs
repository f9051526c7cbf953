import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateDescribeMetricFilters,
} from "@aws-sdk/client-cloudwatch-logs";

/** Of the filters only those of the trail's group, which all stand on it here. */
export async function expected(client, region, accountId) {
  const config = { client: client(CloudWatchLogsClient) };
  const groups = await Array.fromAsync(paginateDescribeLogGroups(config, {}), ({ logGroups }) => logGroups);
  const filters = await Array.fromAsync(
    paginateDescribeMetricFilters(config, { logGroupName: "/trail" }),
    ({ metricFilters }) => metricFilters,
  );
  const arn = (name) => `arn:aws:logs:${region}:${accountId}:log-group:${name}`;
  return {
    "logs.logGroups": groups.flat().map(({ logGroupName }) => arn(logGroupName)),
    "logs.metricFilters": filters
      .flat()
      .map(({ logGroupName, filterName }) => `${arn(logGroupName)}:metric-filter:${filterName}`),
  };
}
