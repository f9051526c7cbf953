import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found, Place, Relation } from "#collectors/collector";
import { flag, instant, list, text, texts } from "#collectors/json";
import { oneByOne } from "#collectors/read";
import { encryptedBy, logsTo, relatedBucket } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";

export interface Trail {
  readonly homeRegion: string;
  readonly isMultiRegion: boolean;
  /** It logs every account of the AWS organization, and may belong to the organization's management account. */
  readonly isOrganization: boolean;
  readonly includesGlobalServices: boolean;
  readonly logFileValidation: boolean;
  readonly s3BucketName: string | null;
  readonly kmsKeyId: string | null;
  readonly cloudWatchLogsLogGroupArn: string | null;
  readonly isLogging: boolean | undefined;
  /** When it last began to log. CloudTrail does not say when it was made. */
  readonly loggingSince: string | null | undefined;
  /** Empty where it has advanced ones. */
  readonly eventSelectors: readonly EventSelector[] | undefined;
  readonly advancedEventSelectors: readonly (readonly FieldSelector[])[] | undefined;
}

export interface EventSelector {
  /** `All`, `ReadOnly` or `WriteOnly`. */
  readonly readWriteType: string;
  readonly includesManagementEvents: boolean;
  /** Data events: a kind and beginnings of ARNs; `arn:aws:s3` is every object of every bucket. */
  readonly dataResources: readonly { readonly type: string; readonly values: readonly string[] }[];
}

/** One condition of an advanced selector, all of which must hold. */
export interface FieldSelector {
  /** `eventCategory`, `readOnly`, `resources.type`, … */
  readonly field: string;
  readonly operator: (typeof operators)[number];
  readonly values: readonly string[];
}

/** `undefined`: its status could not be read. */
export interface TrailObserved {
  readonly latestDeliveryAt: string | null | undefined;
  /** What S3 said when the last delivery failed; null: it did not. */
  readonly latestDeliveryError: string | null | undefined;
  readonly latestLogGroupDeliveryAt: string | null | undefined;
  readonly latestLogGroupDeliveryError: string | null | undefined;
}

const operators = ["Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith"] as const;

const describeTrails: Operation = { service: "cloudtrail", action: "DescribeTrails" };
const getTrailStatus: Operation = { service: "cloudtrail", action: "GetTrailStatus" };
const getEventSelectors: Operation = { service: "cloudtrail", action: "GetEventSelectors" };

const ListedTrail = z.object({
  Name: z.string(),
  TrailARN: z.string(),
  HomeRegion: z.string(),
  S3BucketName: text,
  KmsKeyId: text,
  CloudWatchLogsLogGroupArn: text,
  IsMultiRegionTrail: flag,
  IsOrganizationTrail: flag,
  IncludeGlobalServiceEvents: flag,
  LogFileValidationEnabled: flag,
});
const Trails = z.object({ trailList: z.array(ListedTrail) });
type ListedTrail = z.infer<typeof ListedTrail>;

const Status = z.object({
  IsLogging: z.boolean(),
  StartLoggingTime: instant,
  LatestDeliveryTime: instant,
  LatestDeliveryError: text,
  LatestCloudWatchLogsDeliveryTime: instant,
  LatestCloudWatchLogsDeliveryError: text,
});
const Advanced = z
  .object({
    Field: z.string(),
    Equals: texts,
    StartsWith: texts,
    EndsWith: texts,
    NotEquals: texts,
    NotStartsWith: texts,
    NotEndsWith: texts,
  })
  .transform(({ Field: field, ...conditions }): readonly FieldSelector[] =>
    operators
      .map((operator) => ({ field, operator, values: conditions[operator].toSorted() }))
      .filter(({ values }) => values.length > 0),
  );
const Selectors = z.object({
  EventSelectors: list(
    z.object({
      ReadWriteType: z.string(),
      IncludeManagementEvents: z.boolean(),
      DataResources: list(z.object({ Type: z.string(), Values: texts })),
    }),
  ),
  AdvancedEventSelectors: list(z.object({ FieldSelectors: z.array(Advanced) })),
});

/**
 * Source: CloudTrail API 2013-11-01, DescribeTrails (not paged), and per trail GetTrailStatus and GetEventSelectors. A trail
 * is found in its home region only. Shadow trails are asked for because AWS counts an organization's trail as one in the
 * member accounts.
 */
export const collector: Collector<Trail, TrailObserved, ListedTrail> = {
  id: "cloudtrail.trails",
  service: "cloudtrail",
  resourceType: "AWS::CloudTrail::Trail",
  scope: "regional",
  actions: ["cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors", "cloudtrail:GetTrailStatus", ...tagActions],
  async *list(context) {
    const answer = await context.aws.shared(describeTrails, { includeShadowTrails: true });
    const trails = Trails.parse(answer).trailList.filter((trail) => trail.HomeRegion === context.place.region);
    if (trails.length > 0) yield trails;
  },
  describe: oneByOne(found),
};

/** null: it is gone since it was listed. */
async function found({ aws, place }: CollectContext, listed: ListedTrail): Promise<Found<Trail, TrailObserved> | null> {
  // To a member account its organization's trail may look as if it were not there.
  const isOwn = listed.TrailARN.split(":")[4] === place.awsAccountId;
  const gone = isOwn ? ["TrailNotFoundException"] : [];
  const [statusAnswer, selectorsAnswer] = await Promise.all([
    aws.attempt(getTrailStatus, { Name: listed.TrailARN }, gone),
    aws.attempt(getEventSelectors, { TrailName: listed.TrailARN }, gone),
  ]);
  if (statusAnswer === null || selectorsAnswer === null) return null;
  const status = Status.safeParse(statusAnswer).data;
  return {
    nativeId: listed.TrailARN,
    arn: listed.TrailARN,
    name: listed.Name,
    state: null,
    // Nobody else is told the tags of an organization's trail.
    ...(isOwn ? taggedAs(listed.TrailARN) : { tags: {} }),
    createdAt: null,
    relations: relationsOf(listed, place),
    attributes: attributesOf(listed, status, Selectors.safeParse(selectorsAnswer).data),
    observed: {
      latestDeliveryAt: status?.LatestDeliveryTime,
      latestDeliveryError: status?.LatestDeliveryError,
      latestLogGroupDeliveryAt: status?.LatestCloudWatchLogsDeliveryTime,
      latestLogGroupDeliveryError: status?.LatestCloudWatchLogsDeliveryError,
    },
  };
}

const attributesOf = (
  listed: ListedTrail,
  status: z.infer<typeof Status> | undefined,
  selectors: z.infer<typeof Selectors> | undefined,
): Trail => ({
  homeRegion: listed.HomeRegion,
  isMultiRegion: listed.IsMultiRegionTrail ?? false,
  isOrganization: listed.IsOrganizationTrail ?? false,
  includesGlobalServices: listed.IncludeGlobalServiceEvents ?? false,
  logFileValidation: listed.LogFileValidationEnabled ?? false,
  s3BucketName: listed.S3BucketName,
  kmsKeyId: listed.KmsKeyId,
  cloudWatchLogsLogGroupArn: listed.CloudWatchLogsLogGroupArn,
  isLogging: status?.IsLogging,
  loggingSince: status?.StartLoggingTime,
  eventSelectors: selectors?.EventSelectors.map((selector) => ({
    readWriteType: selector.ReadWriteType,
    includesManagementEvents: selector.IncludeManagementEvents,
    dataResources: selector.DataResources.map(({ Type, Values }) => ({ type: Type, values: Values.toSorted() })),
  })),
  advancedEventSelectors: selectors?.AdvancedEventSelectors.map(({ FieldSelectors }) => FieldSelectors.flat()),
});

const relationsOf = (listed: ListedTrail, place: Place): readonly Relation[] => [
  ...relatedBucket("storesIn", listed.S3BucketName, place),
  ...logsTo(listed.CloudWatchLogsLogGroupArn),
  ...encryptedBy(listed.KmsKeyId, place),
];
