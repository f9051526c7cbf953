import { describe, it } from "vitest";
import { collector } from "#collectors/ce/costs";
import { allOf, fakeAws } from "../../support/fake-aws.ts";

const now = new Date("2026-03-31T12:34:56Z");
const group = (service: string, Amount: string) => ({
  Keys: [service],
  Metrics: { UnblendedCost: { Amount, Unit: "USD" } },
});
const day = (Start: string, Groups: readonly object[], Estimated = false) => ({
  TimePeriod: { Start, End: "2026-04-01" },
  Total: {},
  Groups,
  Estimated,
});
const input = {
  TimePeriod: { Start: "2026-03-01", End: "2026-03-31" },
  Granularity: "DAILY",
  Metrics: ["UnblendedCost"],
  GroupBy: [{ Type: "DIMENSION", Key: "SERVICE" }],
  Filter: { Dimensions: { Key: "LINKED_ACCOUNT", Values: ["111122223333"] } },
};

describe("ce.costs", () => {
  it("reads what each service cost each day, over all pages", async ({ expect }) => {
    const aws = fakeAws({
      GetCostAndUsage: ({ NextPageToken }) =>
        JSON.stringify(
          NextPageToken === undefined
            ? {
                ResultsByTime: [
                  day("2026-03-29", [group("AWS Lambda", "0.0000001"), group("Amazon EC2", "12.5")]),
                  day("2026-03-30", [group("AWS Lambda", "1")], true),
                ],
                NextPageToken: "2",
              }
            : { ResultsByTime: [day("2026-03-30", [group("Amazon EC2", "13.25")], true)] },
        ),
    });
    expect(await allOf(collector, aws, now)).toEqual([
      {
        nativeId: "AWS Lambda",
        arn: null,
        name: "AWS Lambda",
        state: null,
        tags: {},
        createdAt: null,
        region: null,
        attributes: { service: "AWS Lambda", currency: "USD" },
        observed: {
          days: [
            { day: "2026-03-29", amount: 0.000_000_1, isEstimated: false },
            { day: "2026-03-30", amount: 1, isEstimated: true },
          ],
        },
      },
      expect.objectContaining({
        nativeId: "Amazon EC2",
        observed: {
          days: [
            { day: "2026-03-29", amount: 12.5, isEstimated: false },
            { day: "2026-03-30", amount: 13.25, isEstimated: true },
          ],
        },
      }),
    ]);
    expect(aws.calls.map((call) => call.input)).toEqual([input, { ...input, NextPageToken: "2" }]);
  });

  it("counts a day without a service as nothing spent on it", async ({ expect }) => {
    const days = [day("2026-03-02", []), day("2026-03-01", [group("Tax", "3")])];
    const [found] = await allOf(collector, fakeAws({ GetCostAndUsage: JSON.stringify({ ResultsByTime: days }) }), now);
    expect(found?.observed?.days.map(({ day: date, amount }) => [date, amount])).toEqual([
      ["2026-03-01", 3],
      ["2026-03-02", 0],
    ]);
  });

  it("makes one call for an account that spends nothing", async ({ expect }) => {
    const aws = fakeAws({ GetCostAndUsage: '{"ResultsByTime":[],"DimensionValueAttributes":[]}' });
    expect(await allOf(collector, aws, now)).toEqual([]);
    expect(aws.calls).toHaveLength(1);
  });

  it("fails as a whole when the call is denied, or answers without a list", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}), now)).rejects.toThrow("AccessDenied");
    await expect(allOf(collector, fakeAws({ GetCostAndUsage: "{}" }), now)).rejects.toThrow();
  });
});
