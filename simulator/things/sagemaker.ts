import { AwsError, json } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { keyArnOf } from "./kms.ts";
import { isBare, isBusy, isOpen, numberOf, pageOf, secondsBefore, type ThingService } from "./thing.ts";

/** Source: SageMaker API 2017-07-24. */
const endpoints = "sagemaker.endpoints";
const models = "sagemaker.models";
const notebooks = "sagemaker.notebookInstances";
const paging = { token: "NextToken", limit: "MaxResults", byDefault: 10, min: 1, max: 100 };

const arnOf =
  (what: string, name: string) =>
  ({ account, region }: Call, n: number): string =>
    `arn:aws:sagemaker:${region}:${account.id}:${what}/${name}-${n}`;
const endpointArn = arnOf("endpoint", "endpoint");
const configArn = arnOf("endpoint-config", "config");
const modelArn = arnOf("model", "model");
const notebookArn = arnOf("notebook-instance", "notebook");

const missing = (what: string): Error => new AwsError("ValidationException", 400, `Could not find ${what}.`);
const roleArn = ({ account }: Call): string => `arn:aws:iam::${account.id}:role/sagemaker`;
const network = { SecurityGroupIds: ["sg-0e000000000000001"], Subnets: ["subnet-0e000000000000001"] };

const endpointFacts = (call: Call, n: number) => ({
  EndpointName: `endpoint-${n}`,
  EndpointArn: endpointArn(call, n),
  CreationTime: secondsBefore(call, 100),
  LastModifiedTime: secondsBefore(call, 30),
  EndpointStatus: isOpen(n) ? "Failed" : "InService",
});

const listEndpoints: Operation = (call) => {
  const { numbers, next } = pageOf(call, endpoints, paging);
  return json({ Endpoints: numbers.map((n) => endpointFacts(call, n)), NextToken: next });
};

/** Two neighbors share a configuration; every fifth of these is serverless. */
const configOf = (endpoint: number): number => Math.floor(endpoint / 2);

const describeEndpoint: Operation = (call) => {
  const n = numberOf(call, endpoints, "EndpointName", missing("endpoint"));
  const variant = isBare(configOf(n))
    ? { CurrentServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 5 } }
    : { CurrentInstanceCount: isOpen(n) ? 0 : 1, DesiredInstanceCount: 1 };
  return json({
    ...endpointFacts(call, n),
    EndpointConfigName: `config-${configOf(n)}`,
    ProductionVariants: [{ VariantName: "AllTraffic", CurrentWeight: 1, DesiredWeight: 1, ...variant }],
    ...(isBusy(n)
      ? {
          DataCaptureConfig: {
            EnableCapture: true,
            CaptureStatus: "Started",
            CurrentSamplingPercentage: 10,
            DestinationS3Uri: `s3://capture-${call.account.id}/`,
            KmsKeyId: keyArnOf(call, 0),
          },
        }
      : {}),
  });
};

const describeEndpointConfig: Operation = (call) => {
  const n = numberOf(call, endpoints, "EndpointConfigName", missing("endpoint configuration"));
  const capacity = isBare(n)
    ? { ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 5 } }
    : { InstanceType: "ml.m5.large", InitialInstanceCount: 1 };
  return json({
    EndpointConfigName: `config-${n}`,
    EndpointConfigArn: configArn(call, n),
    ProductionVariants: [{ VariantName: "AllTraffic", ModelName: `model-${n}`, InitialVariantWeight: 1, ...capacity }],
    ...(n % 3 === 2 ? {} : { KmsKeyId: keyArnOf(call, 0) }),
    CreationTime: secondsBefore(call, 100),
  });
};

const modelFacts = (call: Call, n: number) => ({
  ModelName: `model-${n}`,
  ModelArn: modelArn(call, n),
  CreationTime: secondsBefore(call, 110),
});

const listModels: Operation = (call) => {
  const { numbers, next } = pageOf(call, models, paging);
  return json({ Models: numbers.map((n) => modelFacts(call, n)), NextToken: next });
};

const describeModel: Operation = (call) => {
  const n = numberOf(call, models, "ModelName", missing("model"));
  const Image = `${call.account.id}.dkr.ecr.${call.region}.amazonaws.com/model:${n}`;
  return json({
    ...modelFacts(call, n),
    PrimaryContainer: { Image, Mode: "SingleModel", ModelDataUrl: `s3://models-${call.account.id}/${n}.tar.gz` },
    ExecutionRoleArn: roleArn(call),
    ...(isBare(n) ? {} : { VpcConfig: network }),
    EnableNetworkIsolation: !isOpen(n),
  });
};

const notebookFacts = (call: Call, n: number) => ({
  NotebookInstanceName: `notebook-${n}`,
  NotebookInstanceArn: notebookArn(call, n),
  NotebookInstanceStatus: isBusy(n) ? "InService" : "Stopped",
  Url: `notebook-${n}.notebook.${call.region}.sagemaker.aws`,
  InstanceType: "ml.t3.medium",
  CreationTime: secondsBefore(call, 140),
  LastModifiedTime: secondsBefore(call, isBare(n) ? 60 : 3),
});

const listNotebookInstances: Operation = (call) => {
  const { numbers, next } = pageOf(call, notebooks, paging);
  return json({ NotebookInstances: numbers.map((n) => notebookFacts(call, n)), NextToken: next });
};

const describeNotebookInstance: Operation = (call) => {
  const n = numberOf(call, notebooks, "NotebookInstanceName", missing("notebook instance"));
  return json({
    ...notebookFacts(call, n),
    ...(isOpen(n) ? {} : { SubnetId: network.Subnets[0], SecurityGroups: network.SecurityGroupIds }),
    RoleArn: roleArn(call),
    ...(isBare(n) ? {} : { KmsKeyId: keyArnOf(call, 0) }),
    DirectInternetAccess: isOpen(n) ? "Enabled" : "Disabled",
    VolumeSizeInGB: 20,
    RootAccess: isBare(n) ? "Enabled" : "Disabled",
    PlatformIdentifier: "notebook-al2-v3",
    InstanceMetadataServiceConfiguration: { MinimumInstanceMetadataServiceVersion: isBare(n) ? "1" : "2" },
  });
};

export const sagemaker: ThingService = {
  operations: {
    ListEndpoints: listEndpoints,
    DescribeEndpoint: describeEndpoint,
    DescribeEndpointConfig: describeEndpointConfig,
    ListModels: listModels,
    DescribeModel: describeModel,
    ListNotebookInstances: listNotebookInstances,
    DescribeNotebookInstance: describeNotebookInstance,
  },
  kinds: {
    [endpoints]: { isTagged: true, arnOf: endpointArn },
    [models]: { isTagged: true, arnOf: modelArn },
    [notebooks]: { isTagged: true, arnOf: notebookArn },
  },
};
