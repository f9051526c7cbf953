import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector } from "#collectors/collector";
import { flag, instant, list, part, text, texts } from "#collectors/json";

/** What AWS Config records in a region. There is one for every region, so that a missing recorder can be told. */
export interface Recorder {
  readonly exists: boolean;
  /** `undefined`: could not be read; null: there is no recorder. */
  readonly isRecording: boolean | null | undefined;
  /** Every type of resource but those of IAM. */
  readonly allSupported: boolean | null;
  readonly includesGlobalTypes: boolean | null;
  /** `ALL_SUPPORTED_RESOURCE_TYPES`, `INCLUSION_BY_RESOURCE_TYPES` or `EXCLUSION_BY_RESOURCE_TYPES`. */
  readonly strategy: string | null;
  /** The types recorded, when they are chosen one by one. */
  readonly resourceTypes: readonly string[];
  readonly excludedTypes: readonly string[];
}

export interface RecorderObserved {
  /** How the last delivery went: `SUCCESS`, `FAILURE`, `PENDING`; in capitals, however AWS writes it. */
  readonly lastStatus: string | null | undefined;
  readonly lastErrorCode: string | null | undefined;
  readonly lastStatusChangedAt: string | null | undefined;
}

const describeRecorders: Operation = { service: "config", action: "DescribeConfigurationRecorders" };
const describeStatus: Operation = { service: "config", action: "DescribeConfigurationRecorderStatus" };

const ListedRecorder = z.object({
  arn: text,
  name: z.string(),
  recordingGroup: part({
    allSupported: flag,
    includeGlobalResourceTypes: flag,
    resourceTypes: texts,
    exclusionByResourceTypes: part({ resourceTypes: texts }),
    recordingStrategy: part({ useOnly: text }),
  }),
});
const Recorders = z.object({ ConfigurationRecorders: list(ListedRecorder) });
type ListedRecorder = z.infer<typeof ListedRecorder>;

const Statuses = z.object({
  ConfigurationRecordersStatus: list(
    z.object({
      name: z.string(),
      recording: z.boolean(),
      lastStatus: text.transform((word) => word?.toUpperCase() ?? null),
      lastErrorCode: text,
      lastStatusChangeTime: instant,
    }),
  ),
});

/**
 * Source: AWS Config API 2014-11-12, DescribeConfigurationRecorders, and DescribeConfigurationRecorderStatus where there is
 * one. A region has at most one recorder of the customer's own, and those two answer about it when none is named.
 */
export const collector: Collector<Recorder, RecorderObserved, ListedRecorder | null> = {
  id: "config.recorders",
  service: "config",
  resourceType: "AWS::Config::ConfigurationRecorder",
  scope: "regional",
  actions: ["config:DescribeConfigurationRecorderStatus", "config:DescribeConfigurationRecorders"],
  async *list({ aws }) {
    const [recorder = null] = Recorders.parse(await aws.call(describeRecorders)).ConfigurationRecorders;
    yield [recorder];
  },
  async describe({ aws, place }, [recorder = null]) {
    const answer = recorder && (await aws.attempt(describeStatus, {}, ["NoSuchConfigurationRecorderException"]));
    const statuses = Statuses.safeParse(answer).data?.ConfigurationRecordersStatus;
    const status = answer === null ? null : statuses?.find(({ name }) => name === recorder?.name);
    const group = recorder?.recordingGroup;
    return [
      {
        nativeId: place.region,
        arn: recorder?.arn ?? null,
        name: recorder?.name ?? null,
        state: null,
        tags: {},
        createdAt: null,
        attributes: {
          exists: recorder !== null,
          isRecording: status && status.recording,
          allSupported: group?.allSupported ?? null,
          includesGlobalTypes: group?.includeGlobalResourceTypes ?? null,
          strategy: group?.recordingStrategy.useOnly ?? null,
          resourceTypes: group?.resourceTypes.toSorted() ?? [],
          excludedTypes: group?.exclusionByResourceTypes.resourceTypes.toSorted() ?? [],
        },
        observed: {
          lastStatus: status && status.lastStatus,
          lastErrorCode: status && status.lastErrorCode,
          lastStatusChangedAt: status && status.lastStatusChangeTime,
        },
      },
    ];
  },
};
