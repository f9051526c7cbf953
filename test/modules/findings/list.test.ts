import * as fc from "fast-check";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import {
  costOf,
  findingRow,
  findingTypes,
  getList,
  insertRows,
  makeWorld,
  regionNames,
  severityNames,
  statusNames,
  walk,
  type Row,
  type World,
} from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld(400, 0);
});

const some = <Value extends string>(values: readonly Value[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: values.length }), { nil: undefined });

const services = ["ec2", "rds", "iam", "security_groups"] as const;
const filters = fc.record({
  status: some([...statusNames, "all"]),
  severity: some(severityNames),
  type: some(findingTypes),
  category: some(["security", "cost", "reliability", "operations"]),
  accountId: some(["111111111111", "222222222222", "first", "second"]),
  region: some([...regionNames, "global"]),
  service: some(services),
  resourceType: some(["AWS::EC2::Volume", "AWS::EC2::SecurityGroup", "AWS::IAM::User"]),
  resource: fc.option(fc.integer({ min: 0, max: 99 }), { nil: undefined }),
  q: fc.option(fc.constantFrom("NUMBER 1", "thing 7", "summary", "%", "nothing"), { nil: undefined }),
  updatedSince: fc.option(fc.integer({ min: 0, max: 800 }), { nil: undefined }),
});
type Filters = typeof filters extends fc.Arbitrary<infer Value> ? Value : never;

const isService = (row: Row, service: string): boolean =>
  service === "security_groups" ? row["resource_type"] === "AWS::EC2::SecurityGroup" : row["service"] === service;

function matches(row: Row, asked: Filters): boolean {
  const among = (values: readonly string[] | undefined, column: string): boolean =>
    values?.includes(String(row[column])) ?? true;
  const statuses = asked.status ?? ["open"];
  const text = `${row["summary"]}\n${row["resource_name"]}`.toLowerCase();
  return (
    (statuses.includes("all") || statuses.some((status) => status === row["status"])) &&
    among(asked.severity, "severity") &&
    among(asked.type, "type") &&
    among(asked.category, "category") &&
    among(asked.region, "region") &&
    among(asked.resourceType, "resource_type") &&
    (asked.accountId?.some((ref) => accountIs(row, ref)) ?? true) &&
    (asked.service?.some((service) => isService(row, service)) ?? true) &&
    (asked.resource === undefined || row["resource_id"] === world.findings[asked.resource]?.["resource_id"]) &&
    (asked.q === undefined || text.includes(asked.q.toLowerCase())) &&
    (asked.updatedSince === undefined || Date.parse(String(row["updated_at"])) >= sinceMs(asked.updatedSince))
  );
}

const sinceMs = (minute: number): number => Date.UTC(2026, 0, 1) + minute * 60_000;
const accountIs = (row: Row, ref: string): boolean =>
  row["aws_account_id"] === ref ||
  (ref === "first" && row["account_id"] === world.accounts[0]?.id) ||
  (ref === "second" && row["account_id"] === world.accounts[1]?.id);

function queryOf({ resource, updatedSince, accountId, ...lists }: Filters): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(lists))
    if (value !== undefined) query.set(name, typeof value === "string" ? value : value.join(","));
  const refs = accountId?.map((ref) =>
    ref === "first" ? world.accounts[0]?.id : ref === "second" ? world.accounts[1]?.id : ref,
  );
  if (refs) query.set("accountId", refs.join(","));
  if (resource !== undefined) query.set("resourceId", String(world.findings[resource]?.["resource_id"]));
  if (updatedSince !== undefined) query.set("updatedSince", new Date(sinceMs(updatedSince)).toISOString());
  return query.toString();
}

/** The list's own order: severity, then first detected, then id; all descending. */
const inOrder = (rows: readonly Row[]): string[] =>
  rows
    .toSorted(
      (a, b) =>
        Number(b["severity_rank"]) - Number(a["severity_rank"]) || down(a, b, "first_detected_at") || down(a, b, "id"),
    )
    .map((row) => String(row["id"]));
const down = (a: Row, b: Row, column: string): number =>
  String(a[column]) === String(b[column]) ? 0 : String(a[column]) < String(b[column]) ? 1 : -1;

describe("GET /findings", () => {
  it("200: any filters answer exactly the rows that match, in order, with exact totals", async () => {
    await fc.assert(
      fc.asyncProperty(filters, async (asked) => {
        const expected = inOrder(world.findings.filter((row) => matches(row, asked)));
        const { status, body, text } = await getList(world.org, `/findings?limit=500&count=true&${queryOf(asked)}`);
        expect([status, status === 200 ? "" : text]).toEqual([200, ""]);
        expect(body.data.map(({ id }) => id)).toEqual(expected);
        expect(body.pagination).toMatchObject({ total: expected.length, totalExact: true });
      }),
      { numRuns: 120 },
    );
  });

  it("200: paging visits every matching row once, forward and backward", async () => {
    await fc.assert(
      fc.asyncProperty(
        filters,
        fc.constantFrom("", "severity", "-severity", "type,-updatedAt", "region", "-estimatedMonthlySavings"),
        async (asked, sort) => {
          const expected = world.findings.filter((row) => matches(row, asked)).map(({ id }) => id);
          const { forward, backward } = await walk(
            world.org,
            `/findings?limit=60${sort && `&sort=${sort}`}&${queryOf(asked)}`,
          );
          expect(forward.toSorted()).toEqual(expected.toSorted());
          expect(backward).toEqual(forward);
          const isOwnOrder = sort === "" || sort === "-severity";
          expect(forward).toEqual(isOwnOrder ? inOrder(world.findings.filter((row) => matches(row, asked))) : forward);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("200: under inserts and deletes no row comes twice and none that stays is missed", async () => {
    const { org, accounts, findings } = await makeWorld(200, 0);
    let serial = 10_000;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 3 }), async (phase) => {
        const staying = findings.filter((row) => row["status"] === "open").map(({ id }) => id);
        const seen: string[] = [];
        let path = "/findings?limit=20";
        for (let page = 0; ; page += 1) {
          const { body } = await getList(org, path);
          seen.push(...body.data.map(({ id }) => id));
          const next = body.pagination.nextCursor;
          if (next === null) break;
          serial += 1;
          await insertRows("findings", [await findingRow(org.id, accounts[0] ?? {}, serial, { status: "open" })]);
          if (page % 4 === phase)
            await env.DB.prepare("DELETE FROM findings WHERE org_id = ?1 AND summary = ?2")
              .bind(org.id, `Summary Number ${serial - 1}.`)
              .run();
          path = `/findings?limit=20&cursor=${encodeURIComponent(next)}`;
        }
        expect(new Set(seen).size).toBe(seen.length);
        expect(staying.filter((id) => !seen.includes(id))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it("400: names an unknown value and the known ones", async () => {
    const { status, body, text } = await getList(world.org, "/findings?severity=high,terrible");
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "INVALID_REQUEST", errors: [{ in: "query", pointer: "severity" }] });
    expect(text).toContain("terrible");
    expect(text).toContain("critical");
  });

  it("200: as CSV with the same filters", async () => {
    const { text, headers } = await getList(world.org, "/findings?format=csv&limit=500&severity=critical");
    expect(headers.get("content-type")).toContain("text/csv");
    const expected = world.findings.filter((row) => row["status"] === "open" && row["severity"] === "critical").length;
    expect(text.trimEnd().split("\r\n")).toHaveLength(expected + 1);
  });
});

describe.each([1_000, 20_000])("the cost of GET /findings at %i rows", (count) => {
  it("reads about as many rows as it answers", async () => {
    const { org, accounts } = await makeWorld(count, 0);
    const limit = 20;
    const coverage = 6;
    const figures: Record<string, number> = {};
    const tooDear: string[] = [];
    await costOf(org, "/findings?limit=1");
    const cases: Record<string, number> = {
      "": 1,
      "severity=high": 1,
      "severity=critical,low": 2,
      "type=orphaned_volume": 1,
      "category=security": 1,
      "region=eu-west-1": 1,
      "service=ec2": 1,
      "service=security_groups": 1,
      "resourceType=AWS::IAM::User": 1,
      [`accountId=${accounts[0]?.id}`]: 1,
      "accountId=111111111111": 1,
      "status=resolved": 1,
      "status=all": 4,
      "type=orphaned_volume,rds_single_az,iam_user_no_mfa": 3,
      "sort=-severity": 1,
      "sort=severity": 1,
    };
    for (const [query, values] of Object.entries(cases)) {
      const { rowsRead, roundTrips } = await costOf(org, `/findings?limit=${limit}&${query}`);
      figures[query] = rowsRead;
      if (roundTrips !== 1 || rowsRead > values * (limit + 5) + coverage) tooDear.push(query);
    }
    console.warn(JSON.stringify({ count, limit, figures }));
    expect(tooDear).toEqual([]);
  });

  it("stats equal the rows and read one row per group", async () => {
    const { org, findings } = await makeWorld(count, 0);
    await costOf(org, "/findings?limit=1");
    const { rowsRead } = await costOf(org, "/findings/stats");
    const groups = new Set(
      findings.flatMap((row) =>
        ["severity", "type", "category", "service", "region", "account_id", "resource_type"].map(
          (column) => `${column}/${row[column]}`,
        ),
      ),
    ).size;
    expect(rowsRead).toBeLessThanOrEqual(groups + 10);
    const { body } = await getList(org, "/findings/stats?status=open,ignored");
    const countBy = (column: string): Record<string, number> =>
      Object.fromEntries(
        [
          ...Map.groupBy(
            findings.filter((row) => ["open", "ignored"].includes(String(row["status"]))),
            (row) => String(row[column]),
          ),
        ].map(([value, rows]) => [value, rows.length]),
      );
    expect(body.data).toMatchObject({
      byType: countBy("type"),
      bySeverity: countBy("severity"),
      byCategory: countBy("category"),
      byService: countBy("service"),
      byRegion: countBy("region"),
      byAccount: countBy("account_id"),
    });
  });
});
