import { AwsError, json } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { countOf, homeOf, secondsBefore, type ThingService } from "./thing.ts";

/**
 * Source: AWS Config API 2014-11-12. A region has a recorder when `config.recorders` is at least 1; there and without one
 * Cloudglass counts one resource.
 */
const kind = "config.recorders";
const name = "default";

const arnOf = ({ account, region }: Call): string =>
  `arn:aws:config:${region}:${account.id}:configuration-recorder/${name}/abcdefgh12345678`;

/** Those a request names, or all. Throws NoSuchConfigurationRecorderException. */
function recorders(call: Call): readonly string[] {
  const all = countOf(call, kind) > 0 ? [name] : [];
  const asked = call.input["ConfigurationRecorderNames"];
  if (!Array.isArray(asked)) return all;
  if (asked.every((one) => all.includes(String(one)))) return asked.map(String);
  throw new AwsError("NoSuchConfigurationRecorderException", 400, "Cannot find a configuration recorder.");
}

const describeRecorders: Operation = (call) =>
  json({
    ConfigurationRecorders: recorders(call).map((one) => ({
      arn: arnOf(call),
      name: one,
      roleARN: `arn:aws:iam::${call.account.id}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`,
      recordingGroup: {
        allSupported: true,
        includeGlobalResourceTypes: call.region === homeOf(call),
        resourceTypes: [],
        exclusionByResourceTypes: { resourceTypes: [] },
        recordingStrategy: { useOnly: "ALL_SUPPORTED_RESOURCE_TYPES" },
      },
      recordingMode: { recordingFrequency: "CONTINUOUS" },
      recordingScope: "PAID",
    })),
  });

const describeStatus: Operation = (call) =>
  json({
    ConfigurationRecordersStatus: recorders(call).map((one) => ({
      arn: arnOf(call),
      name: one,
      lastStartTime: secondsBefore(call, 200),
      recording: true,
      lastStatus: "SUCCESS",
      lastStatusChangeTime: secondsBefore(call, 0),
    })),
  });

export const config: ThingService = {
  operations: {
    DescribeConfigurationRecorders: describeRecorders,
    DescribeConfigurationRecorderStatus: describeStatus,
  },
  always: { regional: 1 },
};
