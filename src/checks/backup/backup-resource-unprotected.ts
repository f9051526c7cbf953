import { kindOf } from "#checks/arn";
import type { About, Check, Evidence, Examples } from "#checks/check";
import { isOlderThan } from "#checks/days";
import { exampleSnapshot, exampleVolume } from "#checks/ec2/examples";
import { exampleFileSystem } from "#checks/efs/examples";
import { environmentOf, environmentParams, isOneOf, type EnvironmentParams } from "#checks/environment";
import { oncePerList } from "#checks/once";
import { exampleInstance } from "#checks/rds/examples";
import { isRdsEngine } from "#checks/rds/shared";
import type { FoundBy } from "#collectors/registry";

interface Params extends EnvironmentParams {
  readonly maxAgeDays: number;
}
type Store = "rds.dbInstances" | "rds.dbClusters" | "dynamodb.tables" | "efs.fileSystems" | "ec2.volumes";
type Reads = "backup.plans" | "backup.protectedResources" | "ec2.snapshots";

export const check: Check<Store | "iam.accounts", Params, Reads> = {
  id: "backup_resource_unprotected",
  severity: "medium",
  category: "reliability",
  domain: "resilience",
  effort: "medium",
  confidence: 0.85,
  drift: true,
  resources: ["rds.dbInstances", "rds.dbClusters", "dynamodb.tables", "efs.fileSystems", "ec2.volumes", "iam.accounts"],
  reads: ["backup.plans", "backup.protectedResources", "ec2.snapshots"],
  condense: {
    "rds.dbInstances": ({ attributes: { engine, clusterId, replicaSource, backupRetentionDays } }) => ({
      engine,
      clusterId,
      replicaSource,
      backupRetentionDays,
    }),
    "rds.dbClusters": ({ attributes: { engine, backupRetentionDays } }) => ({ engine, backupRetentionDays }),
    "dynamodb.tables": ({ attributes: { pointInTimeRecoveryStatus } }) => ({ pointInTimeRecoveryStatus }),
    "efs.fileSystems": ({ attributes: { backupPolicyStatus } }) => ({ backupPolicyStatus }),
    "ec2.volumes": ({ attributes: { volumeId } }) => ({ volumeId }),
    "iam.accounts": () => ({}),
    "backup.plans": ({ attributes: { backupPlanId } }) => ({ backupPlanId }),
    "backup.protectedResources": ({ attributes: { resourceArn }, observed }) => ({
      resourceArn,
      lastBackupAt: observed?.lastBackupAt ?? null,
    }),
    "ec2.snapshots": ({ attributes: { volumeId } }) => ({ volumeId }),
  },
  decisive: [],
  params: { maxAgeDays: 7, ...environmentParams },
  judge(found, { now, others, params }) {
    const kind = kinds[kindOf(found.arn) ?? ""];
    if (!kind) return judgePlans(others("backup.plans"));
    const environment = environmentOf(found.tags, params.envTagKeys);
    if (!isOneOf(environment, params.prodValues) || found.state?.toLowerCase().startsWith("delet")) return null;
    const own = kind.own(found, others("ec2.snapshots"));
    if (own === null) return null;
    const lastBackupAt = lastBackups(others("backup.protectedResources")).get(found.nativeId) ?? null;
    const isRecent = (at: string | null): boolean => at !== null && !isOlderThan(params.maxAgeDays, at, now);
    if (isRecent(lastBackupAt) || own.keeps || isRecent(own.lastAt)) return { status: "pass" };
    if (own.value === undefined) return { status: "unknown", reason: `${own.call} gave no ${own.field}` };
    const name = found.name ?? found.nativeId;
    return {
      status: "fail",
      variants: [kind.variant],
      summary: `Production ${kind.noun} ${name} has no recent copy to restore from.`,
      details: { kind: kind.variant, environment, lastBackupAt, maxAgeDays: params.maxAgeDays },
      evidence: [
        { call: "backup:ListProtectedResources", field: "Results[].LastBackupTime", value: lastBackupAt },
        { call: own.call, field: own.field, value: own.value },
      ],
    };
  },
};

/** What a service does by itself to keep copies; `value` is `undefined` where it could not be read. */
interface Own extends Evidence {
  /** It goes on doing so. */
  readonly keeps: boolean;
  /** When it did so last, as far as that is known. */
  readonly lastAt: string | null;
}
interface Kind {
  readonly noun: string;
  readonly variant: string;
  /** null: its copies are kept with another thing. */
  own(found: FoundBy<Store | "iam.accounts">, snapshots: readonly FoundBy<"ec2.snapshots">[]): Own | null;
}

// safe, here and below: an ARN tells the kind of what was found, and thereby its attributes.
const attributesOf = <Id extends Store>(found: FoundBy<Store | "iam.accounts">) =>
  found.attributes as FoundBy<Id>["attributes"];

const automated = (call: string, days: number | null): Own => ({
  call,
  field: "BackupRetentionPeriod",
  value: days ?? undefined,
  keeps: (days ?? 0) >= 1,
  lastAt: null,
});

/** What follows a copy of is the thing it was copied from, and members of a cluster share its storage. */
const kinds: Readonly<Record<string, Kind>> = {
  "rds:db": {
    noun: "database",
    variant: "rdsInstance",
    own(found) {
      const { engine, clusterId, replicaSource, backupRetentionDays } = attributesOf<"rds.dbInstances">(found);
      if (!isRdsEngine(engine) || clusterId !== null || replicaSource !== null) return null;
      return automated("rds:DescribeDBInstances", backupRetentionDays);
    },
  },
  "rds:cluster": {
    noun: "database cluster",
    variant: "rdsCluster",
    own(found) {
      const { engine, backupRetentionDays } = attributesOf<"rds.dbClusters">(found);
      return isRdsEngine(engine) ? automated("rds:DescribeDBClusters", backupRetentionDays) : null;
    },
  },
  "dynamodb:table": {
    noun: "table",
    variant: "dynamodb",
    own(found) {
      const { pointInTimeRecoveryStatus: value } = attributesOf<"dynamodb.tables">(found);
      const field = "ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus";
      return { call: "dynamodb:DescribeContinuousBackups", field, value, keeps: value === "ENABLED", lastAt: null };
    },
  },
  "elasticfilesystem:file-system": {
    noun: "file system",
    variant: "efs",
    own(found) {
      const { backupPolicyStatus: value } = attributesOf<"efs.fileSystems">(found);
      const keeps = value?.startsWith("ENABL") ?? false;
      return { call: "efs:DescribeBackupPolicy", field: "BackupPolicy.Status", value, keeps, lastAt: null };
    },
  },
  "ec2:volume": {
    noun: "volume",
    variant: "ebs",
    own(found, snapshots) {
      if (found.state !== "in-use") return null;
      const { volumeId } = attributesOf<"ec2.volumes">(found);
      const lastAt = lastSnapshots(snapshots).get(volumeId) ?? null;
      return { call: "ec2:DescribeSnapshots", field: "Snapshots[].StartTime", value: lastAt, keeps: false, lastAt };
    },
  },
};

/** Key → the latest time; ISO times sort as they stand. */
function latest(
  times: readonly (readonly [key: string | null, at: string | null])[],
): ReadonlyMap<string | null, string> {
  const last = new Map<string | null, string>();
  for (const [key, at] of times) if (at !== null && at > (last.get(key) ?? "")) last.set(key, at);
  return last;
}

const lastBackups = oncePerList((resources: readonly FoundBy<"backup.protectedResources">[]) =>
  latest(resources.map(({ attributes, observed }) => [attributes.resourceArn, observed?.lastBackupAt ?? null])),
);

const lastSnapshots = oncePerList((snapshots: readonly FoundBy<"ec2.snapshots">[]) =>
  latest(
    snapshots.map(({ state, createdAt, attributes }) => [
      attributes.volumeId,
      state === "completed" ? createdAt : null,
    ]),
  ),
);

/** Of the account as a whole. */
const judgePlans = (plans: readonly FoundBy<"backup.plans">[]): ReturnType<(typeof check)["judge"]> =>
  plans.length > 0
    ? { status: "pass" }
    : {
        status: "fail",
        severity: "low",
        variants: ["plans"],
        summary: "The account has no backup plan in any region.",
        details: { kind: "plans" },
        evidence: [{ call: "backup:ListBackupPlans", field: "BackupPlansList", value: [] }],
      };

export const about: About = {
  title: "Nothing keeps copies of a production data store",
  rationale:
    "What is deleted by mistake, overwritten by a bad release or encrypted by somebody else can only be brought back from a copy, and there is none.",
  remediation:
    "Make an AWS Backup plan that takes a copy every day of whatever carries your production tag, or switch on what the service has itself: automated backups, point-in-time recovery. Keep what matters most in a locked vault, and try restoring it.",
  controls: {},
  variants: {
    dynamodb: { aws_fsbp: ["DynamoDB.4"], iso_27001_2022: ["A.8.14"], "pci_dss_4.0": ["10.3.3"] },
    ebs: {
      aws_fsbp: ["EC2.28"],
      iso_27001_2022: ["A.8.14"],
      "pci_dss_4.0": ["3.2.1", "3.3.1.1", "3.3.1.3", "3.3.2", "3.3.3", "10.3.3", "10.5.1"],
      soc2: ["cc_7_5"],
    },
    efs: {
      aws_fsbp: ["EFS.2", "EFS.7"],
      nist_800_53_r5: [
        "cp_1_2",
        "cp_2_5",
        "cp_6_1",
        "cp_6_2",
        "cp_6_a",
        "cp_9_a",
        "cp_9_b",
        "cp_9_c",
        "cp_10",
        "cp_10_2",
        "sc_5_2",
        "si_13_5",
      ],
      "pci_dss_4.0": ["10.3.3"],
      soc2: ["cc_7_4", "cc_a_1_1"],
      hipaa: ["164_308_a_7_i", "164_308_a_7_ii_a", "164_308_a_7_ii_b", "164_308_a_7_ii_c", "164_312_a_2_ii"],
    },
    plans: { iso_27001_2022: ["A.8.13"], soc2: ["pi_1_5"] },
    rdsCluster: { "pci_dss_4.0": ["10.3.3"] },
    rdsInstance: { aws_fsbp: ["RDS.26"], "pci_dss_4.0": ["10.3.3"] },
  },
};

export const examples = (): Examples<Store | "iam.accounts", Params> => {
  const now = new Date("2026-02-08T03:00:00.000Z");
  const tags = { Environment: "production" };
  const volume = exampleVolume({}, { tags });
  const snapshot = (createdAt: string, state = "completed") => ({
    "ec2.snapshots": [exampleSnapshot({}, { createdAt, state }), exampleSnapshot({ volumeId: "vol-0b" })],
  });
  const copied = (resourceArn: string, lastBackupAt: string | null) => ({
    "backup.protectedResources": [
      {
        nativeId: resourceArn,
        arn: null,
        name: null,
        state: null,
        tags: {},
        createdAt: null,
        attributes: { resourceArn, resourceType: null },
        observed: { lastBackupAt, lastBackupVaultArn: null },
      },
    ],
  });
  const byVolume = { by: "ec2.volumes", found: volume, now } as const;
  const database = (attributes: Parameters<typeof exampleInstance>[0]) =>
    ({ by: "rds.dbInstances", found: exampleInstance(attributes, tags), now }) as const;
  const cluster = (backupRetentionDays: number, engine = "aurora-mysql") => {
    const arn = "arn:aws:rds:eu-west-1:111122223333:cluster:orders";
    const found = { nativeId: arn, arn, name: "orders", state: "available", tags, createdAt: null };
    // safe: no other member is read of it.
    const attributes = { engine, backupRetentionDays } as FoundBy<"rds.dbClusters">["attributes"];
    return { by: "rds.dbClusters", found: { ...found, attributes }, now } as const;
  };
  const table = (pointInTimeRecoveryStatus: string | null | undefined, state = "ACTIVE") => {
    const arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";
    const found = { nativeId: arn, arn, name: "orders", state, tags, createdAt: null };
    // safe: no other member is read of it.
    const attributes = { pointInTimeRecoveryStatus } as FoundBy<"dynamodb.tables">["attributes"];
    return { by: "dynamodb.tables", found: { ...found, attributes }, now } as const;
  };
  const files = (backupPolicyStatus: string | null | undefined) =>
    ({ by: "efs.fileSystems", found: exampleFileSystem({ backupPolicyStatus }, { tags }), now }) as const;
  const root = "arn:aws:iam::111122223333:root";
  // safe: nothing is read of it.
  const attributes = {} as FoundBy<"iam.accounts">["attributes"];
  const account = {
    by: "iam.accounts",
    found: { nativeId: root, arn: root, name: null, state: null, tags: {}, createdAt: null, attributes },
  } as const;
  const arnOf = (one: { readonly found: { readonly nativeId: string } }): string => one.found.nativeId;
  return {
    pass: [
      { name: "a snapshot exactly as old as allowed", ...byVolume, others: snapshot("2026-02-01T03:00:00.000Z") },
      { name: "a volume AWS Backup copied", ...byVolume, others: copied(arnOf(byVolume), "2026-02-07T05:00:00.000Z") },
      { name: "a database with automated backups", ...database({ backupRetentionDays: 1 }) },
      {
        name: "a database AWS Backup alone copied",
        ...database({ backupRetentionDays: 0 }),
        others: copied(arnOf(database({})), "2026-02-07T05:00:00.000Z"),
      },
      { name: "a cluster with automated backups", ...cluster(1) },
      { name: "a table with point-in-time recovery", ...table("ENABLED") },
      {
        name: "a table whose recovery could not be read, but AWS Backup copied it",
        ...table(undefined),
        others: copied(arnOf(table(null)), "2026-02-07T05:00:00.000Z"),
      },
      { name: "a file system backed up", ...files("ENABLED") },
      { name: "a file system about to be", ...files("ENABLING") },
      {
        name: "an account with a plan",
        ...account,
        others: { "backup.plans": [{ ...account.found, attributes: { backupPlanId: "p-0a" } }] },
      },
    ],
    fail: [
      {
        name: "a snapshot a millisecond too old",
        ...byVolume,
        others: snapshot("2026-02-01T02:59:59.999Z"),
        expect: { severity: "medium", variants: ["ebs"], details: { environment: "production", lastBackupAt: null } },
      },
      { name: "a snapshot that failed", ...byVolume, others: snapshot("2026-02-07T03:00:00.000Z", "error") },
      {
        name: "a copy of AWS Backup a millisecond too old",
        ...byVolume,
        others: copied(arnOf(byVolume), "2026-02-01T02:59:59.999Z"),
        expect: { details: { lastBackupAt: "2026-02-01T02:59:59.999Z" } },
      },
      {
        name: "younger copies asked for",
        ...byVolume,
        others: snapshot("2026-02-06T03:00:00.000Z"),
        params: { maxAgeDays: 1 },
      },
      {
        name: "a database without",
        ...database({ backupRetentionDays: 0 }),
        others: copied("arn:aws:rds:eu-west-1:111122223333:db:other", "2026-02-07T05:00:00.000Z"),
        expect: { variants: ["rdsInstance"] },
      },
      { name: "a cluster without", ...cluster(0), expect: { variants: ["rdsCluster"] } },
      { name: "a table without", ...table("DISABLED"), expect: { variants: ["dynamodb"] } },
      { name: "a file system without", ...files("DISABLED"), expect: { variants: ["efs"] } },
      { name: "a file system nobody thought of", ...files(null) },
      { name: "an account without a plan", ...account, expect: { severity: "low", variants: ["plans"] } },
    ],
    unknown: [
      { name: "recovery could not be read", ...table(undefined) },
      { name: "the backup policy could not be read", ...files(undefined) },
      { name: "AWS does not say of automated backups", ...database({ backupRetentionDays: null }) },
    ],
    notApplicable: [
      { name: "nothing says production", by: "ec2.volumes", found: exampleVolume(), now },
      { name: "an unattached volume", by: "ec2.volumes", found: exampleVolume({}, { tags, state: "available" }), now },
      { name: "a replica", ...database({ backupRetentionDays: 0, replicaSource: "shop-primary" }) },
      { name: "a member of a cluster", ...database({ backupRetentionDays: 0, clusterId: "orders" }) },
      { name: "a Neptune instance", ...database({ backupRetentionDays: 0, engine: "neptune" }) },
      { name: "a DocumentDB cluster", ...cluster(0, "docdb") },
      { name: "a table being deleted", ...table("DISABLED", "DELETING") },
      {
        name: "another word for production",
        ...byVolume,
        params: { prodValues: ["live"] },
      },
    ],
  };
};
