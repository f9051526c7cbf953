import { describe, it } from "vitest";
import { collector } from "#collectors/lambda/functions";
import { allOf, collect, fakeAws, type Answers } from "../../support/fake-aws.ts";

const arn = (name: string): string => `arn:aws:lambda:eu-west-1:111122223333:function:${name}`;

const orders = {
  FunctionName: "orders",
  FunctionArn: arn("orders"),
  Runtime: "nodejs22.x",
  Role: "arn:aws:iam::111122223333:role/orders",
  Handler: "index.handler",
  CodeSize: 4711,
  Description: "Takes orders",
  Timeout: 30,
  MemorySize: 256,
  LastModified: "2026-01-15T03:00:00.123+0000",
  CodeSha256: "FI8nSIFlWz6PaZ7Yfs6vHvGzQFJWsTfpXyKMyKjJv5M=",
  Version: "$LATEST",
  VpcConfig: { SubnetIds: ["subnet-0b2", "subnet-0a1"], SecurityGroupIds: ["sg-0a1"], VpcId: "vpc-0a1" },
  DeadLetterConfig: { TargetArn: "arn:aws:sqs:eu-west-1:111122223333:orders-dead" },
  Environment: {
    Variables: {
      STAGE: "production",
      PASSWORD: "correct horse",
      API_TOKEN: "q8Zr2Lx0Vw7Kt5Ny",
      AWS_KEY: "AKIAIOSFODNN7EXAMPLE",
      DB: "postgres://shop:hunter2@db.internal/shop",
      SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-x7Yz9Q",
      BUCKET_URL: "https://orders.s3.eu-west-1.amazonaws.com/uploads",
    },
  },
  KMSKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1",
  TracingConfig: { Mode: "Active" },
  RevisionId: "a1",
  Layers: [{ Arn: "arn:aws:lambda:eu-west-1:111122223333:layer:base:3", CodeSize: 169 }],
  FileSystemConfigs: [
    {
      Arn: "arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/fsap-0a1",
      LocalMountPath: "/mnt/orders",
    },
  ],
  PackageType: "Zip",
  Architectures: ["arm64"],
  EphemeralStorage: { Size: 512 },
  SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
  LoggingConfig: { LogFormat: "JSON", LogGroup: "/aws/lambda/orders" },
};
const bare = (name: string) => ({ FunctionName: name, FunctionArn: arn(name), Version: "$LATEST" });

const page = (functions: readonly unknown[], NextMarker?: string): string =>
  JSON.stringify({ Functions: functions, NextMarker });
const tagged = JSON.stringify({
  PaginationToken: "",
  ResourceTagMappingList: [{ ResourceARN: arn("orders"), Tags: [{ Key: "env", Value: "prod" }] }],
});
const none = { status: 404, body: JSON.stringify({ __type: "ResourceNotFoundException", Message: "No" }) };
const policy = (...statements: readonly unknown[]): string =>
  JSON.stringify({ Policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }), RevisionId: "a1" });
const urlStatement = {
  Sid: "FunctionURLAllowPublicAccess",
  Effect: "Allow",
  Principal: "*",
  Action: "lambda:InvokeFunctionUrl",
  Resource: arn("orders"),
  Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } },
};
const urls = JSON.stringify({
  FunctionUrlConfigs: [
    {
      FunctionUrl: "https://abc123.lambda-url.eu-west-1.on.aws/",
      FunctionArn: arn("orders"),
      CreationTime: "2026-01-15T03:00:00.123Z",
      LastModifiedTime: "2026-01-15T03:00:00.123Z",
      Cors: { AllowOrigins: ["https://shop.example", "*"] },
      AuthType: "NONE",
      InvokeMode: "BUFFERED",
    },
  ],
});

/** One function, and what else AWS answers about it. */
const account = (functions: readonly unknown[], answers: Answers = {}) =>
  fakeAws({ ListFunctions: page(functions), GetResources: tagged, GetPolicy: none, ...answers });

describe("lambda.functions", () => {
  it("reads a function with a URL that anybody may call", async ({ expect }) => {
    const aws = account([orders], { GetPolicy: policy(urlStatement), ListFunctionUrlConfigs: urls });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arn("orders"),
        arn: arn("orders"),
        name: "orders",
        state: null,
        tags: { env: "prod" },
        tagsUnread: false,
        createdAt: null,
        relations: [
          { kind: "assumes", resourceType: "AWS::IAM::Role", target: "arn:aws:iam::111122223333:role/orders" },
          {
            kind: "uses",
            resourceType: "AWS::EC2::SecurityGroup",
            target: "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1",
          },
          {
            kind: "in",
            resourceType: "AWS::EC2::Subnet",
            target: "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0b2",
          },
          {
            kind: "in",
            resourceType: "AWS::EC2::Subnet",
            target: "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1",
          },
          { kind: "encryptedBy", resourceType: "AWS::KMS::Key", target: "arn:aws:kms:eu-west-1:111122223333:key/1" },
          {
            kind: "deadLettersTo",
            resourceType: "AWS::SQS::Queue",
            target: "arn:aws:sqs:eu-west-1:111122223333:orders-dead",
          },
          {
            kind: "logsTo",
            resourceType: "AWS::Logs::LogGroup",
            target: "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/orders",
          },
          {
            kind: "mounts",
            resourceType: "AWS::EFS::AccessPoint",
            target: "arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/fsap-0a1",
          },
        ],
        dnsNames: ["abc123.lambda-url.eu-west-1.on.aws"],
        attributes: {
          runtime: "nodejs22.x",
          packageType: "Zip",
          handler: "index.handler",
          roleArn: "arn:aws:iam::111122223333:role/orders",
          architectures: ["arm64"],
          memoryMib: 256,
          timeoutSeconds: 30,
          ephemeralStorageMib: 512,
          codeSizeBytes: 4711,
          codeSha256: "FI8nSIFlWz6PaZ7Yfs6vHvGzQFJWsTfpXyKMyKjJv5M=",
          lastModifiedAt: "2026-01-15T03:00:00.123Z",
          vpcId: "vpc-0a1",
          subnetIds: ["subnet-0a1", "subnet-0b2"],
          securityGroupIds: ["sg-0a1"],
          layerArns: ["arn:aws:lambda:eu-west-1:111122223333:layer:base:3"],
          environment: [
            { name: "API_TOKEN", looksLike: "random" },
            { name: "AWS_KEY", looksLike: "token" },
            { name: "BUCKET_URL", looksLike: null },
            { name: "DB", looksLike: "token" },
            { name: "PASSWORD", looksLike: null },
            { name: "SECRET_ARN", looksLike: null },
            { name: "STAGE", looksLike: null },
          ],
          kmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1",
          deadLetterTargetArn: "arn:aws:sqs:eu-west-1:111122223333:orders-dead",
          logGroupName: "/aws/lambda/orders",
          tracingMode: "Active",
          policy: [
            {
              sid: "FunctionURLAllowPublicAccess",
              effect: "Allow",
              principals: { AWS: ["*"] },
              notPrincipals: {},
              actions: ["lambda:InvokeFunctionUrl"],
              notActions: [],
              resources: [arn("orders")],
              notResources: [],
              conditions: [{ operator: "StringEquals", key: "lambda:FunctionUrlAuthType", values: ["NONE"] }],
            },
          ],
          urls: [
            {
              url: "https://abc123.lambda-url.eu-west-1.on.aws/",
              authType: "NONE",
              corsAllowOrigins: ["*", "https://shop.example"],
            },
          ],
        },
      },
    ]);
    expect(aws.asked).toEqual([
      'ListFunctions {"MaxItems":50}',
      'GetPolicy {"FunctionName":"orders"}',
      'ListFunctionUrlConfigs {"FunctionName":"orders","MaxItems":50}',
      `GetResources {"ResourceARNList":["${arn("orders")}"]}`,
    ]);
  });

  it("says null for what a function does not have, and asks nothing of URLs without a policy", async ({ expect }) => {
    const aws = account([bare("plain")]);
    const [found] = await allOf(collector, aws);
    expect(found).toMatchObject({ tags: {}, relations: [], dnsNames: [] });
    const { architectures, subnetIds, securityGroupIds, layerArns, environment, ...rest } = { ...found?.attributes };
    expect({ architectures, subnetIds, securityGroupIds, layerArns, environment }).toEqual({
      architectures: [],
      subnetIds: [],
      securityGroupIds: [],
      layerArns: [],
      environment: [],
    });
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
    expect(aws.calls.map(({ request }) => request)).toEqual([
      "eu-west-1 /2015-03-31/functions?MaxItems=50",
      "eu-west-1 /2015-03-31/functions/plain/policy",
      `{"ResourceARNList":["${arn("plain")}"]}`,
    ]);
  });

  it("asks nothing of URLs where the policy does not speak of them", async ({ expect }) => {
    const byBucket = { Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "lambda:InvokeFunction" };
    const aws = account([orders], { GetPolicy: policy(byBucket) });
    const [found] = await allOf(collector, aws);
    expect(found?.attributes.policy).toHaveLength(1);
    expect(found?.attributes.urls).toBeNull();
    expect(aws.asked.some((call) => call.startsWith("ListFunctionUrlConfigs"))).toBe(false);
  });

  it("does not take what was denied, odd or kept secret for nothing", async ({ expect }) => {
    const locked = { ...orders, Environment: { Error: { ErrorCode: "AccessDeniedException", Message: "No" } } };
    const denied = fakeAws({ ListFunctions: page([locked]) });
    const [found] = await allOf(collector, denied);
    expect(found).toMatchObject({ tags: {}, tagsUnread: true });
    expect(found?.attributes).toMatchObject({ environment: undefined, policy: undefined, urls: undefined });
    expect(denied.gaps).toEqual(["GetPolicy", "GetResources"]);

    const odd = account([orders], { GetPolicy: JSON.stringify({ RevisionId: "a1" }) });
    expect((await allOf(collector, odd))[0]?.attributes).toMatchObject({ policy: undefined, urls: undefined });

    const urlsDenied = account([orders], { GetPolicy: policy(urlStatement) });
    expect((await allOf(collector, urlsDenied))[0]?.attributes).toMatchObject({ urls: undefined });
    expect(urlsDenied.gaps).toEqual(["ListFunctionUrlConfigs"]);
  });

  it("never hands on the value of a variable", async ({ expect }) => {
    const aws = account([orders]);
    for await (const items of collector.list({ aws, place: aws.place, now: new Date() })) {
      expect(JSON.stringify(items)).not.toMatch(/hunter2|AKIA|q8Zr2|correct horse/);
    }
  });

  it("leaves out what is gone since it was listed", async ({ expect }) => {
    const aws = account([orders], { GetPolicy: policy(urlStatement), ListFunctionUrlConfigs: none });
    expect(await allOf(collector, aws)).toEqual([]);
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = account([], {
      ListFunctions: ({ Marker }) => (Marker === "m1" ? page([bare("c")]) : page([bare("a"), bare("b")], "m1")),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((one) => one.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
  });

  it("makes one call for a region without functions, and fails as a whole when the list is denied", async ({
    expect,
  }) => {
    const aws = account([]);
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual(['ListFunctions {"MaxItems":50}']);
    await expect(collect(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(collect(collector, fakeAws({ ListFunctions: "{}" }))).rejects.toThrow();
  });
});
