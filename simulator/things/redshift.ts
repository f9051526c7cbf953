import { AwsError, queryAnswer } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { keyArnOf } from "./kms.ts";
import { arnIn, byRecords, daysBefore, ec2Id, numberOf, pageOf, tagsOf, xmlOf, type ThingService } from "./thing.ts";

/** Source: Redshift API 2012-12-01. */
const kind = "redshift.clusters";
const missing = new AwsError("ClusterNotFound", 404, "Cluster not found.");

/** Every fifth is not encrypted, every seventh public, every ninth paused. */
const clusterOf = (call: Call, n: number) => ({
  ClusterIdentifier: `warehouse-${n}`,
  NodeType: "ra3.large",
  ClusterStatus: n % 9 === 8 ? "paused" : "available",
  Endpoint: { Address: `warehouse-${n}.abcdefghijkl.${call.region}.redshift.amazonaws.com`, Port: 5439 },
  ClusterCreateTime: daysBefore(call, 300),
  AutomatedSnapshotRetentionPeriod: n % 6 === 5 ? 1 : 7,
  VpcSecurityGroups: { VpcSecurityGroup: { VpcSecurityGroupId: ec2Id("sg", n), Status: "active" } },
  VpcId: ec2Id("vpc", 0),
  ClusterVersion: "1.0",
  AllowVersionUpgrade: true,
  NumberOfNodes: 2,
  PubliclyAccessible: n % 7 === 6,
  Encrypted: n % 5 !== 0,
  KmsKeyId: n % 5 === 0 ? undefined : keyArnOf(call, 0),
  EnhancedVpcRouting: n % 7 !== 6,
  MultiAZ: "Disabled",
  Tags: { Tag: tagsOf(n) },
});

const describeClusters: Operation = (call) => {
  const { numbers, next } = pageOf(call, kind, byRecords);
  const Cluster = numbers.map((n) => clusterOf(call, n));
  return queryAnswer("redshift", call.action, xmlOf({ Marker: next, Clusters: { Cluster } }));
};

/** Every fifth writes no audit logs, every third writes them to CloudWatch. */
const describeLoggingStatus: Operation = (call) => {
  const n = numberOf(call, kind, "ClusterIdentifier", missing);
  const destination =
    n % 3 === 0
      ? { LogDestinationType: "cloudwatch", LogExports: { member: ["connectionlog", "userlog"] } }
      : { BucketName: "cloudglass-hardened", S3KeyPrefix: `redshift/${n}/`, LogDestinationType: "s3" };
  const LoggingEnabled = n % 5 !== 4;
  return queryAnswer("redshift", call.action, xmlOf({ LoggingEnabled, ...(LoggingEnabled && destination) }));
};

export const redshift: ThingService = {
  operations: { DescribeClusters: describeClusters, DescribeLoggingStatus: describeLoggingStatus },
  kinds: { [kind]: { arnOf: (call, n) => arnIn(call, "redshift", `cluster:warehouse-${n}`) } },
};
