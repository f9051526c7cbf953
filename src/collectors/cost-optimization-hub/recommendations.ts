import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found } from "#collectors/collector";
import { flag, instant, list, number, tagList, text } from "#collectors/json";

/** What AWS itself recommends to save. Known only in accounts that are enrolled in Cost Optimization Hub. */
export interface HubRecommendation {
  /** `Rightsize`, `Stop`, `Delete`, `Upgrade`, `MigrateToGraviton`, `PurchaseSavingsPlans`, … */
  readonly actionType: string;
  /** `Ec2Instance`, `EbsVolume`, `LambdaFunction`, … */
  readonly currentResourceType: string | null;
  readonly recommendedResourceType: string | null;
  readonly resourceId: string | null;
  readonly resourceArn: string | null;
  /** `m5.xlarge`. */
  readonly currentResource: string | null;
  /** `m5.large`. */
  readonly recommendedResource: string | null;
  /** `VeryLow`, `Low`, `Medium`, `High` or `VeryHigh`. */
  readonly implementationEffort: string | null;
  readonly restartNeeded: boolean | null;
  readonly rollbackPossible: boolean | null;
  /** `ComputeOptimizer` or `CostExplorer`. */
  readonly source: string | null;
  readonly currency: string | null;
}

/** AWS reckons with the discounts it knows of, and anew every day. */
export interface HubRecommendationObserved {
  readonly savingsMonthly: number | null;
  readonly costMonthly: number | null;
  readonly lookbackDays: number | null;
  readonly refreshedAt: string | null;
}

const listEnrollmentStatuses: Operation = { service: "cost-optimization-hub", action: "ListEnrollmentStatuses" };
const listRecommendations: Operation = {
  service: "cost-optimization-hub",
  action: "ListRecommendations",
  paging: { token: "nextToken", next: "nextToken", limit: ["maxResults", 1000] },
};

const Enrollments = z.object({ items: list(z.object({ accountId: text, status: text })) });
const ListedRecommendation = z.object({
  recommendationId: z.string(),
  region: text,
  resourceId: text,
  resourceArn: text,
  currentResourceType: text,
  recommendedResourceType: text,
  currentResourceSummary: text,
  recommendedResourceSummary: text,
  actionType: z.string(),
  implementationEffort: text,
  restartNeeded: flag,
  rollbackPossible: flag,
  source: text,
  currencyCode: text,
  estimatedMonthlySavings: number,
  estimatedMonthlyCost: number,
  recommendationLookbackPeriodInDays: number,
  lastRefreshTimestamp: instant,
  tags: tagList,
});
type ListedRecommendation = z.infer<typeof ListedRecommendation>;
const Page = z.object({ items: list(ListedRecommendation) });

/**
 * Source: Cost Optimization Hub API 2022-07-26, ListEnrollmentStatuses of the account itself, and where it is `Active`
 * ListRecommendations, 1,000 per page, about this account only.
 */
export const collector: Collector<HubRecommendation, HubRecommendationObserved> = {
  id: "cost-optimization-hub.recommendations",
  service: "cost-optimization-hub",
  resourceType: "AWS::CostOptimizationHub::Recommendation",
  scope: "global",
  keeps: "facts",
  optional: true,
  actions: ["cost-optimization-hub:ListEnrollmentStatuses", "cost-optimization-hub:ListRecommendations"],
  async *list({ aws, place }) {
    const { items } = Enrollments.parse(await aws.call(listEnrollmentStatuses));
    if (!items.some(({ accountId, status }) => accountId === place.awsAccountId && status === "Active")) return;
    const filter = { accountIds: [place.awsAccountId] };
    for await (const page of aws.walk(listRecommendations, { filter })) yield Page.parse(page).items.map(found);
  },
};

const found = (listed: ListedRecommendation): Found<HubRecommendation, HubRecommendationObserved> => ({
  nativeId: nativeIdOf(listed),
  arn: null,
  name: listed.resourceId,
  state: null,
  tags: listed.tags,
  createdAt: null,
  region: listed.region,
  attributes: {
    actionType: listed.actionType,
    currentResourceType: listed.currentResourceType,
    recommendedResourceType: listed.recommendedResourceType,
    resourceId: listed.resourceId,
    resourceArn: listed.resourceArn,
    currentResource: listed.currentResourceSummary,
    recommendedResource: listed.recommendedResourceSummary,
    implementationEffort: listed.implementationEffort,
    restartNeeded: listed.restartNeeded,
    rollbackPossible: listed.rollbackPossible,
    source: listed.source,
    currency: listed.currencyCode,
  },
  observed: {
    savingsMonthly: listed.estimatedMonthlySavings,
    costMonthly: listed.estimatedMonthlyCost,
    lookbackDays: listed.recommendationLookbackPeriodInDays,
    refreshedAt: listed.lastRefreshTimestamp,
  },
});

/** The thing and what to do with it: AWS does not say that an id of its own outlives the next refresh. */
const nativeIdOf = ({
  recommendationId,
  resourceArn,
  resourceId,
  region,
  actionType,
  currentResourceType,
}: ListedRecommendation) =>
  resourceArn === null && resourceId === null
    ? recommendationId
    : [actionType, currentResourceType, region, resourceArn ?? resourceId].join("/");
