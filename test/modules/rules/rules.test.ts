import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { newId } from "#lib/id";
import { resolveEndedRules } from "#modules/rules";
import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import {
  accountRow,
  costOf,
  counted,
  countersOf,
  getList,
  insertRows,
  makeWorld,
  quietOrg,
  recount,
  resourceRow,
  rowsOf,
  sorted,
} from "../findings/world.ts";
import { ruleBody } from "./samples.ts";

interface RuleAnswer {
  readonly data: {
    readonly id: string;
    readonly name: string;
    readonly enabled: boolean;
    readonly version: number;
    readonly severity: string;
    readonly condition: unknown;
    readonly expression: string | null;
  };
}
interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly currentVersion?: number;
  readonly errors: readonly { readonly pointer: string; readonly message: string }[];
}

const made = async (org: TestOrg, more: object = {}): Promise<RuleAnswer["data"]> =>
  (await api(org.keys.editor).post<RuleAnswer>("/compliance/rules", { ...ruleBody, ...more })).body.data;

describe("rules", () => {
  it("POST /compliance/rules 201: with defaults, audited, and found again", async ({ expect }) => {
    const org = await quietOrg();
    const answer = await api(org.keys.editor).post<RuleAnswer>("/compliance/rules", ruleBody);
    const { id } = answer.body.data;
    expect([answer.status, answer.headers.get("location"), answer.headers.get("etag")]).toEqual([
      201,
      `/api/v1/compliance/rules/${id}`,
      '"1"',
    ]);
    expect(answer.body.data).toMatchObject({ ...ruleBody, type: `rule:${id}`, enabled: true, category: "compliance" });
    expect((await api(org.keys.viewer).get(`/compliance/rules/${id}`)).body).toEqual(answer.body);
    expect(await rowsOf("audit_log", org.id)).toMatchObject([{ action: "rule.create", target_id: id }]);
  });

  it("POST /compliance/rules 201: the same key again answers the first", async ({ expect }) => {
    const org = await quietOrg();
    const post = () =>
      api(org.keys.editor).post<RuleAnswer>("/compliance/rules", ruleBody, { "Idempotency-Key": "one" });
    const [first, second] = [await post(), await post()];
    expect(second.headers.get("idempotency-replayed")).toBe("true");
    expect(second.body).toEqual(first.body);
    expect(await rowsOf("rules", org.id)).toHaveLength(1);
  });

  it("POST /compliance/rules 409: a name that is taken, and more than 100", async ({ expect }) => {
    const org = await quietOrg();
    await made(org);
    const again = await api(org.keys.editor).post<Problem>("/compliance/rules", ruleBody);
    expect([again.status, again.body.code, again.body.detail]).toEqual([
      409,
      "CONFLICT",
      expect.stringContaining("named"),
    ]);
    const [row] = await rowsOf("rules", org.id);
    await insertRows(
      "rules",
      Array.from({ length: 99 }, (_, n) => ({ ...row, id: newId(), name: `Rule ${n}` })),
    );
    const more = await api(org.keys.editor).post<Problem>("/compliance/rules", { ...ruleBody, name: "One more" });
    expect([more.status, more.body.detail]).toEqual([409, expect.stringContaining("100 rules")]);
  });

  it.for([
    [{ condition: undefined }, "/condition", "exactly one"],
    [{ expression: "true" }, "/expression", "exactly one"],
    [{ condition: { field: "owner", operator: "exists" } }, "/condition/field", "is not a field"],
    [{ condition: { all: [{ field: "name", operator: "like" }] } }, "/condition/all/0/operator", "known: equals"],
    [{ condition: undefined, expression: "resource.name.matches('(a+)+$')" }, "/expression", "use glob()"],
    [{ condition: undefined, expression: "resource.owner == 1" }, "/expression", "has no owner"],
    [{ condition: undefined, expression: `${"(".repeat(300)}true${")".repeat(300)}` }, "/expression", "maxDepth"],
    [{ condition: undefined, expression: "x".repeat(3_000) }, "/expression", "2000"],
    [{ resourceTypes: ["AWS::Nothing"] }, "/resourceTypes/0", "AWS::EC2::Volume"],
    [{ severity: "worst" }, "/severity", "critical"],
    [{ control: "1.1" }, "/framework", "required"],
    [{ color: "red" }, "/color", "not known"],
  ] as const)("POST /compliance/rules 400: %j", async ([more, pointer, message], { expect }) => {
    const org = await quietOrg();
    for (const path of ["/compliance/rules", "/compliance/rules/preview"]) {
      const { status, body } = await api(org.keys.editor).post<Problem>(path, { ...ruleBody, ...more });
      expect([status, body.code]).toEqual([400, "INVALID_REQUEST"]);
      expect(body.errors).toContainEqual(
        expect.objectContaining({ pointer, message: expect.stringContaining(message) as string }),
      );
    }
    expect(await rowsOf("rules", org.id)).toEqual([]);
  });

  it("POST /compliance/rules 400: conditions that are huge or deep never break it", async ({ expect }) => {
    const org = await quietOrg();
    const deep = (levels: number): unknown =>
      levels === 0 ? { field: "name", operator: "exists" } : { not: deep(levels - 1) };
    for (const condition of [deep(9), deep(50), { any: Array.from({ length: 20_000 }, () => ruleBody.condition) }]) {
      const { status } = await api(org.keys.editor).post("/compliance/rules", { ...ruleBody, condition });
      expect([400, 413]).toContain(status);
    }
  });

  it("PATCH 200: merges; an expression takes the place of a condition", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = await made(org);
    const both = await api(org.keys.editor).patch<Problem>(`/compliance/rules/${id}`, { expression: "true" });
    expect([both.status, both.body.errors[0]?.pointer]).toEqual([400, "/expression"]);
    const path = `/compliance/rules/${id}`;
    const { status, body } = await api(org.keys.editor).patch<RuleAnswer>(path, {
      condition: null,
      expression: "!resource.attributes.encrypted",
      severity: "low",
    });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ name: ruleBody.name, severity: "low", condition: null, version: 2 });
    expect((await api(org.keys.editor).patch<RuleAnswer>(path, { severity: "low" })).body.data).toEqual(body.data);
    const { condition } = ruleBody;
    await api(org.keys.editor).patch(path, { condition, expression: null });
    const all = { all: [condition, { field: "tags.env", operator: "exists" }] };
    const other = await api(org.keys.editor).patch<RuleAnswer>(path, { condition: all });
    expect([other.status, other.body.data.condition]).toEqual([200, all]);
  });

  it("PUT 200: replaces, what is left out has its default", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = await made(org, { description: "words", framework: "acme", control: "1" });
    const { status, body } = await api(org.keys.editor).put<RuleAnswer>(`/compliance/rules/${id}`, ruleBody);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ description: "", framework: null, control: null, version: 2 });
  });

  it("PUT, PATCH, DELETE 412: with a stale If-Match, and the version there is", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = await made(org);
    const path = `/compliance/rules/${id}`;
    const caller = api(org.keys.editor);
    expect((await caller.patch(path, { severity: "low" }, { "If-Match": '"1"' })).status).toBe(200);
    const stale = { "If-Match": '"1"' };
    for (const answer of [
      await caller.patch<Problem>(path, { severity: "low" }, stale),
      await caller.put<Problem>(path, ruleBody, stale),
      await caller.delete<Problem>(path, stale),
    ])
      expect([answer.status, answer.body.code, answer.body.currentVersion]).toEqual([412, "PRECONDITION_FAILED", 2]);
    expect((await caller.delete(path, { "If-Match": '"2"' })).status).toBe(204);
  });

  it("PUT 200 or 409: of twenty who change it at once none is lost", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = await made(org);
    const path = `/compliance/rules/${id}`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => api(org.keys.editor).patch<RuleAnswer>(path, { description: `${n}` })),
    );
    const changed = answers.filter(({ status }) => status === 200);
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    const { body } = await api(org.keys.editor).get<RuleAnswer>(path);
    expect(body.data.version).toBe(1 + changed.length);
  });

  it("PATCH 409: with the name of another", async ({ expect }) => {
    const org = await quietOrg();
    await made(org);
    const { id } = await made(org, { name: "Other" });
    const answer = await api(org.keys.editor).patch<Problem>(`/compliance/rules/${id}`, { name: ruleBody.name });
    expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining("named")]);
  });

  it("GET /compliance/rules 200: filtered, sorted, reading what there is", async ({ expect }) => {
    const org = await quietOrg();
    await made(org, { name: "B", severity: "low" });
    await made(org, { name: "A", enabled: false, framework: "acme" });
    const names = async (query: string) =>
      (await getList(org, `/compliance/rules${query}`)).body.data.map(({ name }) => name);
    expect(await names("")).toEqual(["A", "B"]);
    expect(await names("?sort=-name")).toEqual(["B", "A"]);
    expect(await names("?enabled=true")).toEqual(["B"]);
    expect(await names("?severity=high,critical")).toEqual(["A"]);
    expect(await names("?framework=acme")).toEqual(["A"]);
    expect((await costOf(org, "/compliance/rules")).rowsRead).toBeLessThan(20);
  });

  it("POST /compliance/rules/preview 200: counts, samples and goes on; nothing is stored", async ({ expect }) => {
    const { org, resources } = await makeWorld(0, 1_300);
    const condition = { field: "tags.env", operator: "equals", value: "prod" };
    const preview = async (more: object) =>
      (
        await api(org.keys.viewer).post<{ data: Record<string, unknown> & { sample: unknown[] } }>(
          "/compliance/rules/preview",
          { ...ruleBody, resourceTypes: [], condition, ...more },
        )
      ).body.data;
    const all = await preview({});
    expect(all).toMatchObject({ lookedAt: 1_300, matched: 650, passed: 650, unknown: 0, nextAfter: null });
    expect(all.sample).toHaveLength(20);
    const types = ["AWS::EC2::Volume", "AWS::IAM::User"];
    const some = await preview({ resourceTypes: types, condition: { field: "id", operator: "exists" } });
    const countOf = (type: string) => resources.filter((row) => row["resource_type"] === type).length;
    expect(some["byResourceType"]).toEqual(Object.fromEntries(types.map((type) => [type, countOf(type)])));
    const unknown = await preview({ condition: { field: "attributes.size", operator: "exists" } });
    expect(unknown).toMatchObject({ unknown: 1_300, unknownReasons: { "attributes.size is not known.": 1_300 } });
    expect(await rowsOf("rules", org.id)).toEqual([]);
  });

  it("POST /compliance/rules/{id}/preview 200: stops after 5,000 resources or too many steps, and goes on", async ({
    expect,
  }) => {
    const org = await quietOrg();
    const account = accountRow(org.id, "111111111111");
    const attributes = JSON.stringify({ many: Array.from({ length: 300 }, (_, n) => n) });
    const rows = await Promise.all(
      Array.from({ length: 1_200 }, (_, n) => resourceRow(org.id, account, n, { attributes })),
    );
    await insertRows("resources", rows);
    const { id } = await made(org, {
      resourceTypes: [],
      condition: null,
      expression: "resource.attributes.many.exists(a, resource.attributes.many.exists(b, a + b == 1000))",
    });
    let after = "";
    let [looked, calls] = [0, 0];
    do {
      const path = `/compliance/rules/${id}/preview${after && `?after=${after}`}`;
      const { body } = await api(org.keys.viewer).post<{ data: { lookedAt: number; nextAfter: string | null } }>(path);
      looked += body.data.lookedAt;
      calls += 1;
      after = body.data.nextAfter ?? "";
    } while (after !== "");
    expect(looked).toBe(1_200);
    expect(calls).toBeGreaterThan(2);
  });

  it("DELETE 204: the findings of more than a request's slices are resolved in the end, and counted", async ({
    expect,
  }) => {
    const world = await makeWorld(1_500, 0);
    const { org } = world;
    const { id } = await made(org);
    await env.DB.prepare("UPDATE findings SET type = ?2 WHERE org_id = ?1").bind(org.id, `rule:${id}`).run();
    await recount(org.id);
    expect((await api(org.keys.editor).delete(`/compliance/rules/${id}`)).status).toBe(204);
    expect((await api(org.keys.editor).get(`/compliance/rules/${id}`)).status).toBe(404);
    const open = () =>
      env.DB.prepare("SELECT count(*) AS n FROM findings WHERE org_id = ?1 AND status <> 'resolved'")
        .bind(org.id)
        .first<number>("n");
    for (let tick = 0; tick < 20 && (await rowsOf("rules", org.id)).length > 0; tick += 1)
      await resolveEndedRules(env, new Date(), () => undefined);
    expect(await open()).toBe(0);
    expect(await rowsOf("rules", org.id)).toEqual([]);
    const findingCounters = (await countersOf(org.id)).filter((row) => row["subject"] === "finding");
    expect(findingCounters).toEqual(sorted(counted("finding", await rowsOf("findings", org.id))));
  });
});
