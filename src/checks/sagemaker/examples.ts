import type { FoundBy } from "#collectors/registry";

const arnOf = (path: string): string => `arn:aws:sagemaker:eu-west-1:111122223333:${path}`;
const found = { tags: {}, createdAt: "2026-01-01T00:00:00.000Z" };

/** A running notebook with all the good settings, but for what is given. */
export const exampleNotebook = (
  attributes: Partial<FoundBy<"sagemaker.notebookInstances">["attributes"]> = {},
  state = "InService",
): FoundBy<"sagemaker.notebookInstances"> => ({
  ...found,
  nativeId: arnOf("notebook-instance/lab"),
  arn: arnOf("notebook-instance/lab"),
  name: "lab",
  state,
  attributes: {
    instanceType: "ml.t3.medium",
    modifiedAt: "2026-01-01T00:00:00.000Z",
    directInternetAccess: false,
    rootAccess: false,
    kmsKeyId: "0a1b2c3d-0000-4000-8000-000000000001",
    subnetId: "subnet-0a1",
    securityGroupIds: ["sg-0a"],
    roleArn: "arn:aws:iam::111122223333:role/lab",
    volumeSizeGib: 5,
    metadataServiceVersionMin: "2",
    ...attributes,
  },
});

/** A model without network, but for what is given. */
export const exampleModel = (
  attributes: Partial<FoundBy<"sagemaker.models">["attributes"]> = {},
): FoundBy<"sagemaker.models"> => ({
  ...found,
  nativeId: arnOf("model/churn"),
  arn: arnOf("model/churn"),
  name: "churn",
  state: null,
  attributes: {
    networkIsolation: true,
    subnetIds: [],
    securityGroupIds: [],
    roleArn: "arn:aws:iam::111122223333:role/churn",
    images: ["111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:1"],
    ...attributes,
  },
});

/** An endpoint that serves that model on one `ml.m5.large`, but for what is given. */
export const exampleEndpoint = (
  attributes: Partial<FoundBy<"sagemaker.endpoints">["attributes"]> = {},
  more: Partial<Pick<FoundBy<"sagemaker.endpoints">, "state" | "createdAt" | "observed">> = {},
): FoundBy<"sagemaker.endpoints"> => ({
  ...found,
  nativeId: arnOf("endpoint/churn"),
  arn: arnOf("endpoint/churn"),
  name: "churn",
  state: "InService",
  attributes: {
    configName: "churn-1",
    variants: [exampleVariant()],
    kmsKeyId: null,
    capturesData: false,
    modifiedAt: "2026-01-01T00:00:00.000Z",
    ...attributes,
  },
  observed: { instances: 1, invocations14Days: null },
  ...more,
});

type Variant = NonNullable<FoundBy<"sagemaker.endpoints">["attributes"]["variants"]>[number];

export const exampleVariant = (variant: Partial<Variant> = {}): Variant => ({
  name: "all",
  modelName: "churn",
  instanceType: "ml.m5.large",
  instancesInitial: 1,
  ...variant,
});
