import { AwsError, json } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { keyArnOf } from "./kms.ts";
import { groupArnOf } from "./logs.ts";
import { countOf, homeOf, isBare, isBusy, isOpen, numberOf, secondsBefore, type ThingService } from "./thing.ts";

/** Source: CloudTrail API 2013-11-01. Every trail lives in one region and logs all of them. */
const kind = "cloudtrail.trails";

const nameOf = (n: number): string => `trail-${n}`;
const atHome = (call: Call): Call => ({ ...call, region: homeOf(call) });
const arnOf = (call: Call, n: number): string =>
  `arn:aws:cloudtrail:${homeOf(call)}:${call.account.id}:trail/${nameOf(n)}`;

/** Not paged. Elsewhere than at home they are shadows, which are shown unless a request says no. */
const describeTrails: Operation = (call) => {
  const isShown = call.region === homeOf(call) || call.input["includeShadowTrails"] !== false;
  const trailList = Array.from({ length: isShown ? countOf(call, kind) : 0 }, (_, n) => ({
    Name: nameOf(n),
    S3BucketName: `trails-${call.account.id}`,
    IncludeGlobalServiceEvents: true,
    IsMultiRegionTrail: true,
    HomeRegion: homeOf(call),
    TrailARN: arnOf(call, n),
    LogFileValidationEnabled: !isOpen(n),
    ...(isBare(n)
      ? {}
      : {
          CloudWatchLogsLogGroupArn: `${groupArnOf(atHome(call), 0)}:*`,
          CloudWatchLogsRoleArn: `arn:aws:iam::${call.account.id}:role/trails`,
          KmsKeyId: keyArnOf(atHome(call), 0),
        }),
    HasCustomEventSelectors: true,
    HasInsightSelectors: false,
    IsOrganizationTrail: false,
  }));
  return json({ trailList });
};

const named = (call: Call, parameter: string): number =>
  numberOf(call, kind, parameter, new AwsError("TrailNotFoundException", 400, "Unknown trail"));

const getTrailStatus: Operation = (call) => {
  const n = named(call, "Name");
  return json({
    IsLogging: !isBare(n),
    StartLoggingTime: secondsBefore(call, 300),
    ...(isBare(n) ? { StopLoggingTime: secondsBefore(call, 40) } : {}),
    LatestDeliveryTime: secondsBefore(call, isBare(n) ? 40 : 0),
    ...(isOpen(n) ? { LatestDeliveryError: "AccessDenied" } : {}),
    ...(isBare(n) ? {} : { LatestCloudWatchLogsDeliveryTime: secondsBefore(call, 0) }),
  });
};

const everything = {
  ReadWriteType: "All",
  IncludeManagementEvents: true,
  DataResources: [{ Type: "AWS::S3::Object", Values: ["arn:aws:s3"] }],
  ExcludeManagementEventSources: [],
};
const management = {
  Name: "Management events",
  FieldSelectors: [{ Field: "eventCategory", Equals: ["Management"] }],
};

/** Every second has advanced selectors. */
const getEventSelectors: Operation = (call) => {
  const n = named(call, "TrailName");
  const selectors = isBusy(n) ? { EventSelectors: [everything] } : { AdvancedEventSelectors: [management] };
  return json({ TrailARN: arnOf(call, n), ...selectors });
};

export const cloudtrail: ThingService = {
  operations: {
    DescribeTrails: describeTrails,
    GetTrailStatus: getTrailStatus,
    GetEventSelectors: getEventSelectors,
  },
  kinds: { [kind]: { isTagged: true, isGlobal: true, arnOf } },
};
