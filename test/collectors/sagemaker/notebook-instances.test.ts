import { describe, it } from "vitest";
import { collector } from "#collectors/sagemaker/notebook-instances";
import { allOf, collect, fakeAws, type Answers } from "../../support/fake-aws.ts";

const arnOf = (name: string): string => `arn:aws:sagemaker:us-east-1:111122223333:notebook-instance/${name}`;
const summary = (name: string, more: object = {}) => ({
  NotebookInstanceName: name,
  NotebookInstanceArn: arnOf(name),
  NotebookInstanceStatus: "InService",
  Url: `${name}.notebook.us-east-1.sagemaker.aws`,
  InstanceType: "ml.t3.medium",
  CreationTime: 1_760_000_000.94,
  LastModifiedTime: 1_771_000_000,
  ...more,
});
const detail = {
  SubnetId: "subnet-1",
  SecurityGroups: ["sg-2", "sg-1"],
  RoleArn: "arn:aws:iam::111122223333:role/notebook",
  KmsKeyId: "1234abcd-12ab-34cd-56ef-1234567890ab",
  DirectInternetAccess: "Disabled",
  RootAccess: "Enabled",
  VolumeSizeInGB: 50,
  InstanceMetadataServiceConfiguration: { MinimumInstanceMetadataServiceVersion: "2" },
};
const gone = { status: 400, body: '{"__type":"ValidationException","Message":"RecordNotFound"}' };

const account = (notebooks: readonly object[], answers: Answers = {}) =>
  fakeAws(
    {
      ListNotebookInstances: JSON.stringify({ NotebookInstances: notebooks }),
      DescribeNotebookInstance: JSON.stringify(detail),
      GetResources: JSON.stringify({
        ResourceTagMappingList: [{ ResourceARN: arnOf("nb"), Tags: [{ Key: "team", Value: "ai" }] }],
      }),
      ...answers,
    },
    { region: "us-east-1" },
  );

describe("sagemaker.notebookInstances", () => {
  it("reads a running notebook", async ({ expect }) => {
    const aws = account([summary("nb")]);
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arnOf("nb"),
        arn: arnOf("nb"),
        name: "nb",
        state: "InService",
        tags: { team: "ai" },
        tagsUnread: false,
        createdAt: "2025-10-09T08:53:20.940Z",
        costMonthly: expect.closeTo(0.05 * 730 + 50 * 0.14),
        relations: [
          { kind: "assumes", resourceType: "AWS::IAM::Role", target: "arn:aws:iam::111122223333:role/notebook" },
          {
            kind: "uses",
            resourceType: "AWS::EC2::SecurityGroup",
            target: "arn:aws:ec2:us-east-1:111122223333:security-group/sg-2",
          },
          {
            kind: "uses",
            resourceType: "AWS::EC2::SecurityGroup",
            target: "arn:aws:ec2:us-east-1:111122223333:security-group/sg-1",
          },
          {
            kind: "in",
            resourceType: "AWS::EC2::Subnet",
            target: "arn:aws:ec2:us-east-1:111122223333:subnet/subnet-1",
          },
          {
            kind: "encryptedBy",
            resourceType: "AWS::KMS::Key",
            target: "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
          },
        ],
        attributes: {
          instanceType: "ml.t3.medium",
          modifiedAt: "2026-02-13T16:26:40.000Z",
          directInternetAccess: false,
          rootAccess: true,
          kmsKeyId: "1234abcd-12ab-34cd-56ef-1234567890ab",
          subnetId: "subnet-1",
          securityGroupIds: ["sg-1", "sg-2"],
          roleArn: "arn:aws:iam::111122223333:role/notebook",
          volumeSizeGib: 50,
          metadataServiceVersionMin: "2",
        },
      },
    ]);
    expect(aws.asked).toEqual([
      'ListNotebookInstances {"MaxResults":100}',
      'DescribeNotebookInstance {"NotebookInstanceName":"nb"}',
      `GetResources {"ResourceARNList":["${arnOf("nb")}"]}`,
    ]);
  });

  it("reads a stopped one outside any VPC, which still pays for its volume", async ({ expect }) => {
    const [found] = await allOf(
      collector,
      account([summary("nb", { NotebookInstanceStatus: "Stopped" })], {
        DescribeNotebookInstance: '{"DirectInternetAccess":"Enabled","RootAccess":"Disabled","VolumeSizeInGB":5}',
      }),
    );
    expect(found).toMatchObject({ state: "Stopped", costMonthly: expect.closeTo(0.7), relations: [] });
    expect(found?.attributes).toMatchObject({
      directInternetAccess: true,
      rootAccess: false,
      kmsKeyId: null,
      subnetId: null,
      securityGroupIds: [],
      roleArn: null,
      metadataServiceVersionMin: null,
    });
  });

  it.for([
    ["alias/data", "AWS::KMS::Alias", "arn:aws:kms:us-east-1:111122223333:alias/data"],
    ["arn:aws:kms:us-east-1:444455556666:key/1", "AWS::KMS::Key", "arn:aws:kms:us-east-1:444455556666:key/1"],
    ["arn:aws:kms:us-east-1:444455556666:alias/a", "AWS::KMS::Alias", "arn:aws:kms:us-east-1:444455556666:alias/a"],
  ])("knows the key %s", async ([KmsKeyId, resourceType, target], { expect }) => {
    const aws = account([summary("nb")], { DescribeNotebookInstance: JSON.stringify({ KmsKeyId }) });
    expect((await allOf(collector, aws))[0]?.relations).toEqual([{ kind: "encryptedBy", resourceType, target }]);
  });

  it("says undefined where a notebook is denied, and leaves out the one that is gone", async ({ expect }) => {
    const aws = account([summary("nb"), summary("gone")], {
      DescribeNotebookInstance: ({ NotebookInstanceName: name }) => (name === "gone" ? gone : undefined),
    });
    const found = await allOf(collector, aws);
    expect(found.map(({ name, costMonthly, relations }) => [name, costMonthly, relations])).toEqual([["nb", null, []]]);
    expect(found[0]?.attributes).toEqual({
      instanceType: "ml.t3.medium",
      modifiedAt: "2026-02-13T16:26:40.000Z",
      directInternetAccess: undefined,
      rootAccess: undefined,
      kmsKeyId: undefined,
      subnetId: undefined,
      securityGroupIds: undefined,
      roleArn: undefined,
      volumeSizeGib: undefined,
      metadataServiceVersionMin: undefined,
    });
    expect(aws.gaps).toEqual(["DescribeNotebookInstance"]);
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = account([], {
      ListNotebookInstances: ({ NextToken }) =>
        JSON.stringify(
          NextToken === "2"
            ? { NotebookInstances: [summary("b")] }
            : { NotebookInstances: [summary("a")], NextToken: "2" },
        ),
    });
    expect((await collect(collector, aws)).map((page) => page.map(({ name }) => name))).toEqual([["a"], ["b"]]);
  });

  it("makes one call for a region without notebooks", async ({ expect }) => {
    const aws = account([]);
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.calls).toHaveLength(1);
  });

  it("fails as a whole when the list is denied, or is no list", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(allOf(collector, fakeAws({ ListNotebookInstances: "{}" }))).rejects.toThrow();
  });
});
