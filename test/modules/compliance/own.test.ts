import { describe, expect, it } from "vitest";
import { newId } from "#lib/id";
import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import { insertRows, quietOrg, rowsOf, type Row } from "../findings/world.ts";

const today = new Date().toISOString().slice(0, 10);
const counted = (pass: number, fail: number, unknown = 0) => ({ pass, fail, unknown });

interface Own {
  readonly data: { readonly id: string; readonly title: string; readonly controls: readonly object[] };
}
interface Problem {
  readonly code: string;
  readonly errors: readonly { readonly pointer: string }[];
}
interface Imported {
  readonly data: { readonly dryRun: boolean; readonly frameworks: readonly { id: string; outcome: string }[] };
}

const control = (id: string, ...checks: string[]) => ({ id, title: `Control ${id}`, checks });
const framework = (id: string, ...controls: object[]) => ({ id, title: `Framework ${id}`, edition: null, controls });
const post = <Body = Own>(org: TestOrg, body: unknown, headers?: Record<string, string>) =>
  api(org.keys.editor).post<Body>("/compliance/frameworks", body, headers);
const own = async (org: TestOrg): Promise<Row[]> => rowsOf("custom_frameworks", org.id);

async function rule(org: TestOrg, more: Row = {}): Promise<string> {
  const id = newId();
  const texts = { name: `rule ${id}`, description: "", resource_types: "[]", condition: null, expression: "true" };
  const served = { framework: null, control: null, severity: "high", category: "security", remediation: null };
  const times = { enabled: 1, version: 1, created_at: today, updated_at: today };
  await insertRows("rules", [{ org_id: org.id, id, ...texts, ...served, ...times, ...more }]);
  return id;
}

const verdicts = (org: TestOrg, checks: object): Promise<void> =>
  insertRows("daily_verdicts", [
    {
      org_id: org.id,
      account_id: "",
      day: today,
      checks: JSON.stringify(checks),
      updated_at: `${today}T00:00:00.000Z`,
    },
  ]);

describe("POST /compliance/frameworks", () => {
  it("201: is scored like the built-in ones, from checks and rules", async () => {
    const org = await quietOrg();
    const high = await rule(org, { framework: "acme", control: "C" });
    await verdicts(org, { iam_key_old: counted(3, 1), root_mfa_off: counted(1, 0), [`rule:${high}`]: counted(1, 1) });
    const controls = [
      control("A", "iam_key_old", "root_mfa_off"),
      control("B", `rule:${high}`),
      control("C"),
      control("D"),
      control("E", "iam_user_no_mfa"),
    ];
    const made = await post(org, framework("acme", ...controls));
    expect([made.status, made.headers.get("location"), made.headers.get("etag")]).toEqual([
      201,
      "/api/v1/compliance/frameworks/acme",
      '"1"',
    ]);
    const { body } = await api(org.keys.viewer).get<Own>("/compliance/frameworks/acme");
    // A: 4 of 5, weight 10; B and C: 1 of 2, weight 6.
    expect(body.data).toMatchObject({
      builtIn: false,
      score: 63.6,
      controlsPassed: 0,
      coverage: 60,
      controlCounts: { total: 5, failed: 3, notAssessed: 1, notCovered: 1 },
      controls: [
        { id: "A", state: "failed", passRate: 0.8, weight: 10, checks: ["iam_key_old", "root_mfa_off"] },
        { id: "B", checks: [`rule:${high}`], weight: 6, evidence: [{ check: `rule:${high}`, severity: "high" }] },
        { id: "C", state: "failed", checks: [], evidence: [{ check: `rule:${high}` }] },
        { id: "D", state: "not_covered" },
        { id: "E", state: "not_assessed" },
      ],
    });
    const listed = await api(org.keys.viewer).get<{ data: { id: string }[] }>("/compliance/frameworks");
    expect(listed.body.data.at(-1)).toMatchObject({ id: "acme", score: 63.6 });
    const score = await api(org.keys.viewer).get("/compliance/score?framework=acme");
    expect(score.body).toMatchObject({ data: { frameworks: [{ id: "acme", score: 63.6 }] } });
  });

  it("201: once under an Idempotency-Key", async () => {
    const org = await quietOrg();
    const headers = { "Idempotency-Key": "once" };
    const answers = [await post(org, framework("acme", control("A")), headers)];
    answers.push(await post(org, framework("acme", control("A")), headers));
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(await own(org)).toHaveLength(1);
  });

  it("409: for the id of another, built in or not, and above 50", async () => {
    const org = await quietOrg();
    expect((await post<Problem>(org, framework("soc2", control("A")))).body.code).toBe("CONFLICT");
    await post(org, framework("acme", control("A")));
    expect((await post<Problem>(org, framework("acme", control("B")))).body.code).toBe("CONFLICT");
    const times = { version: 1, created_at: today, updated_at: today };
    await insertRows(
      "custom_frameworks",
      Array.from({ length: 49 }, (_, n) => ({
        org_id: org.id,
        id: `f${n}`,
        title: "t",
        edition: null,
        controls: "[]",
        ...times,
      })),
    );
    expect((await post(org, framework("more", control("A")))).status).toBe(409);
    expect(await own(org)).toHaveLength(50);
  });

  it.each([
    [framework("Not An Id", control("A")), "/id"],
    [framework("acme"), "/controls"],
    [framework("acme", control("A"), control("A")), "/controls"],
    [framework("acme", control("A", "no_such_check")), "/controls/0/checks/0"],
    [framework("acme", control("A", "iam_key_old/none")), "/controls/0/checks/0"],
    [framework("acme", control("A", "iam_key_old", `rule:${newId()}`)), "/controls/0/checks/1"],
    [{ ...framework("acme", control("A")), other: 1 }, "/other"],
  ])("400: refuses %j", async (body, pointer) => {
    const org = await quietOrg();
    const answer = await post<Problem>(org, body);
    expect([answer.status, answer.body.errors[0]?.pointer]).toEqual([400, pointer]);
    expect(await own(org)).toEqual([]);
  });

  it("400: for another organization's rule", async () => {
    const [org, stranger] = [await quietOrg(), await quietOrg()];
    const theirs = await rule(stranger);
    expect((await post(org, framework("acme", control("A", `rule:${theirs}`)))).status).toBe(400);
  });
});

describe("PUT and PATCH /compliance/frameworks/{id}", () => {
  it("200: replace and merge, each a version; the audit log tells it", async () => {
    const org = await quietOrg();
    await post(org, framework("acme", control("A")));
    const at = "/compliance/frameworks/acme";
    const put = await api(org.keys.editor).put<Own>(at, { title: "New", controls: [control("B", "iam_key_old")] });
    expect([put.headers.get("etag"), put.body.data]).toMatchObject(['"2"', { title: "New", edition: null }]);
    const patched = await api(org.keys.editor).patch<Own>(at, { edition: "2" });
    expect(patched.body.data).toMatchObject({ title: "New", edition: "2", controls: [{ id: "B" }] });
    expect((await api(org.keys.editor).patch<Own>(at, { edition: null })).body.data).toMatchObject({ edition: null });
    expect((await rowsOf("audit_log", org.id)).map(({ action }) => action)).toEqual([
      "framework.create",
      "framework.update",
      "framework.update",
      "framework.update",
    ]);
    for (const bad of [{ title: null }, { controls: [] }, { controls: [control("A", "none")] }, { id: "other" }])
      expect([bad, (await api(org.keys.editor).patch(at, bad)).status]).toEqual([bad, 400]);
  });

  it("412: of many at once one wins; 409 for a built-in one, 404 for none", async () => {
    const org = await quietOrg();
    await post(org, framework("acme", control("A")));
    const patch = (title: string, headers?: Record<string, string>, id = "acme") =>
      api(org.keys.editor).patch(`/compliance/frameworks/${id}`, { title }, headers);
    const answers = await Promise.all(["a", "b", "c", "d"].map((title) => patch(title, { "If-Match": '"1"' })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412]);
    expect((await patch("e", { "If-Match": '"1"' })).body).toMatchObject({ currentVersion: 2 });
    expect((await patch("e", {}, "soc2")).status).toBe(409);
    expect((await patch("e", {}, "none")).status).toBe(404);
  });
});

describe("DELETE /compliance/frameworks/{id}", () => {
  it("204: it is gone; 412 of another version; 409 for a built-in one", async () => {
    const org = await quietOrg();
    await post(org, framework("acme", control("A")));
    const remove = (id: string, headers?: Record<string, string>) =>
      api(org.keys.editor).delete(`/compliance/frameworks/${id}`, headers);
    expect((await remove("acme", { "If-Match": '"7"' })).status).toBe(412);
    expect((await remove("acme")).status).toBe(204);
    expect((await remove("acme")).status).toBe(404);
    expect((await remove("soc2")).status).toBe(409);
    expect(await own(org)).toEqual([]);
  });
});

describe("POST /compliance/import", () => {
  const send = <Body = Imported>(org: TestOrg, body: unknown, query = "") =>
    api(org.keys.editor).post<Body>(`/compliance/import${query}`, body);

  it("200: takes what another organization exported; the same again changes nothing", async () => {
    const [from, to] = [await quietOrg(), await quietOrg()];
    await post(from, framework("acme", control("A", "iam_key_old"), control("B")));
    await post(from, framework("beta", control("A")));
    const { body } = await api(from.keys.viewer).get<{ data: object }>("/compliance/export");
    const outcomes = (outcome: string) => [
      { id: "acme", outcome },
      { id: "beta", outcome },
    ];
    const tried = await send(to, body.data, "?dryRun=true");
    expect(tried.body.data).toEqual({ dryRun: true, frameworks: outcomes("created"), rules: [] });
    expect(await own(to)).toEqual([]);
    expect((await send(to, body.data)).body.data).toEqual({
      dryRun: false,
      frameworks: outcomes("created"),
      rules: [],
    });
    const stored = await own(to);
    expect((await send(to, body.data)).body.data.frameworks).toEqual(outcomes("unchanged"));
    expect(await own(to)).toEqual(stored);
    expect((await api(to.keys.viewer).get("/compliance/export")).body).toEqual(body);
    expect((await rowsOf("audit_log", to.id)).map(({ action }) => action)).toEqual(["compliance.import"]);
  });

  it("200: rules come along, by their ids or names, and frameworks name them by the ids they have here", async () => {
    const [from, to] = [await quietOrg(), await quietOrg()];
    const make = async (org: TestOrg, name: string, more: object = {}) =>
      (
        await api(org.keys.editor).post<{ data: { id: string } }>("/compliance/rules", {
          name,
          severity: "high",
          expression: "resource.name == null",
          ...more,
        })
      ).body.data.id;
    const [named, fresh] = [await make(from, "Named"), await make(from, "Fresh", { enabled: false })];
    await post(from, framework("acme", control("A", `rule:${named}`, `rule:${fresh}`)));
    const here = await make(to, "Named", { severity: "low" });
    const { body } = await api(from.keys.viewer).get<{ data: object }>("/compliance/export");
    type Rules = { data: { rules: { id: string; name: string; outcome: string }[] } };
    const first = (await send<Rules>(to, body.data)).body.data;
    const made = first.rules.find(({ name }) => name === "Fresh")?.id ?? "";
    expect(first.rules).toEqual(
      expect.arrayContaining([
        { id: here, name: "Named", outcome: "replaced" },
        { id: made, name: "Fresh", outcome: "created" },
      ]),
    );
    expect((await rowsOf("rules", to.id)).map(({ name, severity, enabled }) => [name, severity, enabled])).toEqual(
      expect.arrayContaining([
        ["Named", "high", 1],
        ["Fresh", "high", 0],
      ]),
    );
    expect(JSON.parse(String((await own(to))[0]?.["controls"]))).toMatchObject([
      { checks: expect.arrayContaining([`rule:${here}`, `rule:${made}`]) },
    ]);
    const before = [await own(to), await rowsOf("rules", to.id)];
    const again = (await send<Rules>(to, body.data)).body.data;
    expect(new Set(again.rules.map(({ outcome }) => outcome))).toEqual(new Set(["unchanged"]));
    expect([await own(to), await rowsOf("rules", to.id)]).toEqual(before);
    const bad = { rules: [{ id: newId(), name: "Bad", severity: "high", expression: "resource.(" }] };
    expect((await send<Problem>(to, { ...body.data, ...bad })).status).toBe(400);
    const renamed = { rules: [{ id: here, name: "Fresh", severity: "high", expression: "true" }] };
    expect((await send(to, renamed)).status).toBe(409);
    expect([await own(to), await rowsOf("rules", to.id)]).toEqual(before);
  });

  it("200: replaces what differs, and leaves what is not named", async () => {
    const org = await quietOrg();
    await post(org, framework("acme", control("A")));
    await post(org, framework("stays", control("A")));
    const { body } = await send(org, { frameworks: [framework("acme", control("B")), framework("new", control("C"))] });
    expect(body.data.frameworks).toEqual([
      { id: "acme", outcome: "replaced" },
      { id: "new", outcome: "created" },
    ]);
    expect((await own(org)).map(({ id, version }) => [id, version])).toEqual([
      ["acme", 2],
      ["new", 1],
      ["stays", 1],
    ]);
  });

  it.each([
    [{ frameworks: [framework("good", control("A")), framework("soc2", control("A"))] }, "/frameworks/1/id"],
    [{ frameworks: [framework("good", control("A")), framework("good", control("A"))] }, "/frameworks/1/id"],
    [
      { frameworks: [framework("good", control("A")), framework("bad", control("A", "none"))] },
      "/frameworks/1/controls/0/checks/0",
    ],
    [
      { frameworks: [framework("good", control("A")), framework("bad", control("A", `rule:${newId()}`))] },
      "/frameworks/1/controls/0/checks/0",
    ],
    [{ policies: [] }, "/policies"],
  ])("400: all or nothing: %j", async (body, pointer) => {
    const org = await quietOrg();
    const answer = await send<Problem>(org, body);
    expect([answer.status, answer.body.errors[0]?.pointer]).toEqual([400, pointer]);
    expect(await own(org)).toEqual([]);
  });

  it("409: above 50; of many at once all are whole, and those that came late are told", async () => {
    const org = await quietOrg();
    const many = (title: string) => ({
      frameworks: ["a1", "b1", "c1"].map((id) => ({ ...framework(id, control("A")), title })),
    });
    const answers = await Promise.all(["one", "two", "three", "four"].map((title) => send(org, many(title))));
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    expect(new Set((await own(org)).map(({ title }) => title)).size).toBe(1);
    const more = Array.from({ length: 48 }, (_, n) => framework(`f${n}`, control("A")));
    expect((await send(org, { frameworks: more })).status).toBe(409);
    expect(await own(org)).toHaveLength(3);
  });
});
