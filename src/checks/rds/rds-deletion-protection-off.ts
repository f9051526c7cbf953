import type { About, Check, Examples } from "#checks/check";
import { environmentOf, environmentParams, isOneOf } from "#checks/environment";
import { exampleCluster, exampleInstance } from "./examples.ts";
import { isMember, isRdsEngine, sourceOf } from "./shared.ts";

interface Params {
  /** Tags that name the environment; the first one set counts. */
  readonly envTagKeys: readonly string[];
  readonly nonProdValues: readonly string[];
}

export const check: Check<"rds.dbInstances" | "rds.dbClusters", Params> = {
  id: "rds_deletion_protection_off",
  severity: "medium",
  category: "reliability",
  domain: "resilience",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["rds.dbInstances", "rds.dbClusters"],
  decisive: [],
  params: {
    envTagKeys: environmentParams.envTagKeys,
    nonProdValues: ["dev", "test", "staging", "sandbox"],
  },
  judge({ tags, attributes }, { params }) {
    const { identifier, engine, deletionProtection } = attributes;
    // A cluster is protected as a whole; its members have no protection of their own.
    if (!isRdsEngine(engine) || isMember(attributes)) return null;
    const { call, noun, variant } = sourceOf(attributes);
    if (deletionProtection === null) {
      return { status: "unknown", reason: `${call} did not say whether deletion protection is on` };
    }
    if (deletionProtection) return { status: "pass" };
    const environment = environmentOf(tags, params.envTagKeys);
    return {
      status: "fail",
      severity: isOneOf(environment, params.nonProdValues) ? "low" : "medium",
      summary: `Deletion protection of ${noun} ${identifier} is off.`,
      details: { deletionProtection, environment },
      variants: [variant],
      evidence: [{ call, field: "DeletionProtection", value: deletionProtection }],
    };
  },
};

export const about: About = {
  title: "A single call can delete the database",
  rationale: "A slip in a script, or the deletion of a stack, takes the database and its automated backups with it.",
  remediation: "Turn on deletion protection. It changes at once, without a restart.",
  controls: {},
  variants: {
    instance: {
      aws_fsbp: ["RDS.8"],
      nist_800_53_r5: [
        "ca_7_4_c",
        "cm_3_a",
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
        "si_13_5",
      ],
      soc2: ["cc_c_1_1"],
    },
    cluster: { aws_fsbp: ["RDS.7"] },
  },
};

export const examples = (): Examples<"rds.dbInstances" | "rds.dbClusters", Params> => {
  const open = (tags: Record<string, string>) => exampleInstance({ deletionProtection: false }, tags);
  return {
    pass: [
      { name: "protected", found: exampleInstance() },
      { name: "a protected cluster", found: exampleCluster() },
    ],
    fail: [
      {
        name: "no tag says otherwise",
        found: open({}),
        expect: { severity: "medium", variants: ["instance"], details: { environment: null } },
      },
      {
        name: "a cluster",
        found: exampleCluster({ deletionProtection: false }),
        expect: { severity: "medium", variants: ["cluster"] },
      },
      { name: "production", found: open({ Environment: "prod" }), expect: { severity: "medium" } },
      {
        name: "development",
        found: open({ ENV: "Dev" }),
        expect: { severity: "low", details: { environment: "dev" } },
      },
      { name: "the first key counts", found: open({ stage: "dev", env: "live" }), expect: { severity: "medium" } },
    ],
    unknown: [
      { name: "AWS does not say", found: exampleInstance({ deletionProtection: null }) },
      { name: "AWS does not say of a cluster", found: exampleCluster({ deletionProtection: null }) },
    ],
    notApplicable: [
      { name: "a member of a cluster", found: exampleInstance({ deletionProtection: false, clusterId: "orders" }) },
      { name: "a DocumentDB instance", found: exampleInstance({ deletionProtection: false, engine: "docdb" }) },
    ],
  };
};
