import type { About, Check, Examples } from "#checks/check";
import { exampleBalancer } from "./examples.ts";
import { exposureOf, isPublic, settingEvidence, unreadSettings } from "./shared.ts";

export const check: Check<"elbv2.loadBalancers"> = {
  id: "elb_access_logs_off",
  severity: "low",
  category: "security",
  domain: "logging_detection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["elbv2.loadBalancers"],
  decisive: [],
  params: {},
  judge({ name, nativeId, attributes: balancer }) {
    const { type, scheme, accessLogsEnabled } = balancer;
    if (type !== "application" && type !== "network") return null;
    if (accessLogsEnabled === undefined) return unreadSettings;
    if (accessLogsEnabled) return { status: "pass" };
    return {
      status: "fail",
      severity: isPublic(balancer) ? "medium" : "low",
      exposure: exposureOf(balancer),
      summary: `Access logs of load balancer ${name ?? nativeId} are off.`,
      details: { scheme, accessLogsEnabled },
      evidence: [settingEvidence("access_logs.s3.enabled", accessLogsEnabled)],
    };
  },
};

export const about: About = {
  title: "The load balancer keeps no access log",
  rationale: "After an attack nobody can say who asked for what, and from where.",
  remediation:
    "Turn on access logs to a bucket of the same region, and let a lifecycle rule delete them after a few months.",
  controls: {
    aws_fsbp: ["ELB.5"],
    "cis_aws_7.0": ["4.10"],
    gdpr: ["article_30"],
    hipaa: ["164_308_a_1_ii_d", "164_308_a_3_ii_a", "164_308_a_6_ii", "164_312_b"],
    iso_27001_2022: ["A.8.15"],
    nist_800_53_r5: [
      "ac_4_26",
      "au_2_b",
      "au_3_a",
      "au_3_b",
      "au_3_c",
      "au_3_d",
      "au_3_e",
      "au_3_f",
      "au_6_3",
      "au_6_4",
      "au_6_6",
      "au_6_9",
      "au_8_b",
      "au_10",
      "au_12_1",
      "au_12_2",
      "au_12_3",
      "au_12_4",
      "au_12_a",
      "au_12_c",
      "au_14_3",
      "au_14_a",
      "au_14_b",
      "ca_7_b",
      "cm_5_1_b",
      "ia_3_3_b",
      "ma_4_1_a",
      "pm_14_a_1",
      "pm_14_b",
      "pm_31",
      "sc_7_9_b",
      "si_4_17",
      "si_7_8",
    ],
    soc2: ["cc_7_2", "cc_7_3", "cc_a_1_1", "pi_1_2"],
  },
};

export const examples = (): Examples<"elbv2.loadBalancers"> => ({
  pass: [
    { name: "on", found: exampleBalancer() },
    { name: "on, network", found: exampleBalancer({ type: "network" }) },
  ],
  fail: [
    {
      name: "off, on the internet",
      found: exampleBalancer({ accessLogsEnabled: false }),
      expect: { severity: "medium", exposure: "internet" },
    },
    {
      name: "never set, internal",
      found: exampleBalancer({ accessLogsEnabled: null, scheme: "internal", type: "network" }),
      expect: { severity: "low", exposure: "internal" },
    },
  ],
  unknown: [{ name: "not readable", found: exampleBalancer({ accessLogsEnabled: undefined }) }],
  notApplicable: [{ name: "a gateway", found: exampleBalancer({ type: "gateway", accessLogsEnabled: null }) }],
});
