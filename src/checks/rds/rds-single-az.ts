import type { About, Check, Examples } from "#checks/check";
import { environmentOf, environmentParams, isOneOf, type EnvironmentParams } from "#checks/environment";
import { exampleCluster, exampleInstance } from "./examples.ts";
import { isMember, isRdsEngine, sourceOf } from "./shared.ts";

export const check: Check<"rds.dbInstances" | "rds.dbClusters", EnvironmentParams> = {
  id: "rds_single_az",
  severity: "low",
  category: "reliability",
  domain: "resilience",
  effort: "medium",
  confidence: 0.9,
  drift: true,
  resources: ["rds.dbInstances", "rds.dbClusters"],
  decisive: [],
  params: environmentParams,
  judge({ tags, attributes }, { params }) {
    const { identifier, engine, replicaSource, multiAz } = attributes;
    // Members of a cluster fail over to each other, and a replica to its source.
    if (!isRdsEngine(engine) || isMember(attributes) || replicaSource !== null) return null;
    const environment = environmentOf(tags, params.envTagKeys);
    if (!isOneOf(environment, params.prodValues)) return null;
    const { call, noun, variant } = sourceOf(attributes);
    if (multiAz === null) return { status: "unknown", reason: `${call} did not say whether it is Multi-AZ` };
    if (multiAz) return { status: "pass" };
    return {
      status: "fail",
      summary: `Production ${noun} ${identifier} has no standby in another Availability Zone.`,
      details: { multiAz, environment },
      variants: [variant],
      evidence: [{ call, field: "MultiAZ", value: multiAz }],
    };
  },
};

export const about: About = {
  title: "A production database stands in one Availability Zone only",
  rationale: "When the zone fails, or the host under it, the database is down until a new one has been restored.",
  remediation:
    "Convert the instance to Multi-AZ, which doubles what instance and storage cost, or write down that the outage is acceptable.",
  controls: {
    "cis_aws_4.0": ["2.2.4"],
    "cis_aws_5.0": ["2.2.4"],
    "cis_aws_6.0": ["3.2.4"],
    "cis_aws_7.0": ["3.2.4"],
    iso_27001_2022: ["A.8.14"],
  },
  variants: {
    instance: {
      aws_fsbp: ["RDS.5"],
      hipaa: ["164_308_a_1_ii_b", "164_308_a_7_i", "164_308_a_7_ii_a", "164_308_a_7_ii_b", "164_308_a_7_ii_c"],
      nist_800_53_r5: [
        "cp_1_a_1_b",
        "cp_1_a_2",
        "cp_2_5",
        "cp_2_6",
        "cp_2_a",
        "cp_2_a_6",
        "cp_2_a_7",
        "cp_2_d",
        "cp_2_e",
        "cp_6_2",
        "cp_10",
        "sc_5_2",
        "sc_6",
        "sc_22",
        "sc_36",
        "si_13_5",
      ],
    },
    cluster: { aws_fsbp: ["RDS.15"] },
  },
};

export const examples = (): Examples<"rds.dbInstances" | "rds.dbClusters", EnvironmentParams> => {
  const production = { environment: "Production" };
  return {
    pass: [
      { name: "production with a standby", found: exampleInstance({}, production) },
      { name: "a production cluster over zones", found: exampleCluster({}, production) },
    ],
    fail: [
      {
        name: "production without a standby",
        found: exampleInstance({ multiAz: false }, production),
        expect: { variants: ["instance"] },
      },
      {
        name: "a production cluster in one zone",
        found: exampleCluster({ multiAz: false }, production),
        expect: { variants: ["cluster"] },
      },
    ],
    unknown: [
      { name: "AWS does not say", found: exampleInstance({ multiAz: null }, production) },
      { name: "AWS does not say of a cluster", found: exampleCluster({ multiAz: null }, production) },
    ],
    notApplicable: [
      { name: "a test database", found: exampleInstance({ multiAz: false }, { env: "test" }) },
      { name: "nothing says production", found: exampleInstance({ multiAz: false }) },
      {
        name: "a cluster that replicates another",
        found: exampleCluster(
          { multiAz: false, replicaSource: "arn:aws:rds:us-east-1:111122223333:cluster:x" },
          production,
        ),
      },
      { name: "a read replica", found: exampleInstance({ multiAz: false, replicaSource: "shop-primary" }, production) },
      { name: "a member of a cluster", found: exampleInstance({ multiAz: false, clusterId: "orders" }, production) },
      { name: "a Neptune instance", found: exampleInstance({ multiAz: false, engine: "neptune" }, production) },
    ],
  };
};
