import type { About, Check, Examples, JudgeContext } from "#checks/check";
import { bucketRegions } from "#checks/region-in-use";
import { exampleBucket } from "#checks/s3/examples";
import { exampleDetector, exampleNoDetector } from "./examples.ts";

interface Params {
  /** Which protection plans are wanted. */
  readonly features: readonly string[];
}

type Lists = "s3.buckets" | "eks.clusters" | "rds.dbClusters" | "lambda.functions" | "ec2.instances" | "ecs.clusters";

/** What of its kind is there for each plan to protect. */
const protects: Readonly<Record<string, (context: Pick<JudgeContext<object, Lists>, "others" | "place">) => boolean>> =
  {
    S3_DATA_EVENTS: ({ others, place }) => bucketRegions(others("s3.buckets")).has(place.region),
    EKS_AUDIT_LOGS: ({ others }) => others("eks.clusters").length > 0,
    RDS_LOGIN_EVENTS: ({ others }) =>
      others("rds.dbClusters").some(({ attributes }) => attributes.engine.startsWith("aurora")),
    LAMBDA_NETWORK_LOGS: ({ others }) => others("lambda.functions").length > 0,
    EBS_MALWARE_PROTECTION: ({ others }) => others("ec2.instances").length > 0,
    RUNTIME_MONITORING: ({ others }) =>
      others("ecs.clusters").length > 0 || others("eks.clusters").length > 0 || others("ec2.instances").length > 0,
  };

export const check: Check<"guardduty.detectors", Params, Lists> = {
  id: "guardduty_protection_off",
  severity: "medium",
  category: "security",
  domain: "logging_detection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["guardduty.detectors"],
  reads: ["s3.buckets", "eks.clusters", "rds.dbClusters", "lambda.functions", "ec2.instances", "ecs.clusters"],
  condense: {
    "guardduty.detectors": ({ attributes: { isEnabled, features } }) => ({ isEnabled, features }),
    "s3.buckets": () => ({}),
    "eks.clusters": () => ({}),
    "rds.dbClusters": ({ attributes: { engine } }) => ({ engine }),
    "lambda.functions": () => ({}),
    "ec2.instances": () => ({}),
    "ecs.clusters": () => ({}),
  },
  decisive: ["features"],
  params: { features: Object.keys(protects).toSorted() },
  judge({ attributes: { isEnabled, features } }, context) {
    if (isEnabled === undefined || features === undefined)
      return { status: "unknown", reason: "guardduty:GetDetector could not be read" };
    if (!isEnabled) return null;
    const on = new Set(features?.filter((feature) => feature.isEnabled).map(({ name }) => name));
    const off = context.params.features.filter((name) => !on.has(name) && protects[name]?.(context));
    if (off.length === 0) return { status: "pass" };
    return {
      status: "fail",
      summary: `GuardDuty in ${context.place.region} is on without: ${off.join(", ")}.`,
      details: { features: off },
      variants: off,
      evidence: off.map((name) => ({
        call: "guardduty:GetDetector",
        field: "Features[].Status",
        value: `${name}: ${features?.some((feature) => feature.name === name) ? "DISABLED" : "not there"}`,
      })),
    };
  },
};

export const about: About = {
  title: "GuardDuty leaves out a service that is in use",
  rationale:
    "By itself GuardDuty looks at API calls, DNS and the flow of traffic. Attacks on objects, databases, functions or inside of containers need a plan of their own to be seen.",
  remediation:
    "Look up what the plan costs for your volume, switch it on, and let the organization do so for new accounts.",
  controls: {},
  variants: {
    S3_DATA_EVENTS: { aws_fsbp: ["GuardDuty.10"] },
    EKS_AUDIT_LOGS: { aws_fsbp: ["GuardDuty.5"], iso_27001_2022: ["A.8.15"] },
    RDS_LOGIN_EVENTS: { aws_fsbp: ["GuardDuty.9"] },
    LAMBDA_NETWORK_LOGS: { aws_fsbp: ["GuardDuty.6"] },
    EBS_MALWARE_PROTECTION: { aws_fsbp: ["GuardDuty.8"] },
    RUNTIME_MONITORING: { aws_fsbp: ["GuardDuty.7", "GuardDuty.11"] },
  },
};

export const examples = (): Examples<"guardduty.detectors", Params> => {
  const here = exampleDetector();
  const without = (...names: readonly string[]) =>
    exampleDetector({
      features: here.attributes.features?.map(({ name }) => ({ name, isEnabled: !names.includes(name) })),
    });
  const bucket = { "s3.buckets": [exampleBucket({})] };
  const cluster = (engine: string) => ({ "rds.dbClusters": [{ ...here, attributes: { engine } }] });
  const expect = (...features: readonly string[]) => ({ details: { features }, variants: features });
  return {
    pass: [
      { name: "everything is on", found: here, others: bucket },
      { name: "nothing to protect", found: without("S3_DATA_EVENTS", "RDS_LOGIN_EVENTS") },
      {
        name: "the buckets are elsewhere",
        found: without("S3_DATA_EVENTS"),
        others: bucket,
        place: { region: "us-east-1" },
      },
      { name: "no Aurora", found: without("RDS_LOGIN_EVENTS"), others: cluster("docdb") },
      {
        name: "not wanted",
        found: without("S3_DATA_EVENTS"),
        others: bucket,
        params: { features: ["EKS_AUDIT_LOGS"] },
      },
    ],
    fail: [
      {
        name: "buckets",
        found: without("S3_DATA_EVENTS"),
        others: bucket,
        expect: { severity: "medium", ...expect("S3_DATA_EVENTS") },
      },
      {
        name: "Aurora",
        found: without("RDS_LOGIN_EVENTS"),
        others: cluster("aurora-mysql"),
        expect: expect("RDS_LOGIN_EVENTS"),
      },
      {
        name: "functions",
        found: without("LAMBDA_NETWORK_LOGS"),
        others: { "lambda.functions": [here] },
        expect: expect("LAMBDA_NETWORK_LOGS"),
      },
      {
        name: "instances, of which GuardDuty says nothing",
        found: exampleDetector({ features: [] }),
        others: { "ec2.instances": [here] },
        expect: expect("EBS_MALWARE_PROTECTION", "RUNTIME_MONITORING"),
      },
      {
        name: "Kubernetes",
        found: without("EKS_AUDIT_LOGS", "RUNTIME_MONITORING"),
        others: { "eks.clusters": [here] },
        expect: expect("EKS_AUDIT_LOGS", "RUNTIME_MONITORING"),
      },
      {
        name: "containers",
        found: without("RUNTIME_MONITORING"),
        others: { "ecs.clusters": [here] },
        expect: expect("RUNTIME_MONITORING"),
      },
    ],
    unknown: [
      { name: "denied", found: exampleDetector({ isEnabled: undefined, features: undefined }) },
      { name: "features denied", found: exampleDetector({ features: undefined }) },
    ],
    notApplicable: [
      { name: "no detector", found: exampleNoDetector(), others: bucket },
      { name: "suspended", found: exampleDetector({ isEnabled: false }), others: bucket },
    ],
  };
};
