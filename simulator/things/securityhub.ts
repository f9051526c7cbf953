import { AwsError, json } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { windowOf } from "../paging.ts";
import { countOf, daysBefore, type ThingService } from "./thing.ts";

/**
 * Source: Security Hub API 2018-10-26. A region has a hub when `securityhub.hubs` is at least 1; there and without one
 * Cloudglass counts one resource.
 */
const kind = "securityhub.hubs";
const paging = { token: "NextToken", limit: "MaxResults", byDefault: 100, min: 1, max: 100 };

const arnOf = ({ account, region }: Call, rest: string): string =>
  `arn:aws:securityhub:${region}:${account.id}:${rest}`;

/** Throws InvalidAccessException, as a region without a hub answers everything. */
function assertHub(call: Call): void {
  if (countOf(call, kind) > 0) return;
  throw new AwsError("InvalidAccessException", 401, `Account ${call.account.id} is not subscribed to AWS Security Hub`);
}

const describeHub: Operation = (call) => {
  assertHub(call);
  return json({
    HubArn: arnOf(call, "hub/default"),
    SubscribedAt: daysBefore(call, 210),
    AutoEnableControls: true,
    ControlFindingGenerator: "SECURITY_CONTROL",
  });
};

const standards = ["aws-foundational-security-best-practices/v/1.0.0", "cis-aws-foundations-benchmark/v/3.0.0"];

const getEnabledStandards: Operation = (call) => {
  assertHub(call);
  const { from, to, next } = windowOf(call, standards.length, paging);
  const StandardsSubscriptions = standards.slice(from, to).map((standard) => ({
    StandardsSubscriptionArn: arnOf(call, `subscription/${standard}`),
    StandardsArn: `arn:aws:securityhub:${call.region}::standards/${standard}`,
    StandardsInput: {},
    StandardsStatus: "READY",
    StandardsControlsUpdatable: "READY_FOR_UPDATES",
  }));
  return json({ StandardsSubscriptions, NextToken: next });
};

export const securityhub: ThingService = {
  routes: [
    ["GET", "/accounts", "DescribeHub"],
    ["POST", "/standards/get", "GetEnabledStandards"],
  ],
  operations: { DescribeHub: describeHub, GetEnabledStandards: getEnabledStandards },
  always: { regional: 1 },
};
