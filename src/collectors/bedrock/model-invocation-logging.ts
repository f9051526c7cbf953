import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Place, Relation } from "#collectors/collector";
import { flag, part, text } from "#collectors/json";
import { metricActions } from "#collectors/metrics";
import { logGroupArn, logsTo, relatedBucket } from "#collectors/relations";

/** Where Bedrock writes what is asked of its models in a region. There is one for every region. */
export interface ModelInvocationLogging {
  /** null: nothing goes to S3. */
  readonly s3BucketName: string | null;
  readonly s3KeyPrefix: string | null;
  /** null: nothing goes to CloudWatch Logs. */
  readonly logGroupName: string | null;
  readonly textDelivered: boolean | null;
  readonly imageDelivered: boolean | null;
  readonly embeddingDelivered: boolean | null;
}

export interface ModelInvocationLoggingObserved {
  /** In the last 30 days, of all models; null: no data, which is none, or logging is on and nobody asked. */
  readonly invocations30Days: number | null | undefined;
}

const getLogging: Operation = {
  service: "bedrock",
  action: "GetModelInvocationLoggingConfiguration",
  method: "GET",
  path: "/logging/modelinvocations",
};

const Answer = z.object({
  loggingConfig: part({
    cloudWatchConfig: part({ logGroupName: text }),
    s3Config: part({ bucketName: text, keyPrefix: text }),
    textDataDeliveryEnabled: flag,
    imageDataDeliveryEnabled: flag,
    embeddingDataDeliveryEnabled: flag,
  }),
});

/**
 * Source: Bedrock API 2023-04-20, GetModelInvocationLoggingConfiguration; where nothing is logged, `Invocations` of
 * `AWS/Bedrock`, whose figure without a dimension is that of all models.
 */
export const collector: Collector<ModelInvocationLogging, ModelInvocationLoggingObserved> = {
  id: "bedrock.modelInvocationLogging",
  service: "bedrock",
  resourceType: "AWS::Bedrock::ModelInvocationLoggingConfiguration",
  scope: "regional",
  actions: ["bedrock:GetModelInvocationLoggingConfiguration", ...metricActions],
  async *list({ aws, place }) {
    const { loggingConfig: config } = Answer.parse(await aws.call(getLogging));
    const attributes = {
      s3BucketName: config.s3Config.bucketName,
      s3KeyPrefix: config.s3Config.keyPrefix,
      logGroupName: config.cloudWatchConfig.logGroupName,
      textDelivered: config.textDataDeliveryEnabled,
      imageDelivered: config.imageDataDeliveryEnabled,
      embeddingDelivered: config.embeddingDataDeliveryEnabled,
    };
    yield [
      {
        nativeId: place.region,
        arn: null,
        name: null,
        state: null,
        tags: {},
        createdAt: null,
        costMonthly: 0,
        relations: relationsOf(attributes, place),
        attributes,
        observed: { invocations30Days: null },
      },
    ];
  },
  measures: {
    queries: ({ attributes: { s3BucketName, logGroupName } }) =>
      s3BucketName === null && logGroupName === null ? [invocations] : [],
    with: (found, [invocations30Days]) => ({ ...found, observed: { invocations30Days } }),
  },
};

const relationsOf = ({ s3BucketName, logGroupName }: ModelInvocationLogging, place: Place): readonly Relation[] => [
  ...relatedBucket("storesIn", s3BucketName, place),
  ...logsTo(logGroupName && logGroupArn(place, logGroupName)),
];

const invocations = {
  namespace: "AWS/Bedrock",
  metric: "Invocations",
  dimensions: {},
  stat: "Sum",
  days: 30,
  over: "sum",
} as const;
