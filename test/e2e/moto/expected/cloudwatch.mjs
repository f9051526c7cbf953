import { CloudWatchClient, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";

export async function expected(client) {
  const pages = paginateDescribeAlarms({ client: client(CloudWatchClient) }, { AlarmTypes: ["MetricAlarm"] });
  const all = await Array.fromAsync(pages, ({ MetricAlarms }) => MetricAlarms);
  return { "cloudwatch.alarms": all.flat().map(({ AlarmArn }) => AlarmArn) };
}
