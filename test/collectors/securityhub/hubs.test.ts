import { describe, it } from "vitest";
import { collector } from "#collectors/securityhub/hubs";
import { allOf, fakeAws } from "../../support/fake-aws.ts";

const arn = "arn:aws:securityhub:eu-west-1:111122223333:hub/default";
const DescribeHub = JSON.stringify({
  HubArn: arn,
  SubscribedAt: "2025-11-21T15:26:04.209Z",
  AutoEnableControls: true,
  ControlFindingGenerator: "SECURITY_CONTROL",
});
const standard = (name: string, StandardsStatus: string) => ({
  StandardsSubscriptionArn: `arn:aws:securityhub:eu-west-1:111122223333:subscription/${name}`,
  StandardsArn: `arn:aws:securityhub:eu-west-1::standards/${name}`,
  StandardsInput: {},
  StandardsStatus,
});

describe("securityhub.hubs", () => {
  it("reads the hub of a region and its standards", async ({ expect }) => {
    const aws = fakeAws({
      DescribeHub,
      GetEnabledStandards: JSON.stringify({
        StandardsSubscriptions: [standard("pci-dss/v/3.2.1", "INCOMPLETE"), standard("cis/v/3.0.0", "READY")],
      }),
    });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arn,
        arn,
        name: null,
        state: null,
        tags: {},
        createdAt: "2025-11-21T15:26:04.209Z",
        attributes: {
          isEnabled: true,
          standards: [
            { arn: "arn:aws:securityhub:eu-west-1::standards/cis/v/3.0.0", status: "READY" },
            { arn: "arn:aws:securityhub:eu-west-1::standards/pci-dss/v/3.2.1", status: "INCOMPLETE" },
          ],
          autoEnablesControls: true,
        },
      },
    ]);
    expect(aws.asked).toEqual(["DescribeHub", 'GetEnabledStandards {"MaxResults":100}']);
    expect(aws.calls.map(({ request }) => request)).toEqual(["eu-west-1 /accounts", "eu-west-1 /standards/get"]);
  });

  it.for(["InvalidAccessException", "ResourceNotFoundException"])(
    "takes %s for not enabled, and asks no more",
    async (code, { expect }) => {
      const aws = fakeAws({
        DescribeHub: { status: 401, body: JSON.stringify({ __type: code, Message: "Account is not subscribed" }) },
      });
      expect((await allOf(collector, aws))[0]).toMatchObject({
        nativeId: arn,
        arn: null,
        createdAt: null,
        attributes: { isEnabled: false, standards: null, autoEnablesControls: null },
      });
      expect(aws.asked).toEqual(["DescribeHub"]);
      expect(aws.gaps).toEqual([]);
    },
  );

  it("says undefined where a call is denied, and keeps the gap", async ({ expect }) => {
    const blind = fakeAws({});
    expect((await allOf(collector, blind))[0]?.attributes).toEqual({
      isEnabled: undefined,
      standards: undefined,
      autoEnablesControls: null,
    });
    expect(blind.gaps).toEqual(["DescribeHub"]);
    const half = fakeAws({ DescribeHub });
    expect((await allOf(collector, half))[0]?.attributes).toMatchObject({ isEnabled: true, standards: undefined });
    expect(half.gaps).toEqual(["GetEnabledStandards"]);
  });
});
