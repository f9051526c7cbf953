import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { paramComplaints } from "#checks/params";
import { checks } from "#checks/registry";
import type { CheckCounts } from "#db/values";
import { makeScenario, rowsOf, scanned } from "../../sim/scenario.ts";
import { api } from "../../support/api.ts";
import { makeApiKey, makeOrg, type TestOrg } from "../../support/org.ts";
import { startReceiver } from "../../support/receiver.ts";
import { costOf, quietOrg, rowsOf as tableOf } from "../findings/world.ts";

interface CheckData {
  readonly id: string;
  readonly enabled: boolean;
  readonly params: Record<string, unknown>;
  readonly defaultParams: Record<string, unknown>;
}
type One = { readonly data: CheckData };
type Problem = {
  readonly code: string;
  readonly errors: readonly { readonly pointer: string; readonly message: string }[];
};

const patch = <Body = One>(org: TestOrg, id: string, body: unknown, headers?: Record<string, string>) =>
  api(org.keys.editor).patch<Body>(`/checks/${id}`, body, headers);
const get = async (org: TestOrg, id: string) => api(org.keys.viewer).get<One>(`/checks/${id}`);
const settingsOf = async (org: TestOrg) =>
  (await api(org.keys.viewer).get<{ data: Record<string, unknown> }>("/organization/settings")).body.data;

describe("GET /checks", () => {
  it("200: each as the organization has it asked, beside its defaults", async () => {
    const org = await makeOrg({ checksOff: ["iam_key_old"], checkParams: { orphaned_volume: { graceDays: 7 } } });
    const { body } = await api(org.keys.viewer).get<{ data: CheckData[] }>("/checks");
    expect(body.data).toHaveLength(checks.length);
    const of = (id: string) => body.data.find((check) => check.id === id);
    expect(of("iam_key_old")).toMatchObject({ enabled: false, params: { maxAgeDays: 90 }, variants: {} });
    expect(of("orphaned_volume")).toMatchObject({
      enabled: true,
      params: { graceDays: 7 },
      defaultParams: { graceDays: 1 },
      decisive: expect.any(Array),
    });
    const some = await api(org.keys.viewer).get<{ data: CheckData[] }>("/checks?framework=gdpr");
    expect(some.body.data.length).toBeLessThan(checks.length);
    await costOf(org, "/checks");
    expect(await costOf(org, "/checks")).toEqual({ rowsRead: 1, roundTrips: 1 });
  });
});

describe("GET /checks/{id}", () => {
  it("200: with the version of the settings; 404 for none", async () => {
    const org = await makeOrg();
    const answer = await get(org, "iam_key_old");
    expect([answer.status, answer.headers.get("etag")]).toEqual([200, '"1"']);
    expect((await get(org, "no_such_check")).status).toBe(404);
  });
});

describe("PATCH /checks/{id}", () => {
  it("200: merges into the settings, null restores a default; the audit log tells what was before", async () => {
    const org = await makeOrg();
    const changed = await patch(org, "iam_key_old", { enabled: false, params: { maxAgeDays: 30 } });
    expect([changed.headers.get("etag"), changed.body.data]).toMatchObject([
      '"2"',
      { enabled: false, params: { maxAgeDays: 30, highAgeDays: 365 }, defaultParams: { maxAgeDays: 90 } },
    ]);
    await patch(org, "orphaned_volume", { params: { graceDays: 2 } });
    expect(await settingsOf(org)).toMatchObject({
      checksOff: ["iam_key_old"],
      checkParams: { iam_key_old: { maxAgeDays: 30 }, orphaned_volume: { graceDays: 2 } },
    });
    await patch(org, "iam_key_old", { params: { highAgeDays: 400 } });
    expect((await get(org, "iam_key_old")).body.data.params).toMatchObject({ maxAgeDays: 30, highAgeDays: 400 });
    await patch(org, "iam_key_old", { enabled: null, params: { maxAgeDays: null, highAgeDays: null } });
    await patch(org, "orphaned_volume", { params: null });
    expect(await settingsOf(org)).toMatchObject({ checksOff: [], checkParams: {} });
    const log = await tableOf("audit_log", org.id);
    expect(log.map(({ action, target_id: target }) => [action, target]).slice(0, 2)).toEqual([
      ["check.change", "iam_key_old"],
      ["check.change", "orphaned_volume"],
    ]);
    expect(JSON.parse(String(log[0]?.["changes"]))).toContainEqual({ path: "/enabled", old: true, new: false });
  });

  it.each([
    ["iam_key_old", { params: { maxDays: 3 } }, "/params/maxDays"],
    ["iam_key_old", { params: { maxAgeDays: "3" } }, "/params/maxAgeDays"],
    ["iam_key_old", { params: { maxAgeDays: -1 } }, "/params/maxAgeDays"],
    ["old_snapshot", { params: { keepTags: [1] } }, "/params/keepTags/0"],
    ["old_snapshot", { params: { keepTags: "retain" } }, "/params/keepTags"],
    ["security_group_open_port", { params: { ports: { ours: { ports: [443] } } } }, "/params/ports/ours/severity"],
    [
      "security_group_open_port",
      { params: { ports: { ours: { ports: [443], severity: "bad" } } } },
      "/params/ports/ours/severity",
    ],
    ["iam_key_old", { enabled: "no" }, "/enabled"],
    ["iam_key_old", { other: 1 }, "/other"],
  ])("400: %s refuses %j", async (id, body, pointer) => {
    const org = await makeOrg();
    const answer = await patch<Problem>(org, id, body);
    expect([answer.status, answer.body.code, answer.body.errors[0]?.pointer]).toEqual([
      400,
      "INVALID_REQUEST",
      pointer,
    ]);
    expect((await get(org, id)).headers.get("etag")).toBe('"1"');
  });

  it("200: takes a table with names of one's own", async () => {
    const org = await makeOrg();
    const ports = { ours: { ports: [443], severity: "low" } };
    expect((await patch(org, "security_group_open_port", { params: { ports } })).body.data.params).toEqual({ ports });
  });

  it("412: with the present version when somebody was faster; of many at once none is lost", async () => {
    const org = await quietOrg();
    const days = [5, 6, 7, 8, 9];
    const answers = await Promise.all(
      days.map((maxAgeDays) => patch(org, "iam_key_old", { params: { maxAgeDays } }, { "If-Match": '"1"' })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const late = await patch<{ currentVersion: number }>(
      org,
      "orphaned_volume",
      { enabled: false },
      { "If-Match": '"1"' },
    );
    expect([late.status, late.body.currentVersion]).toEqual([412, 2]);
  });

  it("404: for none; 403: for an analyst", async () => {
    const org = await makeOrg();
    expect((await patch(org, "none", { enabled: false })).status).toBe(404);
    expect((await api(org.keys.analyst).patch("/checks/iam_key_old", { enabled: false })).status).toBe(403);
  });
});

describe("PUT /checks/{id}", () => {
  it("200: what is left out is as usual", async () => {
    const org = await makeOrg({ checksOff: ["iam_key_old"], checkParams: { iam_key_old: { maxAgeDays: 5 } } });
    const put = (body: unknown) => api(org.keys.editor).put<One>("/checks/iam_key_old", body);
    expect((await put({ params: { highAgeDays: 9 } })).body.data).toMatchObject({
      enabled: true,
      params: { maxAgeDays: 90, highAgeDays: 9 },
    });
    expect((await put({})).body.data).toMatchObject({ enabled: true, params: { maxAgeDays: 90, highAgeDays: 365 } });
    expect((await put({ params: { none: 1 } })).status).toBe(400);
  });
});

describe("PATCH /organization/settings", () => {
  it.each([
    [{ checksOff: ["none_of_ours"] }, "/checksOff/0"],
    [{ checkParams: { none_of_ours: {} } }, "/checkParams/none_of_ours"],
    [{ checkParams: { iam_key_old: { maxAgeDays: [] } } }, "/checkParams/iam_key_old/maxAgeDays"],
  ])("400: refuses %j", async (body, pointer) => {
    const org = await makeOrg();
    const answer = await api(org.keys.admin).patch<Problem>("/organization/settings", body);
    expect([answer.status, answer.body.errors[0]?.pointer]).toEqual([400, pointer]);
  });

  it("200: switches checks off; what was stored of checks that are gone is no hindrance", async () => {
    const org = await makeOrg({ checksOff: ["gone_since"], checkParams: { gone_since: { days: 1 } } });
    const answer = await api(org.keys.admin).patch<{ data: object }>("/organization/settings", {
      checksOff: ["gone_since", "iam_key_old", "iam_key_old"],
    });
    expect(answer.body.data).toMatchObject({ checksOff: ["gone_since", "iam_key_old"] });
  });
});

describe("parameters", () => {
  it("of every check are like themselves, and no other value passes for them", () => {
    for (const { params } of checks) expect(paramComplaints(params, { ...params })).toEqual([]);
    const named = checks.flatMap(({ params }) => Object.entries(params));
    fc.assert(
      fc.property(fc.constantFrom(...named), fc.jsonValue(), ([name, standard], value) => {
        const taken = paramComplaints({ [name]: standard }, { [name]: value }).length === 0;
        const kind = (one: unknown): string => (Array.isArray(one) ? "list" : one === null ? "null" : typeof one);
        if (taken) expect(kind(value)).toBe(kind(standard));
        if (taken && typeof value === "number") expect(value).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("a check that is switched off", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
    startReceiver();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it("has its findings resolved by the next scan, and counts no more", async () => {
    const scenario = await makeScenario({}, { services: ["ec2"] });
    const { key } = await makeApiKey(scenario.orgId, { role: "editor" });
    await scanned(scenario);
    const statuses = async () =>
      (
        await rowsOf<{ status: string }>(
          scenario,
          "SELECT DISTINCT status FROM findings WHERE org_id = ?1 AND type = 'orphaned_volume'",
        )
      ).map(({ status }) => status);
    const counts = async () =>
      JSON.parse(
        (await env.DB.prepare(
          "SELECT checks FROM daily_verdicts WHERE org_id = ?1 AND account_id = '' ORDER BY day DESC",
        )
          .bind(scenario.orgId)
          .first<string>("checks")) ?? "{}",
      ) as CheckCounts;
    expect([await statuses(), (await counts())["orphaned_volume"]?.fail]).toEqual([["open"], expect.any(Number)]);
    expect((await api(key).patch("/checks/orphaned_volume", { enabled: false })).status).toBe(200);
    expect(await statuses()).toEqual(["open"]);
    scenario.world.advance(86_400_000);
    await scanned(scenario);
    expect([await statuses(), (await counts())["orphaned_volume"]]).toEqual([["resolved"], undefined]);
    expect((await api(key).patch("/checks/orphaned_volume", { enabled: true })).status).toBe(200);
    scenario.world.advance(86_400_000);
    await scanned(scenario);
    expect(await statuses()).toEqual(["open"]);
  });
});
