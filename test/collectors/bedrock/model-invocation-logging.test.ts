import { describe, it } from "vitest";
import { collector } from "#collectors/bedrock/model-invocation-logging";
import { allOf, fakeAws } from "../../support/fake-aws.ts";

const now = new Date("2026-03-31T12:34:56Z");

describe("bedrock.modelInvocationLogging", () => {
  it("reads where invocations are logged", async ({ expect }) => {
    const aws = fakeAws({
      GetModelInvocationLoggingConfiguration: JSON.stringify({
        loggingConfig: {
          cloudWatchConfig: { logGroupName: "/bedrock", roleArn: "arn:aws:iam::111122223333:role/bedrock" },
          s3Config: { bucketName: "acme-bedrock", keyPrefix: "logs" },
          textDataDeliveryEnabled: true,
          imageDataDeliveryEnabled: false,
          embeddingDataDeliveryEnabled: true,
        },
      }),
    });
    expect(await allOf(collector, aws, now)).toEqual([
      {
        nativeId: "eu-west-1",
        arn: null,
        name: null,
        state: null,
        tags: {},
        createdAt: null,
        costMonthly: 0,
        relations: [
          { kind: "storesIn", resourceType: "AWS::S3::Bucket", target: "arn:aws:s3:::acme-bedrock" },
          {
            kind: "logsTo",
            resourceType: "AWS::Logs::LogGroup",
            target: "arn:aws:logs:eu-west-1:111122223333:log-group:/bedrock",
          },
        ],
        attributes: {
          s3BucketName: "acme-bedrock",
          s3KeyPrefix: "logs",
          logGroupName: "/bedrock",
          textDelivered: true,
          imageDelivered: false,
          embeddingDelivered: true,
        },
        observed: { invocations30Days: null },
      },
    ]);
    expect(aws.calls.map(({ request }) => request)).toEqual(["eu-west-1 /logging/modelinvocations"]);
  });

  it.for(["{}", '{"loggingConfig":{}}'])(
    "asks how often models were used where nothing is logged: %s",
    async (body, { expect }) => {
      const aws = fakeAws({
        GetModelInvocationLoggingConfiguration: body,
        GetMetricData: JSON.stringify({ MetricDataResults: [{ Id: "q0", Values: [3, 4], StatusCode: "Complete" }] }),
      });
      const [found] = await allOf(collector, aws, now);
      expect(found).toMatchObject({ relations: [], observed: { invocations30Days: 7 } });
      expect(found?.attributes).toEqual({
        s3BucketName: null,
        s3KeyPrefix: null,
        logGroupName: null,
        textDelivered: null,
        imageDelivered: null,
        embeddingDelivered: null,
      });
      expect(aws.calls[1]?.input).toMatchObject({
        MetricDataQueries: [
          {
            MetricStat: {
              Metric: { Namespace: "AWS/Bedrock", MetricName: "Invocations", Dimensions: [] },
              Stat: "Sum",
            },
          },
        ],
      });
    },
  );

  it("says undefined where the figure is denied", async ({ expect }) => {
    const aws = fakeAws({ GetModelInvocationLoggingConfiguration: "{}" });
    expect((await allOf(collector, aws, now))[0]?.observed).toEqual({ invocations30Days: undefined });
    expect(aws.gaps).toEqual(["GetMetricData"]);
  });

  it("fails as a whole when the call is denied", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
  });
});
