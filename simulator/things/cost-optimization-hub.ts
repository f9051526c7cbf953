import { json } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { countOf, idOf, isBusy, pageOf, secondsBefore, tagsOf, type ThingService } from "./thing.ts";

/** Source: Cost Optimization Hub API 2022-07-26. An account is enrolled once it has a recommendation. */
const kind = "cost-optimization-hub.recommendations";
const paging = { token: "nextToken", limit: "maxResults", byDefault: 100, min: 1, max: 1000 };

const listEnrollmentStatuses: Operation = (call) =>
  json({
    items: [
      {
        accountId: call.account.id,
        status: countOf(call, kind) > 0 ? "Active" : "Inactive",
        createdTimestamp: secondsBefore(call, 100),
        lastUpdatedTimestamp: secondsBefore(call, 100),
      },
    ],
  });

const regionOf = ({ account: { settings } }: Call, n: number): string =>
  settings.regions[n % settings.regions.length] ?? "us-east-1";
const resourceId = (n: number): string => (isBusy(n) ? idOf("i-0e", n, 19) : idOf("vol-0e", n, 21));
const arnOf = (call: Call, n: number): string =>
  `arn:aws:ec2:${regionOf(call, n)}:${call.account.id}:${isBusy(n) ? "instance" : "volume"}/${resourceId(n)}`;

const rightsize = {
  actionType: "Rightsize",
  currentResourceType: "Ec2Instance",
  recommendedResourceType: "Ec2Instance",
  currentResourceSummary: "m5.xlarge",
  recommendedResourceSummary: "m5.large",
  implementationEffort: "Medium",
  restartNeeded: true,
};
const upgrade = {
  actionType: "Upgrade",
  currentResourceType: "EbsVolume",
  recommendedResourceType: "EbsVolume",
  currentResourceSummary: "gp2",
  recommendedResourceSummary: "gp3",
  implementationEffort: "Low",
  restartNeeded: false,
};

/** Instances and volumes in turn. */
const listRecommendations: Operation = (call) => {
  const { numbers, next } = pageOf(call, kind, paging);
  const items = numbers.map((n) => ({
    recommendationId: idOf("a1b2c3d4-5678-90ab-cdef-", n, 36),
    accountId: call.account.id,
    region: regionOf(call, n),
    resourceId: resourceId(n),
    resourceArn: arnOf(call, n),
    ...(isBusy(n) ? rightsize : upgrade),
    rollbackPossible: true,
    estimatedMonthlySavings: 5 + (n % 50),
    estimatedSavingsPercentage: 50,
    estimatedMonthlyCost: 10 + 2 * (n % 50),
    currencyCode: "USD",
    lastRefreshTimestamp: secondsBefore(call, 0),
    recommendationLookbackPeriodInDays: 14,
    source: "ComputeOptimizer",
    tags: tagsOf(n),
  }));
  return json({ items, nextToken: next });
};

export const costOptimizationHub: ThingService = {
  operations: { ListEnrollmentStatuses: listEnrollmentStatuses, ListRecommendations: listRecommendations },
  kinds: { [kind]: { isGlobal: true, arnOf } },
};
