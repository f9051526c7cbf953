import type { PolicyStatement } from "#collectors/policy";
import type { FoundBy } from "#collectors/registry";

/** A Node.js function without a policy, but for what is given. */
export const exampleFunction = (
  attributes: Partial<FoundBy<"lambda.functions">["attributes"]> = {},
): FoundBy<"lambda.functions"> => ({
  nativeId: "arn:aws:lambda:eu-west-1:111122223333:function:orders",
  arn: "arn:aws:lambda:eu-west-1:111122223333:function:orders",
  name: "orders",
  state: null,
  tags: {},
  createdAt: null,
  attributes: {
    runtime: "nodejs22.x",
    packageType: "Zip",
    handler: "index.handler",
    roleArn: "arn:aws:iam::111122223333:role/orders",
    architectures: ["arm64"],
    memoryMib: 256,
    timeoutSeconds: 10,
    ephemeralStorageMib: 512,
    codeSizeBytes: 120_000,
    codeSha256: "3q2+7w==",
    lastModifiedAt: "2026-01-15T03:00:00.000Z",
    vpcId: null,
    subnetIds: [],
    securityGroupIds: [],
    layerArns: [],
    environment: [],
    kmsKeyArn: null,
    deadLetterTargetArn: null,
    logGroupName: "/aws/lambda/orders",
    tracingMode: "PassThrough",
    policy: null,
    urls: null,
    ...attributes,
  },
});

/** Everyone may invoke it, but for what is given. */
export const exampleStatement = (statement: Partial<PolicyStatement> = {}): PolicyStatement => ({
  sid: null,
  effect: "Allow",
  principals: { AWS: ["*"] },
  notPrincipals: {},
  actions: ["lambda:InvokeFunction"],
  notActions: [],
  resources: ["arn:aws:lambda:eu-west-1:111122223333:function:orders"],
  notResources: [],
  conditions: [],
  ...statement,
});
