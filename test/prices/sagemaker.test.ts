import { describe, it } from "vitest";
import { mlInstanceMonthlyUsd, mlStorageMonthlyUsd } from "#prices/sagemaker";

describe("prices of SageMaker", () => {
  it.for([
    ["ml.t3.medium", 0.05],
    ["ml.t3.xlarge", 0.2],
    ["ml.m5.large", 0.115],
    ["ml.m5.xlarge", 0.23],
    ["ml.m5.24xlarge", 5.52],
    ["ml.g4dn.xlarge", 0.7364],
  ] as const)("%s: %f an hour", ([type, hour], { expect }) => {
    expect(mlInstanceMonthlyUsd(type, "us-east-1")).toBeCloseTo(hour * 730, 6);
  });

  it.for([
    ["ml.c5.xlarge", 0.17],
    ["ml.g4dn.2xlarge", 0.752],
    ["ml.p5.48xlarge", 55.04],
  ] as const)("%s: a fifth more than %f an hour", ([type, ec2Hour], { expect }) => {
    expect(mlInstanceMonthlyUsd(type, "us-east-1")).toBeCloseTo(ec2Hour * 1.2 * 730, 6);
    expect(mlInstanceMonthlyUsd(type, "eu-west-1")).toBeCloseTo(ec2Hour * 1.2 * 730 * 1.11, 6);
  });

  it.for(["ml.p99.large", "ml.", "ml", "ec2.m5.large", "m5.large", "", "ml.m5.metal"])(
    "does not guess at %j",
    (type, { expect }) => {
      expect(mlInstanceMonthlyUsd(type, "us-east-1")).toBeNull();
    },
  );

  it("follows the region", ({ expect }) => {
    expect(mlStorageMonthlyUsd(100, "us-east-1")).toBeCloseTo(14);
    expect(mlStorageMonthlyUsd(100, "eu-west-1")).toBeCloseTo(15.54);
  });
});
