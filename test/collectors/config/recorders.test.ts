import { describe, it } from "vitest";
import { collector } from "#collectors/config/recorders";
import { allOf, fakeAws } from "../../support/fake-aws.ts";

const arn = "arn:aws:config:eu-west-1:111122223333:configuration-recorder/default/abcd";
const DescribeConfigurationRecorders = JSON.stringify({
  ConfigurationRecorders: [
    {
      arn,
      name: "default",
      roleARN: "arn:aws:iam::111122223333:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
      recordingGroup: {
        allSupported: false,
        includeGlobalResourceTypes: false,
        resourceTypes: ["AWS::S3::Bucket", "AWS::EC2::Volume"],
        exclusionByResourceTypes: { resourceTypes: [] },
        recordingStrategy: { useOnly: "INCLUSION_BY_RESOURCE_TYPES" },
      },
      recordingMode: { recordingFrequency: "CONTINUOUS" },
      recordingScope: "PAID",
    },
  ],
});
const DescribeConfigurationRecorderStatus = JSON.stringify({
  ConfigurationRecordersStatus: [
    {
      name: "default",
      recording: true,
      lastStatus: "Failure",
      lastErrorCode: "AccessDenied",
      lastStatusChangeTime: 1_771_000_000,
    },
  ],
});

describe("config.recorders", () => {
  it("reads the recorder of a region", async ({ expect }) => {
    const aws = fakeAws({ DescribeConfigurationRecorders, DescribeConfigurationRecorderStatus });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: "eu-west-1",
        arn,
        name: "default",
        state: null,
        tags: {},
        createdAt: null,
        attributes: {
          exists: true,
          isRecording: true,
          allSupported: false,
          includesGlobalTypes: false,
          strategy: "INCLUSION_BY_RESOURCE_TYPES",
          resourceTypes: ["AWS::EC2::Volume", "AWS::S3::Bucket"],
          excludedTypes: [],
        },
        observed: {
          lastStatus: "FAILURE",
          lastErrorCode: "AccessDenied",
          lastStatusChangedAt: "2026-02-13T16:26:40.000Z",
        },
      },
    ]);
    expect(aws.asked).toEqual(["DescribeConfigurationRecorders", "DescribeConfigurationRecorderStatus"]);
  });

  it("says so where there is none, after one call", async ({ expect }) => {
    const aws = fakeAws({ DescribeConfigurationRecorders: '{"ConfigurationRecorders":[]}' });
    const [found] = await allOf(collector, aws);
    expect(found).toMatchObject({ nativeId: "eu-west-1", arn: null, name: null });
    expect(found?.attributes).toEqual({
      exists: false,
      isRecording: null,
      allSupported: null,
      includesGlobalTypes: null,
      strategy: null,
      resourceTypes: [],
      excludedTypes: [],
    });
    expect(aws.asked).toEqual(["DescribeConfigurationRecorders"]);
  });

  it("says undefined where the status is denied, or is another's", async ({ expect }) => {
    const denied = fakeAws({ DescribeConfigurationRecorders });
    expect((await allOf(collector, denied))[0]).toMatchObject({
      attributes: { exists: true, isRecording: undefined },
      observed: { lastStatus: undefined },
    });
    expect(denied.gaps).toEqual(["DescribeConfigurationRecorderStatus"]);
    const other = fakeAws({
      DescribeConfigurationRecorders,
      DescribeConfigurationRecorderStatus: '{"ConfigurationRecordersStatus":[{"name":"x","recording":true}]}',
    });
    expect((await allOf(collector, other))[0]?.attributes.isRecording).toBeUndefined();
  });

  it("fails as a whole when the list is denied", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
  });
});
