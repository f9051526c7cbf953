import type { FoundBy } from "#collectors/registry";
import type { About, Check, Examples } from "#checks/check";
import { oncePerList } from "#checks/once";
import { exampleEndpoint, exampleModel, exampleVariant } from "./examples.ts";

export const check: Check<"sagemaker.models", object, "sagemaker.endpoints"> = {
  id: "sagemaker_model_not_isolated",
  severity: "medium",
  category: "security",
  domain: "ai",
  effort: "medium",
  confidence: 0.9,
  drift: false,
  resources: ["sagemaker.models"],
  reads: ["sagemaker.endpoints"],
  condense: {
    "sagemaker.models": ({ attributes: { networkIsolation, subnetIds } }) => ({ networkIsolation, subnetIds }),
    "sagemaker.endpoints": ({ attributes: { variants } }) => ({ variants }),
  },
  decisive: [],
  params: {},
  judge({ name, nativeId, attributes: { networkIsolation, subnetIds } }, context) {
    const endpoints = context.others("sagemaker.endpoints");
    const served = servedModels(endpoints);
    if (endpoints.length > 0 && !served.names.has(name)) {
      return served.isWhole
        ? null
        : {
            status: "unknown",
            reason: "sagemaker:DescribeEndpointConfig could not be read: what is served is not known",
          };
    }
    if (networkIsolation === true || (subnetIds && subnetIds.length > 0)) return { status: "pass" };
    const call = "sagemaker:DescribeModel";
    if (networkIsolation === undefined || subnetIds === undefined)
      return { status: "unknown", reason: `${call} could not be read` };
    return {
      status: "fail",
      summary: `Model ${name ?? nativeId} runs with network access and outside every VPC.`,
      details: { networkIsolation, subnetIds },
      evidence: [
        { call, field: "EnableNetworkIsolation", value: networkIsolation },
        { call, field: "VpcConfig.Subnets[]", value: subnetIds },
      ],
    };
  },
};

/** The models that endpoints of a region serve. */
const servedModels = oncePerList((endpoints: readonly FoundBy<"sagemaker.endpoints">[]) => ({
  names: new Set(endpoints.flatMap(({ attributes }) => attributes.variants?.map(({ modelName }) => modelName) ?? [])),
  isWhole: endpoints.every(({ attributes }) => attributes.variants !== undefined),
}));

export const about: About = {
  title: "The model's containers may talk to the internet",
  rationale:
    "Code hidden in a model or in its image can send out what it is asked, and nothing on the way would see it.",
  remediation:
    "Make the model anew with network isolation, or with a VPC configuration whose subnets and security groups let out only what it needs.",
  controls: { aws_fsbp: ["SageMaker.5"], iso_27001_2022: ["A.8.20", "A.8.21", "A.8.22"] },
};

export const examples = (): Examples<"sagemaker.models"> => {
  const open = exampleModel({ networkIsolation: false });
  const serving = (modelName: string) => exampleEndpoint({ variants: [exampleVariant({ modelName })] });
  const unread = exampleEndpoint({ variants: undefined });
  const others = { "sagemaker.endpoints": [unread, serving("churn")] };
  return {
    pass: [
      { name: "isolated", found: exampleModel(), others },
      { name: "in a VPC", found: exampleModel({ networkIsolation: false, subnetIds: ["subnet-0a1"] }), others },
      { name: "isolated, the rest not readable", found: exampleModel({ subnetIds: undefined }), others },
    ],
    fail: [
      { name: "served", found: open, others, expect: { severity: "medium", details: { networkIsolation: false } } },
      { name: "there are no endpoints", found: open },
    ],
    unknown: [
      { name: "isolation not readable", found: exampleModel({ networkIsolation: undefined }), others },
      { name: "subnets not readable", found: exampleModel({ networkIsolation: false, subnetIds: undefined }), others },
      { name: "an endpoint does not say what it serves", found: open, others: { "sagemaker.endpoints": [unread] } },
    ],
    notApplicable: [{ name: "not served", found: open, others: { "sagemaker.endpoints": [serving("other")] } }],
  };
};
