// Resources and findings as the engine writes them, with their counters and coverage, straight by SQL: scans of such size take
// too long.

const regions = ["eu-west-1", "us-east-1", "ap-southeast-2"];
const kinds = [
  ["orphaned_volume", "ec2", "AWS::EC2::Volume", "cost", "ec2.volumes"],
  ["security_group_open_port", "ec2", "AWS::EC2::SecurityGroup", "security", "ec2.securityGroups"],
  ["rds_single_az", "rds", "AWS::RDS::DBInstance", "reliability", "rds.dbInstances"],
  ["iam_user_no_mfa", "iam", "AWS::IAM::User", "security", "iam.users"],
];
const at = "2026-01-01T00:00:00.000Z";

/** A word by a number, written as SQL. */
const pick = (words, by) =>
  `CASE (${by}) % ${words.length} ${words.map((word, n) => `WHEN ${n} THEN '${word}'`).join(" ")} END`;
const column = (place, by) =>
  pick(
    kinds.map((kind) => kind[place]),
    by,
  );
const uuid = (letter, number) => `printf('${letter}%07x-0000-8000-8000-%012x', ${number}, ${number})`;

/** Columns from the number n of the row and h, which mixes it. */
const ofFindings = {
  org_id: "?1",
  id: uuid("f", "n"),
  account_id: pick(["a0000000-0000-7000-8000-000000000001", "a0000000-0000-7000-8000-000000000002"], "n"),
  aws_account_id: pick(["444455556661", "444455556662"], "n"),
  resource_id: uuid("e", "n / 3"),
  place: pick(regions, "h / 256"),
  collector: column(4, "h / 7"),
  service: column(1, "h / 7"),
  resource_type: column(2, "h / 7"),
  region: pick(regions, "h / 256"),
  resource_arn: "'arn:aws:ec2:eu-west-1:444455556661:thing/' || n",
  resource_name: "'thing ' || n",
  type: column(0, "h / 7"),
  title: "'A thing that is not as it should be'",
  category: column(3, "h / 7"),
  severity: pick(["low", "medium", "high", "critical"], "h / 16"),
  severity_rank: "(h / 16) % 4",
  summary: "'Thing ' || n || ' is attached to nothing and costs 8.80 USD each month.'",
  details: `'{"sizeGib":100,"volumeType":"gp3","encrypted":true}'`,
  evidence: `'[{"call":"ec2:DescribeVolumes","field":"State","value":"available"}]'`,
  digest: "printf('%043x', h)",
  savings_monthly: "(n % 50) + 0.8",
  status: pick(["open", "open", "open", "open", "snoozed", "ignored", "resolved"], "h / 4096"),
  first_detected_at: "strftime('%Y-%m-%dT%H:%M:%fZ', 1767225600 + (h % 20000000), 'unixepoch')",
  last_detected_at: `'${at}'`,
  detections_before: "0",
  runs_at_start: "0",
  verified: "1",
  reopened_count: "0",
  last_scan_id: "'0199e0b3-0000-7000-8000-000000000002'",
  version: "1",
  created_at: `'${at}'`,
  updated_at: `'${at}'`,
};

const ofResources = {
  org_id: "?1",
  id: uuid("e", "n"),
  account_id: ofFindings.account_id,
  aws_account_id: ofFindings.aws_account_id,
  place: ofFindings.place,
  collector: ofFindings.collector,
  service: ofFindings.service,
  resource_type: ofFindings.resource_type,
  region: ofFindings.region,
  native_id: "printf('thing-%012x', n)",
  arn: "'arn:aws:ec2:eu-west-1:444455556661:thing/' || n",
  name: "'thing ' || n",
  state: pick(["available", "in-use", "stopped"], "h / 4096"),
  tags: `'{"env":"production","team":"core"}'`,
  attributes: `'{"sizeGib":100,"volumeType":"gp3","encrypted":true,"attachments":[]}'`,
  digest: "printf('%043x', h)",
  verdicts: "'orphaned_volume=p;ebs_gp2_to_gp3=p'",
  cross_verdicts: "''",
  cost_monthly: "(n % 50) + 0.8",
  from_seq: "1",
  created_at: `'${at}'`,
  updated_at: `'${at}'`,
};

const chunk = 10_000;

/** Rows number `from` to `to` − 1. */
async function insertRows(db, orgId, { table, columns, from, to }) {
  for (let start = from; start < to; start += chunk) {
    const numbers = `WITH RECURSIVE numbers(n) AS (SELECT ?2 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?3),
      mixed(n, h) AS (SELECT n, (n * 2654435761) % 4294967296 FROM numbers)`;
    const names = Object.keys(columns).join(", ");
    await db
      .prepare(`INSERT INTO ${table} (${names}) ${numbers} SELECT ${Object.values(columns).join(", ")} FROM mixed`)
      .bind(orgId, start, Math.min(start + chunk, to))
      .run();
  }
}

const dimensions = {
  finding: {
    all: "''",
    severity: "severity",
    type: "type",
    category: "category",
    service: "service",
    region: "region",
    account: "account_id",
    resourceType: "resource_type",
  },
  resource: {
    all: "''",
    service: "service",
    region: "region",
    account: "account_id",
    state: "state",
    resourceType: "resource_type",
  },
};

async function recount(db, orgId) {
  const sumOf = (subject, status) => (subject === "finding" ? `sum(status = '${status}')` : "0");
  const inserts = Object.entries(dimensions).flatMap(([subject, groups]) =>
    Object.entries(groups).map(([dimension, value]) =>
      db
        .prepare(
          `INSERT INTO counters (org_id, subject, dimension, value, total, open, snoozed, ignored, resolved)
         SELECT ?1, '${subject}', '${dimension}', ${value}, count(*),
           ${["open", "snoozed", "ignored", "resolved"].map((status) => sumOf(subject, status)).join(", ")}
         FROM ${subject}s WHERE org_id = ?1 GROUP BY ${value}`,
        )
        .bind(orgId),
    ),
  );
  await db.batch([db.prepare("DELETE FROM counters WHERE org_id = ?1").bind(orgId), ...inserts]);
}

const state = {
  state: "done",
  completeSeq: 3,
  completeAt: at,
  runs: 3,
  resources: 1,
  pass: 1,
  fail: 0,
  unknown: 0,
  errors: [],
};

async function insertAccounts(db, orgId) {
  const collectors = JSON.stringify(Object.fromEntries(kinds.map((kind) => [kind[4], state])));
  const statements = [1, 2].flatMap((n) => {
    const id = `a0000000-0000-7000-8000-00000000000${n}`;
    const account = db
      .prepare(
        `INSERT INTO accounts (org_id, id, aws_account_id, name, environment, status, credential, is_management, scan_seq, version, created_at, updated_at)
         VALUES (?1, ?2, ?3, 'Seeded', 'test', 'ok', '{"method":"role","roleArn":"arn:aws:iam::444455556661:role/x","externalId":"x"}', 0, 3, 1, ?4, ?4)`,
      )
      .bind(orgId, id, `44445555666${n}`, at);
    const places = ["global", ...regions].map((region) =>
      db
        .prepare(
          "INSERT INTO coverage (org_id, account_id, region, scan_id, seq, collectors, updated_at) VALUES (?1, ?2, ?3, 'x', 3, ?4, ?5)",
        )
        .bind(orgId, id, region, collectors, at),
    );
    return [account, ...places];
  });
  await db.batch(statements);
}

/** Brings an organization to so many findings and as many resources, of two accounts. Answers how many groups are counted. */
export async function seedRows(db, orgId, count) {
  const { n: before } = await db.prepare("SELECT count(*) AS n FROM findings WHERE org_id = ?1").bind(orgId).first();
  if (before === 0) await insertAccounts(db, orgId);
  await insertRows(db, orgId, { table: "findings", columns: ofFindings, from: before, to: count });
  await insertRows(db, orgId, { table: "resources", columns: ofResources, from: before, to: count });
  await recount(db, orgId);
  const counted = "SELECT subject, count(*) AS n FROM counters WHERE org_id = ?1 GROUP BY subject";
  const { results } = await db.prepare(counted).bind(orgId).all();
  return Object.fromEntries(results.map(({ subject, n }) => [subject, n]));
}

/** Pairs of account and region that coverage knows. */
export const seededPlaces = 8;
