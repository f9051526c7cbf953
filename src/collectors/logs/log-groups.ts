import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { flag, number, text } from "#collectors/json";
import { encryptedBy, logGroupArn } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";
import { storedLogsMonthlyUsd } from "#prices/logs";
import { inRegion } from "#prices/regions";
import { instantOfMs } from "./shapes.ts";

export interface LogGroup {
  /** null: for ever. */
  readonly retentionInDays: number | null;
  /** `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`. */
  readonly logGroupClass: string | null;
  readonly kmsKeyId: string | null;
  readonly metricFilterCount: number | null;
  /** `ACTIVATED`, …; null: it never had a data protection policy. */
  readonly dataProtectionStatus: string | null;
  readonly deletionProtection: boolean | null;
}

export interface LogGroupObserved {
  /** Compressed, as billed. */
  readonly storedBytes: number | null;
}

const describeLogGroups: Operation = {
  service: "logs",
  action: "DescribeLogGroups",
  paging: { token: "nextToken", next: "nextToken", limit: ["limit", 50] },
};

const ListedGroup = z.object({
  logGroupName: z.string(),
  creationTime: instantOfMs,
  retentionInDays: number,
  metricFilterCount: number,
  storedBytes: number,
  kmsKeyId: text,
  dataProtectionStatus: text,
  logGroupClass: text,
  deletionProtectionEnabled: flag,
});
type ListedGroup = z.infer<typeof ListedGroup>;

const Page = z.object({ logGroups: z.array(ListedGroup) });

/** Source: CloudWatch Logs API 2014-03-28, DescribeLogGroups. 50 per page. */
export const collector: Collector<LogGroup, LogGroupObserved> = {
  id: "logs.logGroups",
  service: "logs",
  resourceType: "AWS::Logs::LogGroup",
  scope: "regional",
  actions: ["logs:DescribeLogGroups", ...tagActions],
  async *list(context) {
    const { aws, place } = context;
    for await (const page of aws.walk(describeLogGroups)) {
      const groups = Page.parse(page).logGroups;
      yield groups.map((group) => found(group, place));
    }
  },
};

function found(group: ListedGroup, place: Place): Found<LogGroup, LogGroupObserved> {
  const arn = logGroupArn(place, group.logGroupName);
  return {
    nativeId: arn,
    arn,
    name: group.logGroupName,
    state: null,
    ...taggedAs(arn),
    createdAt: group.creationTime,
    costMonthly: inRegion(storedLogsMonthlyUsd(group.storedBytes), place.region),
    relations: encryptedBy(group.kmsKeyId, place),
    attributes: {
      retentionInDays: group.retentionInDays,
      logGroupClass: group.logGroupClass,
      kmsKeyId: group.kmsKeyId,
      metricFilterCount: group.metricFilterCount,
      dataProtectionStatus: group.dataProtectionStatus,
      deletionProtection: group.deletionProtectionEnabled,
    },
    observed: { storedBytes: group.storedBytes },
  };
}
