import { describe, it } from "vitest";
import { collector } from "#collectors/sagemaker/models";
import { allOf, collect, fakeAws, type Answers } from "../../support/fake-aws.ts";

const arnOf = (name: string): string => `arn:aws:sagemaker:eu-west-1:111122223333:model/${name}`;
const summary = (name: string) => ({ ModelName: name, ModelArn: arnOf(name), CreationTime: 1_760_000_000 });
const detail = {
  ModelName: "shop",
  PrimaryContainer: { Image: "444455556666.dkr.ecr.eu-west-1.amazonaws.com/serve:2", Environment: { TOKEN: "secret" } },
  Containers: [{ Image: "444455556666.dkr.ecr.eu-west-1.amazonaws.com/serve:1" }],
  ExecutionRoleArn: "arn:aws:iam::111122223333:role/model",
  VpcConfig: { SecurityGroupIds: ["sg-1"], Subnets: ["subnet-2", "subnet-1"] },
  EnableNetworkIsolation: true,
};
const gone = { status: 400, body: '{"__type":"ValidationException","Message":"Could not find model"}' };

const account = (models: readonly object[], answers: Answers = {}) =>
  fakeAws({
    ListModels: JSON.stringify({ Models: models }),
    DescribeModel: JSON.stringify(detail),
    GetResources: JSON.stringify({
      ResourceTagMappingList: [{ ResourceARN: arnOf("shop"), Tags: [{ Key: "team", Value: "ai" }] }],
    }),
    ...answers,
  });

describe("sagemaker.models", () => {
  it("reads a model, without what its containers are told", async ({ expect }) => {
    const aws = account([summary("shop")]);
    const ec2 = "arn:aws:ec2:eu-west-1:111122223333:";
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arnOf("shop"),
        arn: arnOf("shop"),
        name: "shop",
        state: null,
        tags: { team: "ai" },
        tagsUnread: false,
        createdAt: "2025-10-09T08:53:20.000Z",
        costMonthly: 0,
        relations: [
          { kind: "assumes", resourceType: "AWS::IAM::Role", target: "arn:aws:iam::111122223333:role/model" },
          { kind: "uses", resourceType: "AWS::EC2::SecurityGroup", target: `${ec2}security-group/sg-1` },
          { kind: "in", resourceType: "AWS::EC2::Subnet", target: `${ec2}subnet/subnet-1` },
          { kind: "in", resourceType: "AWS::EC2::Subnet", target: `${ec2}subnet/subnet-2` },
        ],
        attributes: {
          networkIsolation: true,
          subnetIds: ["subnet-1", "subnet-2"],
          securityGroupIds: ["sg-1"],
          roleArn: "arn:aws:iam::111122223333:role/model",
          images: [
            "444455556666.dkr.ecr.eu-west-1.amazonaws.com/serve:1",
            "444455556666.dkr.ecr.eu-west-1.amazonaws.com/serve:2",
          ],
        },
      },
    ]);
    expect(aws.asked).toEqual([
      'ListModels {"MaxResults":100}',
      'DescribeModel {"ModelName":"shop"}',
      `GetResources {"ResourceARNList":["${arnOf("shop")}"]}`,
    ]);
  });

  it("reads a model with nothing set", async ({ expect }) => {
    const [found] = await allOf(collector, account([summary("shop")], { DescribeModel: '{"ModelName":"shop"}' }));
    expect(found?.relations).toEqual([]);
    expect(found?.attributes).toEqual({
      networkIsolation: false,
      subnetIds: [],
      securityGroupIds: [],
      roleArn: null,
      images: [],
    });
  });

  it("says undefined where a model is denied, and leaves out the one that is gone", async ({ expect }) => {
    const aws = account([summary("shop"), summary("gone")], {
      DescribeModel: ({ ModelName }) => (ModelName === "gone" ? gone : undefined),
    });
    const found = await allOf(collector, aws);
    expect(found.map(({ name }) => name)).toEqual(["shop"]);
    expect(Object.values(found[0]?.attributes ?? {})).toEqual(Array.from({ length: 5 }));
    expect(aws.gaps).toEqual(["DescribeModel"]);
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = account([], {
      ListModels: ({ NextToken }) =>
        JSON.stringify(NextToken === "2" ? { Models: [summary("b")] } : { Models: [summary("a")], NextToken: "2" }),
    });
    expect((await collect(collector, aws)).map((page) => page.map(({ name }) => name))).toEqual([["a"], ["b"]]);
  });

  it("makes one call for a region without models", async ({ expect }) => {
    const aws = account([]);
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.calls).toHaveLength(1);
  });

  it("fails as a whole when the list is denied, or is no list", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(allOf(collector, fakeAws({ ListModels: "{}" }))).rejects.toThrow();
  });
});
