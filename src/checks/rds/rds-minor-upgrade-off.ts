import type { About, Check, Examples } from "#checks/check";
import { exampleInstance } from "./examples.ts";
import { exposureOf, isRdsEngine } from "./shared.ts";

export const check: Check<"rds.dbInstances"> = {
  id: "rds_minor_upgrade_off",
  severity: "low",
  category: "security",
  domain: "patching",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["rds.dbInstances"],
  decisive: [],
  params: {},
  judge({ state, attributes: { identifier, engine, engineVersion, clusterId, autoMinorVersionUpgrade } }) {
    if (!isRdsEngine(engine)) return null;
    if (autoMinorVersionUpgrade === null) {
      return { status: "unknown", reason: "rds:DescribeDBInstances did not say whether minor upgrades are automatic" };
    }
    if (autoMinorVersionUpgrade) return { status: "pass" };
    return {
      status: "fail",
      exposure: exposureOf(state),
      summary: `Automatic minor version upgrades of database ${identifier} are off.`,
      details: { engine, engineVersion, autoMinorVersionUpgrade },
      variants: clusterId === null ? [] : ["cluster"],
      evidence: [{ call: "rds:DescribeDBInstances", field: "AutoMinorVersionUpgrade", value: autoMinorVersionUpgrade }],
    };
  },
};

export const about: About = {
  title: "The database does not take minor engine versions by itself",
  rationale: "Minor versions bring the engine's security fixes, which now wait until somebody thinks of them.",
  remediation:
    "Turn on automatic minor version upgrades and choose a maintenance window in which a short restart does no harm.",
  controls: {
    "cis_aws_3.0": ["2.3.2"],
    "cis_aws_5.0": ["2.2.2"],
    aws_fsbp: ["RDS.13"],
    "pci_dss_4.0": ["6.3.3"],
    "cis_aws_4.0": ["2.2.2"],
    "cis_aws_6.0": ["3.2.2"],
    "cis_aws_7.0": ["3.2.2"],
  },
  variants: {
    /** It is a member of a cluster. */
    cluster: { aws_fsbp: ["RDS.35"] },
  },
};

export const examples = (): Examples<"rds.dbInstances"> => ({
  pass: [{ name: "on", found: exampleInstance() }],
  fail: [
    { name: "off", found: exampleInstance({ autoMinorVersionUpgrade: false }), expect: { variants: [] } },
    {
      name: "off on a member of a cluster",
      found: exampleInstance({ autoMinorVersionUpgrade: false, engine: "aurora-postgresql", clusterId: "orders" }),
      expect: { variants: ["cluster"] },
    },
  ],
  unknown: [{ name: "AWS does not say", found: exampleInstance({ autoMinorVersionUpgrade: null }) }],
  notApplicable: [
    { name: "a Neptune instance", found: exampleInstance({ autoMinorVersionUpgrade: false, engine: "neptune" }) },
  ],
});
