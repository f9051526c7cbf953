import { z } from "zod";
import { textAt } from "#aws/answer";
import type { AwsCaller, Operation } from "#aws/caller";
import type { CollectContext, Collector } from "#collectors/collector";
import { instant, list, tagMap, text } from "#collectors/json";
import { by } from "#collectors/order";
import { arnIn } from "#collectors/relations";

/** GuardDuty in a region. There is one for every region, so that a missing detector can be told. */
export interface Detector {
  /** null: there is none. */
  readonly detectorId: string | null;
  /** `undefined`: could not be read; null: there is no detector. */
  readonly isEnabled: boolean | null | undefined;
  readonly features: readonly DetectorFeature[] | null | undefined;
  /** `FIFTEEN_MINUTES`, `ONE_HOUR`, `SIX_HOURS`. */
  readonly publishingFrequency: string | null | undefined;
}

export interface DetectorFeature {
  /** `S3_DATA_EVENTS`, `RUNTIME_MONITORING`, … */
  readonly name: string;
  readonly isEnabled: boolean;
}

export interface DetectorObserved {
  /**
   * Current findings of severity 7 and more that were updated in the last 30 days, not archived, the gravest first. Read of
   * an enabled detector only, else null.
   */
  readonly findings: readonly Detection[] | null | undefined;
  /** There are more than were read. */
  readonly hasMoreFindings: boolean;
}

/** All findings of one type about one thing. */
export interface Detection {
  readonly type: string;
  /** 7 to 10, of the gravest. */
  readonly severity: number;
  /** GuardDuty's word: `Instance`, `AccessKey`, `S3Bucket`, … */
  readonly resourceType: string;
  /** Its ARN, id or name; null where GuardDuty names none. */
  readonly resource: string | null;
  readonly findings: number;
  readonly updatedAt: string | null;
}

const severityMin = 7;
const daysBack = 30;
const dayMs = 86_400_000;
const pageSize = 50;
const pagesMax = 5;

const listDetectors: Operation = { service: "guardduty", action: "ListDetectors", method: "GET", path: "/detector" };
const getDetector: Operation = {
  service: "guardduty",
  action: "GetDetector",
  method: "GET",
  path: "/detector/{detectorId}",
};
const listFindings: Operation = {
  service: "guardduty",
  action: "ListFindings",
  method: "POST",
  path: "/detector/{detectorId}/findings",
};
const getFindings: Operation = {
  service: "guardduty",
  action: "GetFindings",
  method: "POST",
  path: "/detector/{detectorId}/findings/get",
};

const Detectors = z.object({ detectorIds: z.array(z.string()) });
const Detail = z.object({
  status: z.string(),
  createdAt: instant,
  findingPublishingFrequency: text,
  features: list(z.object({ name: z.string(), status: text })),
  tags: tagMap,
});
const FindingIds = z.object({ findingIds: z.array(z.string()), nextToken: text });
const Findings = z.object({
  findings: z.array(
    z.object({
      type: z.string(),
      severity: z.number(),
      updatedAt: instant,
      resource: z.looseObject({ resourceType: z.string() }),
    }),
  ),
});
type Finding = z.infer<typeof Findings>["findings"][number];

/**
 * Source: GuardDuty API 2017-11-28, ListDetectors (AWS allows one in a region), GetDetector, and of an enabled one
 * ListFindings with GetFindings, 50 at a time, at most 250.
 */
export const collector: Collector<Detector, DetectorObserved, string | null> = {
  id: "guardduty.detectors",
  service: "guardduty",
  resourceType: "AWS::GuardDuty::Detector",
  scope: "regional",
  actions: ["guardduty:GetDetector", "guardduty:GetFindings", "guardduty:ListDetectors", "guardduty:ListFindings"],
  async *list({ aws }) {
    const [detectorId = null] = Detectors.parse(await aws.call(listDetectors)).detectorIds;
    yield [detectorId];
  },
  async describe(context, [detectorId = null]) {
    const { aws, place } = context;
    const detail = detectorId === null ? null : Detail.safeParse(await aws.attempt(getDetector, { detectorId })).data;
    const isEnabled = detail && detail.status === "ENABLED";
    return [
      {
        nativeId: place.region,
        arn: detectorId && arnIn(place, "guardduty", `detector/${detectorId}`),
        name: null,
        state: detail?.status ?? null,
        tags: detail?.tags ?? {},
        tagsUnread: detail === undefined,
        createdAt: detail?.createdAt ?? null,
        attributes: {
          detectorId,
          isEnabled,
          features: detail && featuresOf(detail),
          publishingFrequency: detail && detail.findingPublishingFrequency,
        },
        observed: detectorId && isEnabled ? await detectionsOf(context, detectorId) : unasked,
      },
    ];
  },
};

const unasked: DetectorObserved = { findings: null, hasMoreFindings: false };

const featuresOf = ({ features }: z.infer<typeof Detail>): readonly DetectorFeature[] =>
  features.map(({ name, status }) => ({ name, isEnabled: status === "ENABLED" })).toSorted(by(({ name }) => name));

async function detectionsOf({ aws, now }: CollectContext, detectorId: string): Promise<DetectorObserved> {
  const found: Finding[] = [];
  const since = Math.floor(now.getTime() / dayMs - daysBack) * dayMs;
  let nextToken: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const ids: z.infer<typeof FindingIds> | undefined = await idsOf(aws, { detectorId, since, nextToken });
    const findings = ids && (await findingsOf(aws, detectorId, ids.findingIds));
    if (!ids || !findings) return { findings: undefined, hasMoreFindings: false };
    found.push(...findings);
    nextToken = ids.nextToken;
    if (nextToken === null) break;
  }
  return { findings: together(found), hasMoreFindings: nextToken !== null };
}

async function idsOf(
  aws: AwsCaller,
  { detectorId, since, nextToken }: { detectorId: string; since: number; nextToken: string | null },
): Promise<z.infer<typeof FindingIds> | undefined> {
  const answer = await aws.attempt(listFindings, {
    detectorId,
    findingCriteria: {
      criterion: {
        severity: { greaterThanOrEqual: severityMin },
        "service.archived": { equals: ["false"] },
        updatedAt: { greaterThanOrEqual: since },
      },
    },
    sortCriteria: { attributeName: "severity", orderBy: "DESC" },
    maxResults: pageSize,
    ...(nextToken === null ? {} : { nextToken }),
  });
  return FindingIds.safeParse(answer).data;
}

async function findingsOf(
  aws: AwsCaller,
  detectorId: string,
  findingIds: readonly string[],
): Promise<readonly Finding[] | undefined> {
  if (findingIds.length === 0) return [];
  return Findings.safeParse(await aws.attempt(getFindings, { detectorId, findingIds })).data?.findings;
}

function together(findings: readonly Finding[]): readonly Detection[] {
  const groups = Map.groupBy(findings, ({ type, resource }) => `${type} ${subjectOf(resource) ?? ""}`);
  return [...groups.values()].flatMap(detectionOf).toSorted(graverFirst);
}

const detectionOf = (group: readonly Finding[]): readonly Detection[] =>
  group.slice(0, 1).map(({ type, resource }) => ({
    type,
    severity: Math.max(...group.map(({ severity }) => severity)),
    resourceType: resource.resourceType,
    resource: subjectOf(resource),
    findings: group.length,
    updatedAt:
      group
        .map(({ updatedAt }) => updatedAt ?? "")
        .toSorted()
        .at(-1) || null,
  }));

const graverFirst = (a: Detection, b: Detection): number =>
  b.severity - a.severity || (a.type + a.resource < b.type + b.resource ? -1 : 1);

/** Where a finding names the thing it is about, the most telling first. */
const subjects = [
  "instanceDetails.instanceId",
  "s3BucketDetails.arn",
  "eksClusterDetails.arn",
  "ecsClusterDetails.arn",
  "lambdaDetails.functionArn",
  "rdsDbInstanceDetails.dbInstanceArn",
  "containerDetails.name",
  "accessKeyDetails.accessKeyId",
  "accessKeyDetails.principalId",
] as const;

/** ARN, id or name of what a GuardDuty finding is about. */
const subjectOf = (resource: unknown): string | null =>
  subjects.map((path) => textAt(resource, path)).find((name) => name) ?? null;
