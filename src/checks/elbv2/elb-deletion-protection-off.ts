import type { About, Check, Examples } from "#checks/check";
import { environmentOf, environmentParams, isOneOf, type EnvironmentParams } from "#checks/environment";
import { exampleBalancer } from "./examples.ts";
import { settingEvidence, unreadSettings } from "./shared.ts";

interface Params extends EnvironmentParams {
  /** `production`: only those whose tags say so. */
  readonly scope: "production" | "all";
}

export const check: Check<"elbv2.loadBalancers", Params> = {
  id: "elb_deletion_protection_off",
  severity: "low",
  category: "reliability",
  domain: "resilience",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["elbv2.loadBalancers"],
  decisive: [],
  params: { scope: "production", ...environmentParams },
  judge({ name, nativeId, tags, tagsUnread, attributes: { deletionProtection } }, { params }) {
    const environment = environmentOf(tags, params.envTagKeys);
    if (params.scope === "production") {
      if (tagsUnread === true) return { status: "unknown", reason: "tag:GetResources could not be read" };
      if (!isOneOf(environment, params.prodValues)) return null;
    }
    if (deletionProtection === undefined) return unreadSettings;
    if (deletionProtection) return { status: "pass" };
    return {
      status: "fail",
      summary: `Deletion protection of load balancer ${name ?? nativeId} is off.`,
      details: { deletionProtection, environment },
      evidence: [settingEvidence("deletion_protection.enabled", deletionProtection)],
    };
  },
};

export const about: About = {
  title: "A slip can delete the production load balancer",
  rationale:
    "With the load balancer goes its DNS name, to which every client and record points; a new one gets another name.",
  remediation: "Turn the protection on among its attributes. It costs nothing and interrupts nothing.",
  controls: {
    aws_fsbp: ["ELB.6"],
    hipaa: ["164_308_a_1_ii_b"],
    nist_800_53_r5: [
      "ca_7_4_c",
      "cm_2_2",
      "cm_2_a",
      "cm_3_a",
      "cm_8_6",
      "cp_1_a_1_b",
      "cp_1_a_2",
      "cp_2_5",
      "cp_2_a",
      "cp_2_a_6",
      "cp_2_a_7",
      "cp_2_d",
      "cp_2_e",
      "sa_15_a_4",
      "sc_5_2",
      "sc_22",
    ],
  },
};

export const examples = (): Examples<"elbv2.loadBalancers", Params> => {
  const production = { tags: { Env: "Prod" } };
  const open = { deletionProtection: false };
  return {
    pass: [
      { name: "protected", found: exampleBalancer({}, production) },
      { name: "protected, all are looked at", found: exampleBalancer(), params: { scope: "all" } },
    ],
    fail: [
      {
        name: "production",
        found: exampleBalancer(open, production),
        expect: { severity: "low", details: { environment: "prod" } },
      },
      { name: "never set", found: exampleBalancer({ deletionProtection: null }, production) },
      {
        name: "all are looked at",
        found: exampleBalancer(open, { tagsUnread: true }),
        params: { scope: "all" },
        expect: { details: { environment: null } },
      },
      {
        name: "a word of one's own",
        found: exampleBalancer(open, { tags: { tier: "gold" } }),
        params: { envTagKeys: ["tier"], prodValues: ["gold"] },
      },
    ],
    unknown: [
      { name: "settings not readable", found: exampleBalancer({ deletionProtection: undefined }, production) },
      { name: "tags not readable", found: exampleBalancer(open, { tagsUnread: true }) },
    ],
    notApplicable: [
      { name: "a test environment", found: exampleBalancer(open, { tags: { env: "test" } }) },
      { name: "nothing says production", found: exampleBalancer(open) },
    ],
  };
};
