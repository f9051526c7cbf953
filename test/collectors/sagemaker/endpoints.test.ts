import { describe, it } from "vitest";
import { collector } from "#collectors/sagemaker/endpoints";
import { allOf, collect, fakeAws, type Answers } from "../../support/fake-aws.ts";

const now = new Date("2026-03-31T12:34:56Z");
const sagemaker = "arn:aws:sagemaker:us-east-1:111122223333:";
const summary = (name: string, more: object = {}) => ({
  EndpointName: name,
  EndpointArn: `${sagemaker}endpoint/${name}`,
  CreationTime: 1_760_000_000,
  LastModifiedTime: 1_771_000_000,
  EndpointStatus: "InService",
  ...more,
});
const detail = {
  EndpointConfigName: "shop-2",
  ProductionVariants: [
    { VariantName: "blue", CurrentInstanceCount: 3, DesiredInstanceCount: 3 },
    { VariantName: "free", CurrentServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 5 } },
  ],
  DataCaptureConfig: { EnableCapture: true, CaptureStatus: "Started" },
};
const config = {
  EndpointConfigName: "shop-2",
  ProductionVariants: [
    { VariantName: "free", ModelName: "Shop", ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 5 } },
    { VariantName: "blue", ModelName: "Shop", InitialInstanceCount: 2, InstanceType: "ml.m5.xlarge" },
  ],
  KmsKeyId: "alias/shop",
};
const figures = (...values: readonly number[]): string =>
  JSON.stringify({ MetricDataResults: [{ Id: "q0", Values: values, StatusCode: "Complete" }] });
const gone = { status: 400, body: '{"__type":"ValidationException","Message":"Could not find endpoint"}' };

const account = (endpoints: readonly object[], answers: Answers = {}) =>
  fakeAws(
    {
      ListEndpoints: JSON.stringify({ Endpoints: endpoints }),
      DescribeEndpoint: JSON.stringify(detail),
      DescribeEndpointConfig: JSON.stringify(config),
      GetMetricData: figures(),
      GetResources: JSON.stringify({
        ResourceTagMappingList: [{ ResourceARN: `${sagemaker}endpoint/shop`, Tags: [{ Key: "team", Value: "ai" }] }],
      }),
      ...answers,
    },
    { region: "us-east-1" },
  );

describe("sagemaker.endpoints", () => {
  it("reads an endpoint with its configuration and its use", async ({ expect }) => {
    const aws = account([summary("shop")], { GetMetricData: figures(5, 7) });
    expect(await allOf(collector, aws, now)).toEqual([
      {
        nativeId: `${sagemaker}endpoint/shop`,
        arn: `${sagemaker}endpoint/shop`,
        name: "shop",
        state: "InService",
        tags: { team: "ai" },
        tagsUnread: false,
        createdAt: "2025-10-09T08:53:20.000Z",
        costMonthly: expect.closeTo(2 * 0.23 * 730),
        relations: [
          { kind: "runs", resourceType: "AWS::SageMaker::Model", target: `${sagemaker}model/shop` },
          {
            kind: "encryptedBy",
            resourceType: "AWS::KMS::Alias",
            target: "arn:aws:kms:us-east-1:111122223333:alias/shop",
          },
        ],
        attributes: {
          configName: "shop-2",
          variants: [
            { name: "blue", modelName: "Shop", instanceType: "ml.m5.xlarge", instancesInitial: 2 },
            { name: "free", modelName: "Shop", instanceType: null, instancesInitial: null },
          ],
          kmsKeyId: "alias/shop",
          capturesData: true,
          modifiedAt: "2026-02-13T16:26:40.000Z",
        },
        observed: { instances: 3, invocations14Days: 12 },
      },
    ]);
    expect(aws.asked.slice(0, 4)).toEqual([
      'ListEndpoints {"MaxResults":100}',
      'DescribeEndpoint {"EndpointName":"shop"}',
      'DescribeEndpointConfig {"EndpointConfigName":"shop-2"}',
      `GetResources {"ResourceARNList":["${sagemaker}endpoint/shop"]}`,
    ]);
    expect(aws.calls.slice(4).map(({ input }) => input["MetricDataQueries"])).toEqual([
      [
        {
          Id: "q0",
          MetricStat: {
            Metric: {
              Namespace: "AWS/SageMaker",
              MetricName: "Invocations",
              Dimensions: [
                { Name: "EndpointName", Value: "shop" },
                { Name: "VariantName", Value: "blue" },
              ],
            },
            Period: 86_400,
            Stat: "Sum",
          },
        },
      ],
    ]);
  });

  it("says null where there are no figures, and asks for none where nothing runs", async ({ expect }) => {
    const idle = account([summary("shop")]);
    expect((await allOf(collector, idle, now))[0]?.observed).toEqual({ instances: 3, invocations14Days: null });
    const failed = account([summary("shop", { EndpointStatus: "Failed" })], {
      DescribeEndpoint: '{"EndpointConfigName":"shop-2"}',
    });
    const [found] = await allOf(collector, failed, now);
    expect(found).toMatchObject({
      attributes: { capturesData: false },
      observed: { instances: 0, invocations14Days: null },
    });
    expect(failed.calls).toHaveLength(4);
  });

  it("reads a configuration once that several endpoints share", async ({ expect }) => {
    const aws = account([], {
      ListEndpoints: ({ NextToken }) =>
        JSON.stringify(
          NextToken === "2"
            ? { Endpoints: [summary("c")] }
            : { Endpoints: [summary("a"), summary("b")], NextToken: "2" },
        ),
      GetMetricData: '{"MetricDataResults":[]}',
    });
    expect(await allOf(collector, aws, now)).toHaveLength(3);
    expect(aws.asked.filter((call) => call.startsWith("DescribeEndpointConfig"))).toHaveLength(1);
  });

  it("knows no cost of a type without a price", async ({ expect }) => {
    const ProductionVariants = [{ VariantName: "a", InstanceType: "ml.p99.large", InitialInstanceCount: 1 }];
    const aws = account([summary("a")], { DescribeEndpointConfig: JSON.stringify({ ProductionVariants }) });
    expect((await allOf(collector, aws, now))[0]).toMatchObject({ costMonthly: null, relations: [] });
  });

  it("says undefined where a call is denied, and keeps the gap", async ({ expect }) => {
    const blind = fakeAws({ ListEndpoints: JSON.stringify({ Endpoints: [summary("shop")] }) });
    const [found] = await allOf(collector, blind, now);
    expect(found).toMatchObject({ tagsUnread: true, costMonthly: null, relations: [] });
    expect(found?.attributes).toEqual({
      configName: undefined,
      variants: undefined,
      kmsKeyId: undefined,
      capturesData: undefined,
      modifiedAt: "2026-02-13T16:26:40.000Z",
    });
    expect(blind.gaps).toEqual(["DescribeEndpoint", "GetResources"]);
    const half = account([summary("shop")], { DescribeEndpointConfig: gone, GetMetricData: gone });
    expect((await allOf(collector, half, now))[0]?.attributes).toMatchObject({
      configName: "shop-2",
      variants: undefined,
    });
    const unmeasured = account([summary("shop")], { GetMetricData: gone });
    expect((await allOf(collector, unmeasured, now))[0]?.observed).toEqual({
      instances: 3,
      invocations14Days: undefined,
    });
  });

  it("leaves out an endpoint that is gone since it was listed", async ({ expect }) => {
    const aws = account([summary("gone"), summary("shop")], {
      DescribeEndpoint: ({ EndpointName }) => (EndpointName === "gone" ? gone : JSON.stringify(detail)),
    });
    expect((await allOf(collector, aws, now)).map(({ name }) => name)).toEqual(["shop"]);
    expect(aws.gaps).toEqual([]);
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = account([], {
      ListEndpoints: ({ NextToken }) =>
        JSON.stringify(
          NextToken === "2" ? { Endpoints: [summary("b")] } : { Endpoints: [summary("a")], NextToken: "2" },
        ),
    });
    expect((await collect(collector, aws, now)).map((page) => page.map(({ name }) => name))).toEqual([["a"], ["b"]]);
  });

  it("makes one call for a region without endpoints", async ({ expect }) => {
    const aws = account([]);
    expect(await allOf(collector, aws, now)).toEqual([]);
    expect(aws.calls).toHaveLength(1);
  });

  it("fails as a whole when the list is denied, or is no list", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}), now)).rejects.toThrow("AccessDenied");
    await expect(allOf(collector, fakeAws({ ListEndpoints: "{}" }), now)).rejects.toThrow();
  });
});
