import { describe, it } from "vitest";
import { instanceMonthlyUsd, natGatewayMonthlyUsd, nextSmallerType } from "#prices/ec2";

describe("prices of EC2", () => {
  it.for([
    ["t3.medium", 0.0416],
    ["t2.nano", 0.0058],
    ["m3.large", 0.133],
    ["m5.xlarge", 0.192],
    ["r5.24xlarge", 6.048],
    ["m8g.48xlarge", 8.61696],
    ["c7i-flex.2xlarge", 0.33915],
    ["g5.12xlarge", 5.672],
    ["g5.16xlarge", 4.096],
    ["t1.micro", 0.02],
    ["p5.48xlarge", 55.04],
  ] as const)("%s costs %f an hour", ([type, hour], { expect }) => {
    const usd = instanceMonthlyUsd(type, "us-east-1") ?? 0;
    expect(Math.abs(usd / 730 / hour - 1)).toBeLessThan(0.01);
  });

  it("follows the region", ({ expect }) => {
    expect(instanceMonthlyUsd("m5.large", "sa-east-1")).toBeCloseTo(0.096 * 730 * 1.59, 9);
    expect(natGatewayMonthlyUsd("us-east-1")).toBeCloseTo(32.85, 9);
  });

  it.for(["m5.medium", "m5.metal", "q1.large", "m5", ""])("does not know %j", (type, { expect }) => {
    expect(instanceMonthlyUsd(type, "us-east-1")).toBeNull();
    expect(nextSmallerType(type)).toBeNull();
  });

  it.for([
    ["m5.xlarge", "m5.large"],
    ["m5.large", null],
    ["c5.9xlarge", "c5.4xlarge"],
    ["t3.large", "t3.medium"],
    ["t3.nano", null],
  ] as const)("below %s is %s", ([type, smaller], { expect }) => {
    expect(nextSmallerType(type)).toBe(smaller);
  });
});
