import * as fc from "fast-check";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { api } from "../../support/api.ts";
import {
  at,
  costOf,
  getList,
  insertRows,
  makeWorld,
  quietOrg,
  regionNames,
  walk,
  type Row,
  type World,
} from "../findings/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld(0, 400);
});

const some = <Value extends string>(values: readonly Value[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: values.length }), { nil: undefined });
const filters = fc.record({
  accountId: some(["111111111111", "222222222222", "999999999999"]),
  region: some(regionNames),
  service: some(["ec2", "rds", "iam", "security_groups", "alb"]),
  resourceType: some(["AWS::EC2::Volume", "AWS::EC2::SecurityGroup", "AWS::IAM::User"]),
  state: some(["available", "in-use", "stopped", "running"]),
  cost: fc.constantFrom("all" as const, "paid" as const, "free" as const),
  tag: fc.option(fc.constantFrom("env", "env:prod", "n:3", "nothing", "env:pro"), { nil: undefined }),
  q: fc.option(fc.constantFrom("name 1", "THING-2", "none"), { nil: undefined }),
});
type Filters = typeof filters extends fc.Arbitrary<infer Value> ? Value : never;

function matches(row: Row, { accountId, region, service, resourceType, state, cost, tag, q }: Filters): boolean {
  const among = (values: readonly string[] | undefined, column: string): boolean =>
    values?.includes(String(row[column])) ?? true;
  const tags = Object.entries(JSON.parse(String(row["tags"])) as Record<string, string>);
  const isPaid = Number(row["cost_monthly"] ?? 0) > 0;
  return (
    among(accountId, "aws_account_id") &&
    among(region, "region") &&
    among(resourceType, "resource_type") &&
    among(state, "state") &&
    (service?.some((word) =>
      word === "security_groups" ? row["resource_type"] === "AWS::EC2::SecurityGroup" : row["service"] === word,
    ) ??
      true) &&
    (cost === "all" || isPaid === (cost === "paid")) &&
    (tag === undefined || tags.some(([key, value]) => tag === key || tag === `${key}:${value}`)) &&
    (q === undefined || `${row["name"] ?? ""}\n${row["native_id"]}`.toLowerCase().includes(q.toLowerCase()))
  );
}

const queryOf = (asked: Filters): string =>
  new URLSearchParams(
    Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  ).toString();

describe("GET /resources", () => {
  it("200: any filters answer exactly the rows that match, by id, with exact totals", async () => {
    await fc.assert(
      fc.asyncProperty(filters, async (asked) => {
        const expected = world.resources
          .filter((row) => matches(row, asked))
          .map(({ id }) => id)
          .toSorted();
        const { status, body, text } = await getList(world.org, `/resources?limit=500&count=true&${queryOf(asked)}`);
        expect([status, status === 200 ? "" : text]).toEqual([200, ""]);
        expect(body.data.map(({ id }) => id)).toEqual(expected);
        expect(body.pagination).toMatchObject({ total: expected.length, totalExact: true });
      }),
      { numRuns: 120 },
    );
  });

  it("200: paging visits every matching row once, forward and backward, in any order", async () => {
    await fc.assert(
      fc.asyncProperty(
        filters,
        fc.constantFrom("", "name", "-state,region", "service", "-estimatedMonthlyCost"),
        async (asked, sort) => {
          const expected = world.resources
            .filter((row) => matches(row, asked))
            .map(({ id }) => id)
            .toSorted();
          const { forward, backward } = await walk(
            world.org,
            `/resources?limit=60${sort && `&sort=${sort}`}&${queryOf(asked)}`,
          );
          expect(forward.toSorted()).toEqual(expected);
          expect(backward).toEqual(forward);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("200: under inserts and deletes no row comes twice and none that stays is missed", async () => {
    const { org, resources } = await makeWorld(0, 200);
    const [gone, ...staying] = resources.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const seen: string[] = [];
    let path = "/resources?limit=20";
    for (let page = 0; ; page += 1) {
      const { body } = await getList(org, path);
      seen.push(...body.data.map(({ id }) => id));
      const next = body.pagination.nextCursor;
      if (next === null) break;
      await insertRows("resources", [{ ...gone, id: crypto.randomUUID(), native_id: `new-${page}` }]);
      if (page === 1)
        await env.DB.prepare("DELETE FROM resources WHERE org_id = ?1 AND id = ?2")
          .bind(org.id, gone?.id ?? "")
          .run();
      path = `/resources?limit=20&cursor=${encodeURIComponent(next)}`;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(staying.filter(({ id }) => !seen.includes(id))).toEqual([]);
  });
});

describe("GET /resources/{id}", () => {
  it("200: by UUID and by percent-encoded ARN, with verdicts and scores", async () => {
    const { org, resources } = await makeWorld(0, 3);
    const [row] = resources;
    await env.DB.prepare(
      "UPDATE resources SET verdicts = ?3, risk_log = 0.3566749439387324 WHERE org_id = ?1 AND id = ?2",
    )
      .bind(org.id, row?.id ?? "", "ebs_volume_unencrypted=f:high:abc;orphaned_volume=p;rds_single_az=u")
      .run();
    const byId = await api(org.keys.viewer).get<{ data: object }>(`/resources/${row?.id}`);
    const byArn = await api(org.keys.viewer).get(`/resources/${encodeURIComponent(String(row?.["arn"]))}`);
    expect(byId.body.data).toMatchObject({
      id: row?.id,
      riskScore: 30,
      costScore: 0,
      verdicts: { ebs_volume_unencrypted: "fail", orphaned_volume: "pass", rds_single_az: "unknown" },
    });
    expect(byArn.body).toEqual(byId.body);
    await costOf(org, "/resources/stats");
    expect((await costOf(org, `/resources/${row?.id}`)).roundTrips).toBe(1);
  });

  it("400: neither UUID nor ARN; 404: another organization's", async () => {
    const stranger = await quietOrg();
    const asked = async (path: string) => (await api(stranger.keys.admin).get(path)).status;
    expect(await asked("/resources/i-0abc")).toBe(400);
    expect(await asked(`/resources/${world.resources[0]?.id}`)).toBe(404);
    expect(await asked(`/resources/${encodeURIComponent(String(world.resources[0]?.["arn"]))}`)).toBe(404);
    expect(await asked(`/resources/${world.resources[0]?.id}/history`)).toBe(404);
  });
});

describe("GET /resources/{id}/history", () => {
  it("200: the newest first, page by page, also of a resource that is gone", async () => {
    const { org, accounts, resources } = await makeWorld(0, 2);
    const [row] = resources;
    const version = (seq: number): Row => ({
      org_id: org.id,
      account_id: accounts[0]?.id ?? "",
      resource_id: row?.id ?? "",
      from_seq: seq,
      to_seq: seq + 1,
      ended_at: at(seq),
      row: JSON.stringify({ name: `v${seq}`, state: "in-use", tags: {}, attributes: { n: seq } }),
    });
    await insertRows("resource_versions", [1, 2, 3, 4, 5].map(version));
    const read = async (path: string) => (await getList(org, path)).body;
    const first = await read(`/resources/${row?.id}/history?limit=2&count=true`);
    expect(first.data.map(({ name }) => name)).toEqual(["v5", "v4"]);
    expect(first.pagination).toMatchObject({ total: 5, totalExact: true, hasMore: true });
    const second = await read(`/resources/${row?.id}/history?limit=2&cursor=${first.pagination.nextCursor}`);
    expect(second.data.map(({ name }) => name)).toEqual(["v3", "v2"]);
    const back = await read(`/resources/${row?.id}/history?limit=2&cursor=${second.pagination.prevCursor}`);
    expect(back.data).toEqual(first.data);
    await env.DB.prepare("DELETE FROM resources WHERE org_id = ?1 AND id = ?2")
      .bind(org.id, row?.id ?? "")
      .run();
    expect((await read(`/resources/${row?.id}/history`)).data).toHaveLength(5);
  });
});

describe.each([1_000, 20_000])("the cost of resources at %i rows", (count) => {
  it("reads about as many rows as it answers, and stats one row per group", async () => {
    const { org, accounts, resources } = await makeWorld(0, count);
    const limit = 20;
    const figures: Record<string, number> = {};
    const tooDear: string[] = [];
    await costOf(org, "/resources?limit=1");
    const cases: Record<string, number> = {
      "": 1,
      [`accountId=${accounts[0]?.id}`]: 1,
      "accountId=111111111111": 1,
      "region=eu-west-1": 1,
      "service=ec2": 1,
      "resourceType=AWS::IAM::User": 1,
      "state=available": 1,
      "region=eu-west-1,us-east-1": 2,
      "state=of-no-resource": 1,
      "sort=service": 1,
    };
    for (const [query, values] of Object.entries(cases)) {
      const { rowsRead, roundTrips } = await costOf(org, `/resources?limit=${limit}&${query}`);
      figures[query] = rowsRead;
      if (roundTrips !== 1 || rowsRead > values * (limit + 5) + 6) tooDear.push(query);
    }
    const stats = await costOf(org, "/resources/stats");
    const groups = new Set(
      resources.flatMap((row) =>
        ["service", "region", "state", "resource_type", "account_id"].map((column) => `${column}/${row[column]}`),
      ),
    ).size;
    expect(stats.rowsRead).toBeLessThanOrEqual(groups + 10);
    console.warn(JSON.stringify({ count, limit, figures: { ...figures, stats: stats.rowsRead } }));
    expect(tooDear).toEqual([]);
    const { body } = await getList(org, "/resources/stats");
    const countBy = (column: string): Record<string, number> =>
      Object.fromEntries(
        [
          ...Map.groupBy(
            resources.filter((row) => row[column] !== null),
            (row) => String(row[column]),
          ),
        ].map(([value, rows]) => [value, rows.length]),
      );
    expect(body.data).toEqual({
      totalResources: count,
      byService: countBy("service"),
      byRegion: countBy("region"),
      byState: countBy("state"),
      byType: countBy("resource_type"),
      byAccount: countBy("account_id"),
    });
    expect((await getList(org, "/resources/regions")).body.data).toEqual([...regionNames].toSorted());
    expect((await getList(org, "/resources/services")).body.data).toEqual(["ec2", "iam", "rds"]);
  });
});
