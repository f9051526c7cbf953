import { env } from "cloudflare:workers";
import { v7 } from "uuid";
import { derivedId, newId } from "#lib/id";
import { api, type Answer } from "../../support/api.ts";
import { makeOrg, type TestOrg } from "../../support/org.ts";

/** A row by its column names; JSON columns are texts already. */
export type Row = Record<string, string | number | null>;

const noLimits = {
  perCredentialPerMinute: 1_000_000,
  perOrganizationPerMinute: 1_000_000,
  perOrganizationPerHour: 0,
  scanCreationPerMinute: 1_000_000,
  keyCreationPerMinute: 1_000_000,
  webhookTestPerMinute: 1_000_000,
};

/** An organization that may ask as often as it likes. */
export const quietOrg = (): Promise<TestOrg> => makeOrg({ limits: noLimits });

export const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();
export const idAt = (minute: number): string => v7({ msecs: Date.parse(at(minute)) });

const chunkMax = 1_000;

/** Rows straight into a table. All rows have the columns of the first. */
export async function insertRows(table: string, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  for (let start = 0; start < rows.length; start += chunkMax) {
    await env.DB.prepare(
      `INSERT INTO ${table} (${columns.map((column) => `"${column}"`).join(", ")})
       SELECT ${columns.map((column) => `r.value ->> '${column}'`).join(", ")} FROM json_each(?1) AS r`,
    )
      .bind(JSON.stringify(rows.slice(start, start + chunkMax)))
      .run();
  }
}

export const rowsOf = async (table: string, orgId: string): Promise<Row[]> =>
  (await env.DB.prepare(`SELECT * FROM ${table} WHERE org_id = ?1`).bind(orgId).all<Row>()).results;

const dimensions = {
  finding: {
    severity: "severity",
    type: "type",
    category: "category",
    service: "service",
    region: "region",
    account: "account_id",
    resourceType: "resource_type",
  },
  resource: {
    service: "service",
    region: "region",
    account: "account_id",
    state: "state",
    resourceType: "resource_type",
  },
} as const;

/** What the counters must say, counted row by row. */
export function counted(subject: "finding" | "resource", rows: readonly Row[]): Row[] {
  const groups = new Map<string, Row>();
  for (const row of rows) {
    for (const [dimension, column] of [["all", null], ...Object.entries(dimensions[subject])] as [
      string,
      string | null,
    ][]) {
      const value = column === null ? "" : String(row[column] ?? "");
      const group = groups.get(`${dimension}/${value}`) ?? {
        subject,
        dimension,
        value,
        total: 0,
        open: 0,
        snoozed: 0,
        ignored: 0,
        resolved: 0,
      };
      const status = subject === "finding" ? String(row["status"]) : null;
      groups.set(`${dimension}/${value}`, {
        ...group,
        total: Number(group["total"]) + 1,
        ...(status === null ? {} : { [status]: Number(group[status]) + 1 }),
      });
    }
  }
  return [...groups.values()];
}

export const sorted = (rows: readonly Row[]): Row[] =>
  rows.toSorted((a, b) =>
    `${a["subject"]}/${a["dimension"]}/${a["value"]}` < `${b["subject"]}/${b["dimension"]}/${b["value"]}` ? -1 : 1,
  );

/** The counters as they are, without their organization. */
export const countersOf = async (orgId: string): Promise<Row[]> =>
  sorted(
    (await rowsOf("counters", orgId)).map((row) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => name !== "org_id")),
    ),
  );

export async function recount(orgId: string): Promise<void> {
  await env.DB.prepare("DELETE FROM counters WHERE org_id = ?1").bind(orgId).run();
  const rows = [
    ...counted("finding", await rowsOf("findings", orgId)),
    ...counted("resource", await rowsOf("resources", orgId)),
  ];
  await insertRows(
    "counters",
    rows.map((row) => ({ org_id: orgId, ...row })),
  );
}

export function accountRow(orgId: string, awsAccountId: string, more: Row = {}): Row & { id: string } {
  return {
    org_id: orgId,
    id: newId(),
    aws_account_id: awsAccountId,
    name: `Account ${awsAccountId}`,
    environment: "production",
    status: "ok",
    last_error: null,
    credential: JSON.stringify({
      method: "role",
      roleArn: `arn:aws:iam::${awsAccountId}:role/cloudglass`,
      externalId: "cg-secret",
    }),
    regions: null,
    services: null,
    is_management: 0,
    scan_seq: 3,
    last_scan_id: null,
    last_scan_at: null,
    last_scan_state: null,
    connected_at: at(0),
    version: 1,
    created_at: at(0),
    updated_at: at(0),
    ...more,
  };
}

export const findingTypes = [
  "orphaned_volume",
  "security_group_open_port",
  "rds_single_az",
  "iam_user_no_mfa",
] as const;
const kinds = {
  orphaned_volume: { service: "ec2", resource_type: "AWS::EC2::Volume", category: "cost", collector: "ec2.volumes" },
  security_group_open_port: {
    service: "ec2",
    resource_type: "AWS::EC2::SecurityGroup",
    category: "security",
    collector: "ec2.securityGroups",
  },
  rds_single_az: {
    service: "rds",
    resource_type: "AWS::RDS::DBInstance",
    category: "reliability",
    collector: "rds.dbInstances",
  },
  iam_user_no_mfa: { service: "iam", resource_type: "AWS::IAM::User", category: "security", collector: "iam.users" },
} as const;
export const severityNames = ["low", "medium", "high", "critical"] as const;
export const regionNames = ["eu-west-1", "us-east-1", "ap-southeast-2"] as const;
export const statusNames = ["open", "snoozed", "ignored", "resolved"] as const;

/** The finding number `n`: its columns follow from the number, so that every combination comes about. */
export async function findingRow(
  orgId: string,
  account: Row,
  n: number,
  more: Row = {},
): Promise<Row & { id: string }> {
  const mixed = (n * 2_654_435_761) >>> 0;
  const type = findingTypes[mixed % 4] ?? "orphaned_volume";
  const rank = (mixed >>> 4) % 4;
  const region = regionNames[(mixed >>> 8) % 3] ?? "eu-west-1";
  const status = statusNames[Math.max(0, ((mixed >>> 12) % 7) - 3)] ?? "open";
  return {
    org_id: orgId,
    id: await derivedId(orgId, "finding", String(n)),
    account_id: account["id"] ?? "",
    aws_account_id: account["aws_account_id"] ?? "",
    resource_id: await derivedId(orgId, "resource", String(n % 97)),
    place: region,
    region,
    ...kinds[type],
    type,
    resource_arn: null,
    resource_name: `thing ${n % 13}`,
    title: type,
    severity: severityNames[rank] ?? "low",
    severity_rank: rank,
    summary: `Summary Number ${n}.`,
    details: "{}",
    evidence: "[]",
    digest: "d",
    savings_monthly: n % 3 === 0 ? null : n % 50,
    status,
    ignore_reason: null,
    snoozed_until: null,
    first_detected_at: at(mixed % 500),
    last_detected_at: at(500),
    detections_before: 0,
    runs_at_start: 0,
    verified: 1,
    reopened_count: 0,
    last_scan_id: newId(),
    resolved_at: status === "resolved" ? at(600) : null,
    version: 1,
    created_at: at(mixed % 500),
    updated_at: at(n % 777),
    ...more,
  };
}

/** The resource number `n`. */
export async function resourceRow(
  orgId: string,
  account: Row,
  n: number,
  more: Row = {},
): Promise<Row & { id: string }> {
  const mixed = (n * 2_246_822_519) >>> 0;
  const type = findingTypes[mixed % 4] ?? "orphaned_volume";
  const region = regionNames[(mixed >>> 8) % 3] ?? "eu-west-1";
  const { category: _, ...kind } = kinds[type];
  const native = `thing-${n}`;
  return {
    org_id: orgId,
    id: await derivedId(orgId, "resource", String(n)),
    account_id: account["id"] ?? "",
    aws_account_id: account["aws_account_id"] ?? "",
    place: region,
    region,
    ...kind,
    native_id: native,
    arn: `arn:aws:x:${region}:${account["aws_account_id"]}:thing/${n}`,
    name: n % 5 === 0 ? null : `Name ${n}`,
    state: [null, "available", "in-use", "stopped"][(mixed >>> 12) % 4] ?? null,
    tags: JSON.stringify(n % 2 === 0 ? { env: "prod", n: String(n % 7) } : {}),
    attributes: "{}",
    relations: "[]",
    digest: "d",
    verdicts: "",
    cross_verdicts: "",
    expires_at: null,
    cost_monthly: n % 4 === 0 ? null : n % 4,
    from_seq: 1,
    resource_created_at: null,
    created_at: at(0),
    updated_at: at(n % 777),
    ...more,
  };
}

export const collectorState = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  state: "done",
  completeSeq: 3,
  completeAt: at(900),
  runs: 3,
  resources: 1,
  pass: 1,
  fail: 0,
  unknown: 0,
  errors: [],
  ...more,
});

export function coverageRows(orgId: string, account: Row, collectors: Record<string, unknown> = {}): Row[] {
  return regionNames.map((region) => ({
    org_id: orgId,
    account_id: account["id"] ?? "",
    region,
    scan_id: newId(),
    seq: 3,
    collectors: JSON.stringify(collectors),
    updated_at: at(900),
  }));
}

export interface World {
  readonly org: TestOrg;
  readonly accounts: readonly (Row & { id: string })[];
  readonly findings: readonly (Row & { id: string })[];
  readonly resources: readonly (Row & { id: string })[];
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** An organization with two accounts, so many findings and so many resources. */
export async function makeWorld(findingCount: number, resourceCount: number): Promise<World> {
  const org = await quietOrg();
  const accounts = [accountRow(org.id, "111111111111"), accountRow(org.id, "222222222222")];
  const account = (n: number): Row => accounts[n % 2] ?? {};
  const findings = await Promise.all(numbers(findingCount).map((n) => findingRow(org.id, account(n), n)));
  const resources = await Promise.all(numbers(resourceCount).map((n) => resourceRow(org.id, account(n), n)));
  await insertRows("accounts", accounts);
  await insertRows(
    "coverage",
    accounts.flatMap((row) => coverageRows(org.id, row)),
  );
  await insertRows("findings", findings);
  await insertRows("resources", resources);
  await recount(org.id);
  return { org, accounts, findings, resources };
}

export interface ListAnswer {
  readonly data: readonly (Record<string, unknown> & { id: string })[];
  readonly pagination: {
    readonly nextCursor: string | null;
    readonly prevCursor: string | null;
    readonly hasMore: boolean;
    readonly total: number | null;
    readonly totalExact: boolean | null;
  };
}

export const getList = async (org: TestOrg, path: string): Promise<Answer<ListAnswer>> =>
  api(org.keys.admin).get<ListAnswer>(path);

/** Rows read and round trips of one warm request, as the answer tells. */
export async function costOf(org: TestOrg, path: string): Promise<{ rowsRead: number; roundTrips: number }> {
  const { headers } = await getList(org, path);
  const [, rowsRead, roundTrips] =
    /rows_read=(\d+) rows_written=\d+ round_trips=(\d+)/.exec(headers.get("server-timing") ?? "") ?? [];
  return { rowsRead: Number(rowsRead), roundTrips: Number(roundTrips) };
}

type Listed = ListAnswer["data"][number];

/** Every row of a list, page by page to the end and back, by what names it. */
export async function walk(
  org: TestOrg,
  path: string,
  nameOf: (row: Listed) => string = ({ id }) => id,
): Promise<{ forward: string[]; backward: string[] }> {
  const forward: string[] = [];
  const backward: string[] = [];
  const join = path.includes("?") ? "&" : "?";
  let answer = await getList(org, path);
  for (;;) {
    forward.push(...answer.body.data.map(nameOf));
    const next = answer.body.pagination.nextCursor;
    if (next === null) break;
    answer = await getList(org, `${path}${join}cursor=${encodeURIComponent(next)}`);
  }
  for (;;) {
    backward.unshift(...answer.body.data.map(nameOf));
    const previous = answer.body.pagination.prevCursor;
    if (previous === null) break;
    answer = await getList(org, `${path}${join}cursor=${encodeURIComponent(previous)}`);
  }
  return { forward, backward };
}
