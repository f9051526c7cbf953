import { describe, it } from "vitest";
import { collector } from "#collectors/cost-optimization-hub/recommendations";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";

const arn = "arn:aws:ec2:eu-west-1:111122223333:instance/i-1";
const recommendation = {
  recommendationId: "MTExMTIyMjIzMzMzX2E=",
  accountId: "111122223333",
  region: "eu-west-1",
  resourceId: "i-1",
  resourceArn: arn,
  currentResourceType: "Ec2Instance",
  recommendedResourceType: "Ec2Instance",
  estimatedMonthlySavings: 70.08,
  estimatedSavingsPercentage: 50,
  estimatedMonthlyCost: 140.16,
  currencyCode: "USD",
  implementationEffort: "Medium",
  restartNeeded: true,
  actionType: "Rightsize",
  rollbackPossible: true,
  currentResourceSummary: "m5.xlarge",
  recommendedResourceSummary: "m5.large",
  lastRefreshTimestamp: 1_771_000_000,
  recommendationLookbackPeriodInDays: 14,
  source: "ComputeOptimizer",
  tags: [{ key: "team", value: "web" }],
};
const enrolled = (status: string, accountId = "111122223333"): string =>
  JSON.stringify({ items: [{ accountId, status, createdTimestamp: 1_760_000_000 }], includeMemberAccounts: false });

describe("cost-optimization-hub.recommendations", () => {
  it("reads a recommendation", async ({ expect }) => {
    const aws = fakeAws({
      ListEnrollmentStatuses: enrolled("Active"),
      ListRecommendations: JSON.stringify({ items: [recommendation] }),
    });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: `Rightsize/Ec2Instance/eu-west-1/${arn}`,
        arn: null,
        name: "i-1",
        state: null,
        tags: { team: "web" },
        createdAt: null,
        region: "eu-west-1",
        attributes: {
          actionType: "Rightsize",
          currentResourceType: "Ec2Instance",
          recommendedResourceType: "Ec2Instance",
          resourceId: "i-1",
          resourceArn: arn,
          currentResource: "m5.xlarge",
          recommendedResource: "m5.large",
          implementationEffort: "Medium",
          restartNeeded: true,
          rollbackPossible: true,
          source: "ComputeOptimizer",
          currency: "USD",
        },
        observed: {
          savingsMonthly: 70.08,
          costMonthly: 140.16,
          lookbackDays: 14,
          refreshedAt: "2026-02-13T16:26:40.000Z",
        },
      },
    ]);
    expect(aws.asked).toEqual([
      "ListEnrollmentStatuses",
      'ListRecommendations {"filter":{"accountIds":["111122223333"]},"maxResults":1000}',
    ]);
  });

  it("reads one that names next to nothing, and goes through all pages", async ({ expect }) => {
    const aws = fakeAws({
      ListEnrollmentStatuses: enrolled("Active"),
      ListRecommendations: ({ nextToken }) =>
        JSON.stringify(
          nextToken === "2"
            ? { items: [recommendation] }
            : { items: [{ recommendationId: "r1", actionType: "PurchaseSavingsPlans" }], nextToken: "2" },
        ),
    });
    const [[bare] = [], [full] = []] = await collect(collector, aws);
    expect(bare).toMatchObject({
      nativeId: "r1",
      name: null,
      region: null,
      tags: {},
      attributes: { actionType: "PurchaseSavingsPlans", resourceId: null, restartNeeded: null },
      observed: { savingsMonthly: null, refreshedAt: null },
    });
    expect(full?.attributes.resourceId).toBe("i-1");
  });

  it.for([enrolled("Inactive"), enrolled("Active", "444455556666"), '{"items":[]}', "{}"])(
    "makes one call for an account that is not enrolled: %s",
    async (ListEnrollmentStatuses, { expect }) => {
      const aws = fakeAws({ ListEnrollmentStatuses });
      expect(await allOf(collector, aws)).toEqual([]);
      expect(aws.asked).toEqual(["ListEnrollmentStatuses"]);
    },
  );

  it("fails as a whole when either call is denied", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    const half = fakeAws({ ListEnrollmentStatuses: enrolled("Active") });
    await expect(allOf(collector, half)).rejects.toThrow("AccessDenied");
  });
});
