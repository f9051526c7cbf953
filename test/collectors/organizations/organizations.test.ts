import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector } from "#collectors/organizations/organizations";
import { allOf, fakeAws } from "../../support/fake-aws.ts";
import { notInUse, organizationArn, organizationBy } from "./wire.ts";

describe("organizations.organizations", () => {
  it("is the organization a member account is in", async ({ expect }) => {
    const aws = fakeAws({ DescribeOrganization: () => organizationBy("444455556666") });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: organizationArn,
        arn: organizationArn,
        name: "o-exampleorgid",
        state: null,
        tags: {},
        createdAt: null,
        region: null,
        costMonthly: 0,
        attributes: {
          organizationId: "o-exampleorgid",
          managementAccountId: "444455556666",
          featureSet: "ALL",
          isManagement: false,
        },
      },
    ]);
    expect(aws.asked).toEqual(["DescribeOrganization"]);
  });

  it("knows the management account", async ({ expect }) => {
    const aws = fakeAws({ DescribeOrganization: () => organizationBy("111122223333") });
    expect((await allOf(collector, aws))[0]?.attributes.isManagement).toBe(true);
  });

  it("finds nothing for an account on its own", async ({ expect }) => {
    const aws = fakeAws({ DescribeOrganization: () => notInUse });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toHaveLength(1);
  });

  it("throws when it is denied", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toBeInstanceOf(AwsFault);
  });
});
