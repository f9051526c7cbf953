import type { About, Check, Examples } from "#checks/check";
import { daysUntil } from "#checks/days";
import { clusterMonthlyUsd } from "#prices/eks";
import { cents } from "#prices/prices";
import { inRegion } from "#prices/regions";
import { exampleCluster } from "./examples.ts";

interface Params {
  readonly warnDays: number;
}

export const check: Check<"eks.clusters", Params> = {
  id: "eks_version_unsupported",
  severity: "high",
  category: "cost",
  domain: "patching",
  effort: "high",
  confidence: 1,
  drift: false,
  resources: ["eks.clusters"],
  decisive: ["version", "endOfStandardSupportAt"],
  params: { warnDays: 60 },
  judge({ name, nativeId, attributes }, { now, params, place }) {
    const {
      version,
      supportType,
      endOfStandardSupportAt,
      endOfExtendedSupportAt = null,
      controlPlaneTier,
    } = attributes;
    if (!endOfStandardSupportAt)
      return { status: "unknown", reason: "eks:DescribeClusterVersions did not say when support of its version ends" };
    if (!version) return { status: "unknown", reason: "eks:DescribeCluster could not be read" };
    if (daysUntil(endOfStandardSupportAt, now) > params.warnDays) return { status: "pass" };
    const isPast = Date.parse(endOfStandardSupportAt) < now.getTime();
    // AWS upgrades the one by itself; of larger control planes no price is known.
    const isCharged = isPast && supportType !== "STANDARD" && (controlPlaneTier ?? "standard") === "standard";
    const more = inRegion(clusterMonthlyUsd("extended") - clusterMonthlyUsd("standard"), place.region);
    return {
      status: "fail",
      severity: isPast ? "high" : "medium",
      summary: `Standard support of Kubernetes ${version}, on which cluster ${name ?? nativeId} runs, ends on ${endOfStandardSupportAt.slice(0, 10)}.`,
      details: { version, endOfStandardSupportAt, endOfExtendedSupportAt, supportType: supportType ?? null },
      evidence: [
        { call: "eks:DescribeCluster", field: "cluster.version", value: version },
        {
          call: "eks:DescribeClusterVersions",
          field: "clusterVersions[].endOfStandardSupportDate",
          value: endOfStandardSupportAt,
        },
      ],
      savingsMonthly: isCharged && more !== null ? cents(more) : null,
    };
  },
  atRead: ({ endOfStandardSupportAt }, now) => {
    const days = daysUntil(String(endOfStandardSupportAt), now);
    return { daysUntilEndOfSupport: Number.isNaN(days) ? null : days };
  },
};

export const about: About = {
  title: "The cluster's Kubernetes version leaves standard support",
  rationale:
    "From then on AWS charges six times as much for the control plane, fixes less, and upgrades the cluster itself in the end, at its own time.",
  remediation:
    "Go up step by step: EKS takes one minor version with each upgrade, and nodes follow the control plane. Look for removed APIs before each step.",
  controls: { aws_fsbp: ["EKS.2"], "pci_dss_4.0": ["6.3.3"] },
};

export const examples = (): Examples<"eks.clusters", Params> => {
  const found = exampleCluster();
  const place = { region: "us-east-1" };
  const ended = new Date("2026-07-29T00:00:00.001Z");
  return {
    pass: [
      { name: "61 days left", found, now: new Date("2026-05-29T00:00:00.000Z") },
      { name: "a shorter warning", found, now: new Date("2026-06-28T00:00:00.000Z"), params: { warnDays: 30 } },
    ],
    fail: [
      {
        name: "a moment less than 61 days left",
        found,
        now: new Date("2026-05-29T00:00:00.001Z"),
        expect: { severity: "medium" },
      },
      { name: "ends this moment", found, now: new Date("2026-07-29T00:00:00.000Z"), expect: { severity: "medium" } },
      {
        name: "ended",
        found,
        now: ended,
        place,
        expect: { severity: "high", savingsMonthly: 365, details: { version: "1.33", supportType: "EXTENDED" } },
      },
      { name: "ended, elsewhere", found, now: ended, expect: { savingsMonthly: 405.15 } },
      {
        name: "AWS will upgrade it",
        found: exampleCluster({ supportType: "STANDARD" }),
        now: ended,
        expect: { severity: "high" },
      },
      { name: "a larger control plane", found: exampleCluster({ controlPlaneTier: "tier-xl" }), now: ended },
    ],
    unknown: [
      { name: "not listed", found: exampleCluster({ endOfStandardSupportAt: null }), now: ended },
      { name: "versions not readable", found: exampleCluster({ endOfStandardSupportAt: undefined }), now: ended },
      { name: "cluster not readable", found: exampleCluster({ version: undefined }), now: ended },
    ],
  };
};
