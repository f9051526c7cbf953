import type { FoundBy } from "#collectors/registry";
import type { About, Check, Examples, JudgeContext, Verdict } from "#checks/check";
import { dayMs, isOlderThan } from "#checks/days";
import { cents } from "#prices/prices";
import { mlInstanceMonthlyUsd } from "#prices/sagemaker";
import { exampleEndpoint, exampleNotebook, exampleVariant } from "./examples.ts";

interface Params {
  /** Endpoints younger than this are left alone. Calls are those of the last 14 whole days, whatever stands here. */
  readonly lookbackDays: number;
  /** A notebook that was not started, stopped or changed for longer counts as forgotten. */
  readonly notebookDays: number;
}

type Kinds = "sagemaker.endpoints" | "sagemaker.notebookInstances";
type Context = JudgeContext<Params, never>;

export const check: Check<Kinds, Params> = {
  id: "sagemaker_endpoint_idle",
  severity: "medium",
  category: "cost",
  domain: "cost",
  effort: "low",
  confidence: 0.85,
  drift: false,
  resources: ["sagemaker.endpoints", "sagemaker.notebookInstances"],
  decisive: ["instanceTypes"],
  params: { lookbackDays: 14, notebookDays: 7 },
  judge(found, context) {
    if (found.state !== "InService") return null;
    return isEndpoint(found) ? endpointVerdict(found, context) : notebookVerdict(notebook(found), context);
  },
};

const isEndpoint = (found: FoundBy<Kinds>): found is FoundBy<"sagemaker.endpoints"> => "variants" in found.attributes;
// safe: it is the one or the other.
const notebook = (found: FoundBy<Kinds>) => found as FoundBy<"sagemaker.notebookInstances">;

function endpointVerdict(
  { name, nativeId, createdAt, attributes, observed }: FoundBy<"sagemaker.endpoints">,
  { now, params, place }: Context,
): Verdict {
  // Serverless variants cost nothing while nobody calls them.
  const variants = attributes.variants?.filter(({ instanceType }) => instanceType !== null);
  if (variants === undefined)
    return { status: "unknown", reason: "sagemaker:DescribeEndpointConfig could not be read" };
  if (variants.length === 0) return null;
  if (createdAt === null) return { status: "unknown", reason: "sagemaker:ListEndpoints did not say when it was made" };
  if (!isOlderThan(params.lookbackDays, createdAt, now)) return { status: "pass" };
  const invocations = observed?.invocations14Days;
  if (invocations === undefined) return { status: "unknown", reason: "cloudwatch:GetMetricData could not be read" };
  // No figure at all means that there were none.
  if (invocations !== null && invocations > 0) return { status: "pass" };
  const instanceTypes = variants.map(({ instanceType }) => instanceType).toSorted();
  const costs = variants.map(({ instanceType, instancesInitial }) => {
    const one = mlInstanceMonthlyUsd(instanceType ?? "", place.region);
    return one === null || instancesInitial === null ? null : one * instancesInitial;
  });
  return {
    status: "fail",
    summary: `Endpoint ${name ?? nativeId} runs on ${instanceTypes.join(", ")}, and nobody calls it.`,
    details: { kind: "endpoint", instanceTypes, createdAt, lookbackDays: params.lookbackDays },
    evidence: [
      { call: "cloudwatch:GetMetricData", field: "MetricDataResults[].Values", value: 0 },
      { call: "sagemaker:DescribeEndpointConfig", field: "ProductionVariants[].InstanceType", value: instanceTypes },
    ],
    savingsMonthly: costs.includes(null) ? null : cents(costs.reduce<number>((sum, usd) => sum + (usd ?? 0), 0)),
  };
}

function notebookVerdict(
  { name, nativeId, attributes: { instanceType, modifiedAt } }: FoundBy<"sagemaker.notebookInstances">,
  { now, params, place }: Context,
): Verdict {
  const call = "sagemaker:ListNotebookInstances";
  if (modifiedAt === null) return { status: "unknown", reason: `${call} did not say when it was last changed` };
  if (!isOlderThan(params.notebookDays, modifiedAt, now)) return { status: "pass" };
  // Its volume stays.
  const monthly = instanceType === null ? null : mlInstanceMonthlyUsd(instanceType, place.region);
  return {
    status: "fail",
    summary: `Notebook ${name ?? nativeId} has been running since ${modifiedAt.slice(0, 10)} at the latest.`,
    details: { kind: "notebook", instanceTypes: [instanceType], modifiedAt, notebookDays: params.notebookDays },
    evidence: [
      { call, field: "NotebookInstances[].NotebookInstanceStatus", value: "InService" },
      { call, field: "NotebookInstances[].LastModifiedTime", value: modifiedAt },
    ],
    savingsMonthly: monthly === null ? null : cents(monthly),
  };
}

export const about: About = {
  title: "An inference endpoint or a notebook runs, and nobody uses it",
  rationale:
    "Instances for machine learning are charged for by the hour as long as they run, and cost more than the same of EC2.",
  remediation:
    "Delete the endpoint and keep its configuration, from which it is made again in minutes, or make it serverless. Stop the notebook, and let a lifecycle script stop it next time.",
  controls: {},
};

export const examples = (): Examples<Kinds, Params> => {
  const created = Date.parse("2026-01-01T00:00:00.000Z");
  const after = (days: number, ms = 0): Date => new Date(created + days * dayMs + ms);
  const place = { region: "us-east-1" };
  const called = (invocations14Days: number | null | undefined) =>
    exampleEndpoint({}, { observed: { instances: 1, invocations14Days } });
  const serverless = exampleVariant({ name: "small", instanceType: null, instancesInitial: null });
  return {
    pass: [
      { name: "called once", found: called(1), now: after(30) },
      { name: "exactly 14 days old", found: called(0), now: after(14) },
      { name: "a longer wait", found: called(0), now: after(20), params: { lookbackDays: 30 } },
      { name: "a notebook changed exactly 7 days ago", found: exampleNotebook(), now: after(7) },
    ],
    fail: [
      {
        name: "never called",
        found: called(0),
        now: after(14, 1),
        place,
        expect: { savingsMonthly: 83.95, details: { kind: "endpoint", instanceTypes: ["ml.m5.large"] } },
      },
      {
        name: "no figures, two variants and a serverless one",
        found: exampleEndpoint({
          variants: [
            exampleVariant({ instancesInitial: 2 }),
            exampleVariant({ name: "b", instanceType: "ml.t3.medium" }),
            serverless,
          ],
        }),
        now: after(30),
        place,
        expect: { savingsMonthly: 204.4, details: { instanceTypes: ["ml.m5.large", "ml.t3.medium"] } },
      },
      {
        name: "a type without a price of its own",
        found: exampleEndpoint({ variants: [exampleVariant({ instanceType: "ml.c5.large" })] }),
        now: after(30),
        place,
        expect: { savingsMonthly: 74.46 },
      },
      {
        name: "a type without any price",
        found: exampleEndpoint({ variants: [exampleVariant({ instanceType: "ml.new1.large" })] }),
        now: after(30),
      },
      {
        name: "a notebook changed just over 7 days ago",
        found: exampleNotebook(),
        now: after(7, 1),
        place,
        expect: { savingsMonthly: 36.5, details: { kind: "notebook", instanceTypes: ["ml.t3.medium"] } },
      },
    ],
    unknown: [
      { name: "configuration not readable", found: exampleEndpoint({ variants: undefined }), now: after(30) },
      { name: "figures not readable", found: called(undefined), now: after(30) },
      { name: "no date", found: exampleEndpoint({}, { createdAt: null }), now: after(30) },
      { name: "no date, notebook", found: exampleNotebook({ modifiedAt: null }), now: after(30) },
    ],
    notApplicable: [
      { name: "being made", found: exampleEndpoint({}, { state: "Creating" }), now: after(30) },
      { name: "a stopped notebook", found: exampleNotebook({}, "Stopped"), now: after(30) },
      { name: "serverless", found: exampleEndpoint({ variants: [serverless] }), now: after(30) },
    ],
  };
};
