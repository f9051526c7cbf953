import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found } from "#collectors/collector";
import { flag, instant, list, number, part, text } from "#collectors/json";
import { metricActions, type MetricQuery } from "#collectors/metrics";
import { by } from "#collectors/order";
import { oneByOne } from "#collectors/read";
import { arnIn, encryptedBy, related } from "#collectors/relations";
import { sharedAttempt } from "#collectors/shared";
import { tagActions, taggedAs } from "#collectors/tags";
import { mlInstanceMonthlyUsd } from "#prices/sagemaker";
import { gone } from "./shapes.ts";

/** A model served over HTTPS. `state`: `InService` answers, and its instances are billed by the hour. */
export interface Endpoint {
  readonly configName: string | null | undefined;
  readonly variants: readonly EndpointVariant[] | undefined;
  /** null: AWS's own key. */
  readonly kmsKeyId: string | null | undefined;
  readonly capturesData: boolean | undefined;
  readonly modifiedAt: string | null;
}

export interface EndpointVariant {
  readonly name: string;
  /** null: it runs inference components instead. */
  readonly modelName: string | null;
  /** `ml.m5.large`; null: serverless, billed by use. */
  readonly instanceType: string | null;
  /** As configured; what runs now is observed. */
  readonly instancesInitial: number | null;
}

export interface EndpointObserved {
  /** Running now, all variants together. */
  readonly instances: number | null | undefined;
  /** In the last 14 days, by all variants with instances; null: no data, which is none, or nobody asked. */
  readonly invocations14Days: number | null | undefined;
}

const listEndpoints: Operation = {
  service: "sagemaker",
  action: "ListEndpoints",
  paging: { token: "NextToken", next: "NextToken", limit: ["MaxResults", 100] },
};
const describeEndpoint: Operation = { service: "sagemaker", action: "DescribeEndpoint" };
const describeEndpointConfig: Operation = { service: "sagemaker", action: "DescribeEndpointConfig" };

const ListedEndpoint = z.object({
  EndpointName: z.string(),
  EndpointArn: z.string(),
  EndpointStatus: text,
  CreationTime: instant,
  LastModifiedTime: instant,
});
const Page = z.object({ Endpoints: z.array(ListedEndpoint) });
type ListedEndpoint = z.infer<typeof ListedEndpoint>;

const DescribedEndpoint = z.object({
  EndpointConfigName: text,
  ProductionVariants: list(z.object({ VariantName: z.string(), CurrentInstanceCount: number })),
  DataCaptureConfig: part({ EnableCapture: flag }),
});
type DescribedEndpoint = z.infer<typeof DescribedEndpoint>;
const Config = z.object({
  ProductionVariants: z.array(
    z.object({ VariantName: z.string(), ModelName: text, InstanceType: text, InitialInstanceCount: number }),
  ),
  KmsKeyId: text,
});
type Config = z.infer<typeof Config>;

/**
 * Source: SageMaker API 2017-07-24, ListEndpoints, 100 per page, DescribeEndpoint of each, and DescribeEndpointConfig of
 * each configuration in use. Of those in service with instances, `Invocations` of `AWS/SageMaker`.
 */
export const collector: Collector<Endpoint, EndpointObserved, ListedEndpoint> = {
  id: "sagemaker.endpoints",
  service: "sagemaker",
  resourceType: "AWS::SageMaker::Endpoint",
  scope: "regional",
  actions: [
    "sagemaker:DescribeEndpoint",
    "sagemaker:DescribeEndpointConfig",
    "sagemaker:ListEndpoints",
    ...metricActions,
    ...tagActions,
  ],
  async *list(context) {
    for await (const page of context.aws.walk(listEndpoints)) {
      yield Page.parse(page).Endpoints;
    }
  },
  describe: oneByOne(found),
  measures: {
    queries: ({ name, state, attributes: { variants = [] } }) =>
      state === "InService" ? variants.flatMap((variant) => queryOf(name, variant)) : [],
    with: (found, values) => ({
      ...found,
      observed: { instances: found.observed?.instances, invocations14Days: sumOf(values) },
    }),
  },
};

/** null: it is gone since it was listed. */
async function found(
  { aws, place }: CollectContext,
  listed: ListedEndpoint,
): Promise<Found<Endpoint, EndpointObserved> | null> {
  const answer = await aws.attempt(describeEndpoint, { EndpointName: listed.EndpointName }, gone);
  if (answer === null) return null;
  const detail = DescribedEndpoint.safeParse(answer).data;
  const { EndpointConfigName } = detail ?? {};
  // Several endpoints may be made from one.
  const configAnswer =
    EndpointConfigName && (await sharedAttempt(aws, describeEndpointConfig, { EndpointConfigName }, gone));
  const config = Config.safeParse(configAnswer).data;
  const variants = config && variantsOf(config);
  // SageMaker writes names in ARNs in lower case.
  const models = variants?.flatMap(({ modelName }) => modelName?.toLowerCase() ?? []);
  return {
    nativeId: listed.EndpointArn,
    arn: listed.EndpointArn,
    name: listed.EndpointName,
    state: listed.EndpointStatus,
    ...taggedAs(listed.EndpointArn),
    createdAt: listed.CreationTime,
    costMonthly: variants ? costOf(variants, place.region) : null,
    relations: [
      ...related(
        "runs",
        "AWS::SageMaker::Model",
        models?.map((model) => arnIn(place, "sagemaker", `model/${model}`)),
      ),
      ...encryptedBy(config?.KmsKeyId, place),
    ],
    attributes: {
      configName: detail?.EndpointConfigName,
      variants,
      kmsKeyId: config?.KmsKeyId,
      capturesData: detail && (detail.DataCaptureConfig.EnableCapture ?? false),
      modifiedAt: listed.LastModifiedTime,
    },
    observed: { instances: detail && instancesOf(detail), invocations14Days: null },
  };
}

const variantsOf = ({ ProductionVariants }: Config): readonly EndpointVariant[] =>
  ProductionVariants.map((variant) => ({
    name: variant.VariantName,
    modelName: variant.ModelName,
    instanceType: variant.InstanceType,
    instancesInitial: variant.InitialInstanceCount,
  })).toSorted(by(({ name }) => name));

const instancesOf = ({ ProductionVariants }: DescribedEndpoint): number =>
  ProductionVariants.reduce((sum, { CurrentInstanceCount }) => sum + (CurrentInstanceCount ?? 0), 0);

/** Of the instances as configured; serverless variants cost nothing while nobody calls them. */
function costOf(variants: readonly EndpointVariant[], region: string): number | null {
  const costs = variants.map(({ instanceType, instancesInitial }) => {
    if (instanceType === null) return 0;
    const one = mlInstanceMonthlyUsd(instanceType, region);
    return one === null || instancesInitial === null ? null : one * instancesInitial;
  });
  return costs.reduce((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0);
}

const queryOf = (endpoint: string | null, { name, instanceType }: EndpointVariant): readonly MetricQuery[] =>
  endpoint === null || instanceType === null
    ? []
    : [
        {
          namespace: "AWS/SageMaker",
          metric: "Invocations",
          dimensions: { EndpointName: endpoint, VariantName: name },
          stat: "Sum",
          days: 14,
          over: "sum",
        },
      ];

function sumOf(values: readonly (number | null | undefined)[]): number | null | undefined {
  if (values.includes(undefined)) return undefined;
  const given = values.filter((value) => typeof value === "number");
  return given.length === 0 ? null : given.reduce((a, b) => a + b, 0);
}
