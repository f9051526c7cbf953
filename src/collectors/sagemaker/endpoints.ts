import { z } from "zod";
import type { AwsCaller, Operation } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { flag, instant, list, number, part, text } from "#collectors/json";
import { metricActions, type MetricQuery } from "#collectors/metrics";
import { by } from "#collectors/order";
import { arnIn, encryptedBy, related } from "#collectors/relations";
import { tagActions, tagFacts, tagged, type Tagged } from "#collectors/tags";
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
export const collector: Collector<Endpoint, EndpointObserved, Tagged<ListedEndpoint>> = {
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
  tagTypes: ["sagemaker:endpoint"],
  // Endpoints made from one configuration are mostly listed side by side, and it need be read once only.
  batch: 20,
  async *list(context) {
    for await (const page of context.aws.walk(listEndpoints)) {
      yield tagged(context, Page.parse(page).Endpoints, ({ EndpointArn }) => EndpointArn);
    }
  },
  async describe({ aws, place }, items) {
    const details = await Promise.all(items.map(({ listed }) => detailOf(aws, listed.EndpointName)));
    const configs = await configsOf(aws, details);
    return items.flatMap((item, at) => {
      const detail = details[at];
      return detail === null ? [] : [found(item, detail, configs.get(detail?.EndpointConfigName ?? ""), place)];
    });
  },
  measures: {
    queries: ({ name, state, attributes: { variants = [] } }) =>
      state === "InService" ? variants.flatMap((variant) => queryOf(name, variant)) : [],
    with: (found, values) => ({
      ...found,
      observed: { instances: found.observed?.instances, invocations14Days: sumOf(values) },
    }),
  },
};

async function detailOf(aws: AwsCaller, EndpointName: string): Promise<DescribedEndpoint | null | undefined> {
  const answer = await aws.attempt(describeEndpoint, { EndpointName }, gone);
  return answer === null ? null : DescribedEndpoint.safeParse(answer).data;
}

/** By name; nothing for one that could not be read. */
async function configsOf(
  aws: AwsCaller,
  details: readonly (DescribedEndpoint | null | undefined)[],
): Promise<ReadonlyMap<string, Config | undefined>> {
  const names = new Set(details.flatMap((detail) => detail?.EndpointConfigName ?? []));
  const entries = [...names].map(async (EndpointConfigName) => {
    const answer = await aws.attempt(describeEndpointConfig, { EndpointConfigName }, gone);
    return [EndpointConfigName, Config.safeParse(answer).data] as const;
  });
  return new Map(await Promise.all(entries));
}

function found(
  { listed, tags }: Tagged<ListedEndpoint>,
  detail: DescribedEndpoint | undefined,
  config: Config | undefined,
  place: Place,
): Found<Endpoint, EndpointObserved> {
  const variants = config && variantsOf(config);
  // SageMaker writes names in ARNs in lower case.
  const models = variants?.flatMap(({ modelName }) => modelName?.toLowerCase() ?? []);
  return {
    nativeId: listed.EndpointArn,
    arn: listed.EndpointArn,
    name: listed.EndpointName,
    state: listed.EndpointStatus,
    ...tagFacts(tags),
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
