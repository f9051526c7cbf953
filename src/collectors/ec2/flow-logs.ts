import { z } from "zod";
import type { Collector, Found, Place, Relation } from "#collectors/collector";
import { assumes, ec2Arn, logGroupArn, logsTo, related } from "#collectors/relations";
import { sharedPages } from "#collectors/shared";
import { instant, number, text } from "#collectors/xml";
import { describeFlowLogs, list, nameOf, tagSet } from "./shapes.ts";

export interface FlowLog {
  readonly flowLogId: string;
  /** The VPC, subnet, network interface or transit gateway whose traffic it writes down. */
  readonly resourceId: string | null;
  /** `ALL`, `ACCEPT` or `REJECT`; null for transit gateways, which know no verdict. */
  readonly trafficType: string | null;
  /** `SUCCESS` or `FAILED`; null until something was delivered. */
  readonly deliverLogsStatus: string | null;
  /** Why delivery fails: `Rate limited`, `Access error`, `Unknown error`. */
  readonly deliverLogsError: string | null;
  /** `cloud-watch-logs`, `s3` or `kinesis-data-firehose`. */
  readonly destinationType: string | null;
  /** ARN of a log group, of a bucket (a folder may follow) or of a delivery stream. */
  readonly destination: string | null;
  readonly maxAggregationSeconds: number | null;
}

const ListedFlowLog = z.object({
  flowLogId: z.string(),
  flowLogStatus: text,
  creationTime: instant,
  resourceId: text,
  trafficType: text,
  deliverLogsStatus: text,
  deliverLogsErrorMessage: text,
  deliverLogsPermissionArn: text,
  logDestinationType: text,
  logDestination: text,
  logGroupName: text,
  maxAggregationInterval: number,
  tagSet,
});
type ListedFlowLog = z.infer<typeof ListedFlowLog>;
const Page = z.object({ flowLogSet: list(ListedFlowLog) });

/** Source: EC2 API 2016-11-15, DescribeFlowLogs, 1,000 per page, which is asked once for this and for VPCs. */
export const collector: Collector<FlowLog> = {
  id: "ec2.flowLogs",
  service: "ec2",
  resourceType: "AWS::EC2::FlowLog",
  scope: "regional",
  actions: ["ec2:DescribeFlowLogs"],
  async *list({ aws, place }) {
    for await (const page of sharedPages(aws, describeFlowLogs)) {
      yield Page.parse(page).flowLogSet.map((flowLog) => found(flowLog, place));
    }
  },
};

function found(flowLog: ListedFlowLog, place: Place): Found<FlowLog> {
  const arn = ec2Arn(place, "FlowLog", flowLog.flowLogId);
  const destination = destinationOf(flowLog, place);
  return {
    nativeId: arn,
    arn,
    name: nameOf(flowLog.tagSet),
    state: flowLog.flowLogStatus,
    tags: flowLog.tagSet,
    createdAt: flowLog.creationTime,
    relations: [...writesTo(destination), ...assumes(flowLog.deliverLogsPermissionArn)],
    attributes: {
      flowLogId: flowLog.flowLogId,
      resourceId: flowLog.resourceId,
      trafficType: flowLog.trafficType,
      deliverLogsStatus: flowLog.deliverLogsStatus,
      deliverLogsError: flowLog.deliverLogsErrorMessage,
      destinationType: flowLog.logDestinationType,
      destination,
      maxAggregationSeconds: flowLog.maxAggregationInterval,
    },
  };
}

/** Log groups may be named only; some answers end their ARN in `:*`. */
function destinationOf({ logDestination, logGroupName }: ListedFlowLog, place: Place): string | null {
  if (logDestination !== null) return logDestination.replace(/:\*$/, "");
  return logGroupName && logGroupArn(place, logGroupName);
}

/** What it writes to; a folder may follow the bucket. */
function writesTo(destination: string | null): readonly Relation[] {
  const service = destination?.split(":")[2];
  if (service === "s3") return related("logsTo", "AWS::S3::Bucket", destination?.replace(/\/.*/, ""));
  if (service === "firehose") return related("logsTo", "AWS::KinesisFirehose::DeliveryStream", destination);
  return logsTo(destination);
}
