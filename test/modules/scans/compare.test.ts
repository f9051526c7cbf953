import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { derivedId } from "#lib/id";
import { dnsIdOf, resourceIdOf } from "#scans/relations";
import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import {
  accountRow,
  at,
  costOf,
  getList,
  idAt,
  insertRows,
  quietOrg,
  resourceRow,
  walk,
  type Row,
} from "../findings/world.ts";
import { endedScanRow } from "./world.ts";

const scansMax = 6;

/** What one resource is like in each scan: the value of a fact, or null where it is not there. */
const histories = fc.array(
  fc.array(fc.option(fc.constantFrom("a", "b", "c"), { nil: null }), { minLength: scansMax, maxLength: scansMax }),
  { minLength: 1, maxLength: 10 },
);

interface Copy {
  readonly name: string;
  readonly fact: string;
}

interface Told {
  readonly org: TestOrg;
  readonly scans: readonly { readonly id: string }[];
  /** The whole account as each scan left it, by the resource's id. */
  readonly copies: readonly ReadonlyMap<string, Copy>[];
}

interface Stretch {
  readonly from: number;
  /** null: it is still so. */
  readonly to: number | null;
  readonly fact: string;
}

/** From which scan to which a resource was the same. */
function stretchesOf(facts: readonly (string | null)[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const [index, fact] of facts.entries()) {
    const seq = index + 1;
    const open = stretches.at(-1);
    if (open?.to === null && open.fact === fact) continue;
    if (open?.to === null) stretches[stretches.length - 1] = { ...open, to: seq };
    if (fact !== null) stretches.push({ from: seq, to: null, fact });
  }
  return stretches;
}

/** Writes histories as scans do: what is so in a row since when, and what was so in versions from when to when. */
async function tell(histories_: readonly (readonly (string | null)[])[]): Promise<Told> {
  const org = await quietOrg();
  const account = accountRow(org.id, "111111111111");
  const scans = Array.from({ length: scansMax }, (_, n) => endedScanRow(org, account, n + 1));
  const copies: Map<string, Copy>[] = scans.map(() => new Map());
  const [rows, versions]: [Row[], Row[]] = [[], []];
  for (const [n, facts] of histories_.entries()) {
    const id = await derivedId(org.id, "compared", String(n));
    const rowOf = (): Row => ({
      ...{
        id,
        service: "ec2",
        resource_type: "AWS::EC2::Volume",
        region: "eu-west-1",
        native_id: `vol-${n}`,
        arn: null,
      },
      ...{ name: `volume ${n}`, state: "in-use", expires_at: null, resource_created_at: null },
    });
    const stretches = stretchesOf(facts);
    for (const { from, to, fact } of stretches.filter((one) => one.to !== null)) {
      const row = { ...rowOf(), tags: { fact }, attributes: { same: 1, fact }, relations: [] };
      const key = { org_id: org.id, account_id: account.id, resource_id: id, from_seq: from, to_seq: to };
      versions.push({ ...key, row: JSON.stringify(row), ended_at: at(from) });
    }
    for (const [index, fact] of facts.entries())
      if (fact !== null) copies[index]?.set(id, { name: `volume ${n}`, fact });
    const last = stretches.find(({ to }) => to === null);
    if (!last) continue;
    const facts_ = {
      tags: JSON.stringify({ fact: last.fact }),
      attributes: JSON.stringify({ same: 1, fact: last.fact }),
    };
    rows.push(await resourceRow(org.id, account, n, { ...rowOf(), ...facts_, from_seq: last.from }));
  }
  await insertRows("accounts", [account]);
  await insertRows("scans", scans);
  if (rows.length > 0) await insertRows("resources", rows);
  if (versions.length > 0) await insertRows("resource_versions", versions);
  return { org, scans, copies };
}

/** The difference of two full copies. */
function differenceOf(before: ReadonlyMap<string, Copy>, after: ReadonlyMap<string, Copy>): unknown[] {
  const ids = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return ids.flatMap((id) => {
    const [was, is] = [before.get(id), after.get(id)];
    if (was && is) {
      if (was.fact === is.fact) return [];
      const fields = ["attributes.fact", "tags.fact"].map((path) => ({ path, before: was.fact, after: is.fact }));
      return [{ id, change: "changed", fields }];
    }
    return [{ id, change: is ? "added" : "removed", fields: [] }];
  });
}

describe("GET /scans/{id}/compare/{otherId}", () => {
  it("200: the difference of two full copies, for any history, forward and backward, page by page", async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (all) => {
        const { org, scans, copies } = await tell(all);
        for (const [one, scan] of scans.entries()) {
          for (const [other, { id: otherId }] of scans.entries()) {
            const expected = differenceOf(copies[one] ?? new Map(), copies[other] ?? new Map());
            const { status, body } = await getList(org, `/scans/${scan.id}/compare/${otherId}?limit=500`);
            expect(status).toBe(200);
            expect(body.data.map(({ id, change, fields }) => ({ id, change, fields }))).toEqual(expected);
          }
        }
        const { forward, backward } = await walk(org, `/scans/${scans[0]?.id}/compare/${scans.at(-1)?.id}?limit=2`);
        expect(backward).toEqual(forward);
        const [first, last] = [copies[0] ?? new Map(), copies.at(-1) ?? new Map()];
        expect(forward).toEqual(differenceOf(first, last).map((one) => (one as { id: string }).id));
      }),
      { numRuns: 15 },
    );
  });

  it.for([200, 4_000])("costs what changed, not what there is: %i unchanged resources", async (unchanged) => {
    const org = await quietOrg();
    const account = accountRow(org.id, "111111111111");
    const scans = [1, 2].map((seq) => endedScanRow(org, account, seq));
    const row = (n: number, since: number): Promise<Row> => resourceRow(org.id, account, n, { from_seq: since });
    const rows = await Promise.all(Array.from({ length: unchanged + 10 }, (_, n) => row(n, n < 10 ? 2 : 1)));
    await insertRows("accounts", [account]);
    await insertRows("scans", scans);
    await insertRows("resources", rows);
    const path = `/scans/${scans[0]?.id}/compare/${scans[1]?.id}?limit=500`;
    const { rowsRead, roundTrips } = await costOf(org, path);
    expect(rowsRead).toBeLessThanOrEqual(100);
    expect(roundTrips).toBeLessThanOrEqual(2);
  });

  it("400: two scans of two accounts; 404: one that is not there", async () => {
    const org = await quietOrg();
    const accounts = [accountRow(org.id, "111111111111"), accountRow(org.id, "222222222222")];
    const scans = accounts.map((account, n) => endedScanRow(org, account, n + 1));
    await insertRows("accounts", accounts);
    await insertRows("scans", scans);
    const [one, other] = scans;
    const both = await api(org.keys.viewer).get<{ code: string }>(`/scans/${one?.id}/compare/${other?.id}`);
    expect([both.status, both.body.code]).toEqual([400, "INVALID_REQUEST"]);
    expect((await api(org.keys.viewer).get(`/scans/${one?.id}/compare/${idAt(900)}`)).status).toBe(404);
  });
});

interface Graph {
  readonly data: {
    readonly nodes: readonly { id: string; service: string | null; label: string }[];
    readonly edges: readonly { source: string; target: string; kind: string }[];
    readonly truncated: boolean;
  };
}

const arn = (name: string): string => `arn:aws:ec2:eu-west-1:111111111111:${name}`;

/** An instance with a volume, behind a name at which a load balancer answers; a group of another account; a route to nothing. */
async function linkedWorld(): Promise<{ org: TestOrg; scan: Row & { id: string }; ids: Record<string, string> }> {
  const org = await quietOrg();
  const account = accountRow(org.id, "111111111111");
  const scan = endedScanRow(org, account, 3);
  const things = {
    instance: ["AWS::EC2::Instance", arn("instance/i-1")],
    volume: ["AWS::EC2::Volume", arn("volume/vol-1")],
    balancer: ["AWS::ElasticLoadBalancingV2::LoadBalancer", arn("loadbalancer/web")],
    record: ["AWS::Route53::RecordSet", arn("record/web")],
  } as const;
  const ids: Record<string, string> = {};
  for (const [name, [type, native]] of Object.entries(things))
    ids[name] = await resourceIdOf(org.id, "111111111111", type, native);
  const name = "web-1.eu-west-1.elb.amazonaws.com";
  const foreign = "arn:aws:ec2:eu-west-1:999999999999:security-group/sg-9";
  const relations: Record<string, object[]> = {
    instance: [
      { kind: "uses", resourceType: "AWS::EC2::Volume", target: arn("volume/vol-1") },
      { kind: "uses", resourceType: "AWS::EC2::SecurityGroup", target: foreign },
    ],
    balancer: [{ kind: "forwardsTo", resourceType: "AWS::EC2::Instance", target: arn("instance/i-1") }],
    record: [
      { kind: "pointsTo", resourceType: "DNS", target: name },
      { kind: "pointsTo", resourceType: "DNS", target: "gone.example.com" },
    ],
  };
  const rows = Object.entries(things).map(([key, [type, native]], n) =>
    resourceRow(org.id, account, n, {
      id: ids[key] ?? "",
      native_id: native,
      arn: native,
      resource_type: type,
      service: key === "record" ? "route53" : "ec2",
      from_seq: 1,
      relations: JSON.stringify(relations[key] ?? []),
    }),
  );
  const groupId = await resourceIdOf(org.id, "999999999999", "AWS::EC2::SecurityGroup", foreign);
  const edge = (target: string, source: string, kind: string): Row => ({
    ...{ org_id: org.id, target_id: target, source_id: ids[source] ?? "", kind },
  });
  await insertRows("accounts", [account]);
  await insertRows("scans", [scan]);
  await insertRows("resources", await Promise.all(rows));
  await insertRows("dependencies", [
    edge(ids["volume"] ?? "", "instance", "uses"),
    edge(groupId, "instance", "uses"),
    edge(ids["instance"] ?? "", "balancer", "forwardsTo"),
    edge(await dnsIdOf(org.id, name), "balancer", "answersAt"),
    edge(await dnsIdOf(org.id, name), "record", "pointsTo"),
    edge(await dnsIdOf(org.id, "gone.example.com"), "record", "pointsTo"),
  ]);
  return { org, scan, ids: { ...ids, group: groupId, nowhere: await dnsIdOf(org.id, "gone.example.com") } };
}

describe("GET /scans/{id}/graph", () => {
  it("200: every resource and what it depends on, names resolved, what is not there as a stub", async () => {
    const { org, scan, ids } = await linkedWorld();
    const { data } = (await api(org.keys.viewer).get<Graph>(`/scans/${scan.id}/graph`)).body;
    const known = ["instance", "volume", "balancer", "record"].map((name) => ids[name]).toSorted();
    expect(data.nodes.filter(({ service }) => service !== null).map(({ id }) => id)).toEqual(known);
    expect(
      data.nodes
        .filter(({ service }) => service === null)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual([ids["group"], ids["nowhere"]].toSorted());
    expect(new Set(data.edges.map(({ source, kind, target }) => `${source} ${kind} ${target}`))).toEqual(
      new Set([
        `${ids["instance"]} uses ${ids["volume"]}`,
        `${ids["instance"]} uses ${ids["group"]}`,
        `${ids["balancer"]} forwardsTo ${ids["instance"]}`,
        `${ids["record"]} pointsTo ${ids["balancer"]}`,
        `${ids["record"]} pointsTo ${ids["nowhere"]}`,
      ]),
    );
    expect(data.truncated).toBe(false);
  });

  it("200: filtered and bounded; 400: a limit out of range; 404: no such scan", async () => {
    const { org, scan, ids } = await linkedWorld();
    const get = (query: string) => api(org.keys.viewer).get<Graph>(`/scans/${scan.id}/graph?${query}`);
    const volumes = (await get("resourceType=AWS::EC2::Volume")).body.data;
    expect(volumes).toMatchObject({ nodes: [{ id: ids["volume"] }], edges: [], truncated: false });
    const some = (await get("limit=2")).body.data;
    expect(some.nodes.filter(({ service }) => service !== null)).toHaveLength(2);
    expect(some.truncated).toBe(true);
    expect((await get("limit=2001")).status).toBe(400);
    expect((await get("limit=0")).status).toBe(400);
    expect((await api(org.keys.viewer).get(`/scans/${idAt(901)}/graph`)).status).toBe(404);
  });
});

describe("GET /resources/{id}/dependencies and /dependents", () => {
  it("200: what it depends on, and null for what is not there", async () => {
    const { org, ids } = await linkedWorld();
    const { body } = await getList(org, `/resources/${ids["instance"]}/dependencies`);
    expect(body.data).toMatchObject([
      { kind: "uses", resourceType: "AWS::EC2::SecurityGroup", resource: null },
      { kind: "uses", resourceType: "AWS::EC2::Volume", resource: { id: ids["volume"] } },
    ]);
    const named = await getList(org, `/resources/${ids["record"]}/dependencies`);
    expect(named.body.data).toMatchObject([
      { target: "gone.example.com", resource: null },
      { target: "web-1.eu-west-1.elb.amazonaws.com", resource: { id: ids["balancer"] } },
    ]);
  });

  it("200: what depends on it, by name too, by ARN too, and on what is gone", async () => {
    const { org, ids } = await linkedWorld();
    const dependents = async (ref: string) =>
      (await getList(org, `/resources/${encodeURIComponent(ref)}/dependents?count=true`)).body;
    expect(await dependents(ids["balancer"] ?? "")).toMatchObject({
      data: [{ kind: "pointsTo", resource: { id: ids["record"] } }],
      pagination: { total: 1, totalExact: true },
    });
    expect((await dependents(arn("instance/i-1"))).data).toMatchObject([
      { kind: "forwardsTo", resource: { id: ids["balancer"] } },
    ]);
    expect((await dependents(ids["group"] ?? "")).data).toMatchObject([
      { kind: "uses", resource: { id: ids["instance"] } },
    ]);
    expect((await getList(org, `/resources/${idAt(7)}/dependents`)).status).toBe(404);
    expect((await getList(org, `/resources/${idAt(7)}/dependencies`)).status).toBe(404);
  });

  it("reads about a page of rows however many depend on it", async () => {
    const org = await quietOrg();
    const account = accountRow(org.id, "111111111111");
    const rows = await Promise.all(Array.from({ length: 3_000 }, (_, n) => resourceRow(org.id, account, n)));
    const target = String(rows[0]?.["id"]);
    await insertRows("accounts", [account]);
    await insertRows("resources", rows);
    await insertRows(
      "dependencies",
      rows.map(({ id }) => ({ org_id: org.id, target_id: target, source_id: id ?? "", kind: "in" })),
    );
    const { rowsRead, roundTrips } = await costOf(org, `/resources/${target}/dependents?limit=100`);
    expect(rowsRead).toBeLessThanOrEqual(210);
    expect(roundTrips).toBeLessThanOrEqual(2);
    const { forward } = await walk(org, `/resources/${target}/dependents?limit=500`, ({ resource }) =>
      String((resource as Row)["id"]),
    );
    expect(forward).toEqual(rows.map(({ id }) => id).toSorted());
  });
});
