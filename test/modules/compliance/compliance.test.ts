import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { frameworks } from "#frameworks/registry";
import { newId } from "#lib/id";
import { api } from "../../support/api.ts";
import {
  accountRow,
  costOf,
  findingRow,
  getList,
  insertRows,
  quietOrg,
  resourceRow,
  type Row,
} from "../findings/world.ts";
import { endedScanRow } from "../scans/world.ts";
import type { TestOrg } from "../../support/org.ts";

// All of it passes in one moment: no day ends meanwhile.
vi.useFakeTimers({ toFake: ["Date"] });
afterAll(() => void vi.useRealTimers());

const day = 86_400_000;
const dayOf = (ago: number): string => new Date(Date.now() - ago * day).toISOString().slice(0, 10);
const soon = new Date(Date.now() + 9 * day).toISOString();
const past = new Date(Date.now() - day).toISOString();
const counted = (pass: number, fail: number, unknown = 0) => ({ pass, fail, unknown });

const daily = (org: TestOrg, accountId: string, ago: number, checks: object): Row => ({
  org_id: org.id,
  account_id: accountId,
  day: dayOf(ago),
  checks: JSON.stringify(checks),
  updated_at: `${dayOf(ago)}T08:00:00.000Z`,
});

interface Framework {
  readonly id: string;
  readonly score: number | null;
  readonly controlsPassed: number | null;
  readonly controlsPassedWithExceptions: number | null;
  readonly coverage: number;
  readonly controlCounts: Record<string, number>;
}
interface Scores {
  readonly data: { readonly asOf: string | null; readonly frameworks: readonly Framework[] };
}
interface Detail {
  readonly data: Framework & {
    readonly controls: readonly { id: string; title: string; state: string; evidence: readonly object[] }[];
  };
}

const checks = {
  iam_key_old: counted(3, 1),
  root_mfa_off: counted(1, 0),
  iam_user_no_mfa: counted(0, 0, 5),
};

async function assessed() {
  const org = await quietOrg();
  const accounts = [accountRow(org.id, "111111111111"), accountRow(org.id, "222222222222")];
  await insertRows("accounts", accounts);
  await insertRows("daily_verdicts", [
    daily(org, "", 40, { iam_key_old: counted(0, 4) }),
    daily(org, "", 1, { iam_key_old: counted(2, 2) }),
    daily(org, "", 0, checks),
    daily(org, accounts[0]?.id ?? "", 0, { iam_key_old: counted(1, 0) }),
  ]);
  return { org, accounts };
}

let world: Awaited<ReturnType<typeof assessed>>;
beforeAll(async () => {
  world = await assessed();
});

const scoresOf = async (org: TestOrg, query = ""): Promise<Scores["data"]> =>
  (await api(org.keys.viewer).get<Scores>(`/compliance/score${query}`)).body.data;
const detailOf = async (org: TestOrg, id: string, query = ""): Promise<Detail["data"]> =>
  (await api(org.keys.viewer).get<Detail>(`/compliance/frameworks/${id}${query}`)).body.data;

describe("GET /compliance/score", () => {
  it("200: weighs pass rates, with the parts that explain it", async () => {
    const { asOf, frameworks: all } = await scoresOf(world.org);
    expect(all.map(({ id }) => id)).toEqual(frameworks.map(({ id }) => id));
    expect(asOf).toBe(`${dayOf(0)}T08:00:00.000Z`);
    // Critical 1/1 and medium 3/4: (10 × 1 + 3 × 0.75) / 13.
    expect(all.find(({ id }) => id === "cis_aws_5.0")).toEqual({
      id: "cis_aws_5.0",
      title: "CIS AWS Foundations",
      edition: "5.0",
      builtIn: true,
      score: 94.2,
      controlsPassed: 50,
      controlsPassedWithExceptions: 50,
      coverage: 3.2,
      controlCounts: {
        total: 63,
        passed: 1,
        failed: 1,
        notAssessed: expect.any(Number),
        notCovered: expect.any(Number),
      },
      parts: [
        { severity: "critical", weight: 10, controlsAssessed: 1, passRate: 1 },
        { severity: "medium", weight: 3, controlsAssessed: 1, passRate: 0.75 },
      ],
    });
  });

  it("200: of one account, and of the frameworks named", async () => {
    const [first] = world.accounts;
    for (const ref of ["111111111111", first?.id]) {
      const { frameworks: some } = await scoresOf(world.org, `?accountId=${ref}&framework=cis_aws_5.0`);
      expect(some).toMatchObject([{ id: "cis_aws_5.0", score: 100, coverage: 1.6 }]);
    }
    expect(await scoresOf(world.org, "?accountId=222222222222&framework=soc2")).toMatchObject({
      asOf: null,
      frameworks: [{ score: null, controlsPassed: null, coverage: 0 }],
    });
  });

  it("200: null without evidence, never 100", async () => {
    const org = await quietOrg();
    const { frameworks: all } = await scoresOf(org);
    expect(new Set(all.map(({ score }) => score))).toEqual(new Set([null]));
  });

  it("400: for a framework, 404: for an account that is not there", async () => {
    const ask = (query: string) => api(world.org.keys.viewer).get(`/compliance/score?${query}`);
    expect((await ask("framework=cis_aws_5.0,none")).body).toMatchObject({
      code: "INVALID_REQUEST",
      errors: [{ in: "query", pointer: "framework" }],
    });
    expect((await ask(`accountId=${newId()}`)).status).toBe(404);
    const stranger = await assessed();
    expect((await ask(`accountId=${stranger.accounts[0]?.id}`)).status).toBe(404);
  });

  it("200: fails that are ignored with a reason and an expiry count as passed beside", async () => {
    const { org, accounts } = await assessed();
    const [account] = accounts;
    const excepted = async (n: number, verdicts: string, more: Row) => {
      const resource = await resourceRow(org.id, account ?? {}, n, { verdicts });
      const given = { type: "iam_key_old", resource_id: resource.id, status: "ignored", ignore_reason: "Accepted" };
      const finding = await findingRow(org.id, account ?? {}, n, { ...given, ignored_until: soon, ...more });
      await insertRows("resources", [resource]);
      await insertRows("findings", [finding]);
    };
    const controls = async () => (await scoresOf(org, "?framework=cis_aws_5.0")).frameworks[0];
    await excepted(1, "a=p;iam_key_old=f:medium:x", { ignored_until: past });
    await excepted(2, "iam_key_old=f:medium:x", { ignored_until: null });
    await excepted(3, "iam_key_old=f:medium:x", { status: "open" });
    await excepted(4, "iam_key_old=u;other=f:high:y", {});
    expect(await controls()).toMatchObject({ controlsPassed: 50, controlsPassedWithExceptions: 50 });
    await excepted(5, "a=f:low:z;iam_key_old=f:medium:x:one+two;z=p", {});
    expect(await controls()).toMatchObject({ score: 94.2, controlsPassed: 50, controlsPassedWithExceptions: 100 });
    const detail = await detailOf(org, "cis_aws_5.0", "?state=failed");
    expect(detail.controls).toMatchObject([{ id: "1.13", evidence: [{ failed: 1, excepted: 1 }] }]);
  });

  it("reads some rows, whatever there is", async () => {
    const { org } = await assessed();
    const rows = await Promise.all(
      Array.from({ length: 300 }, async (_, n) => findingRow(org.id, world.accounts[0] ?? {}, n)),
    );
    await insertRows("findings", rows);
    await insertRows(
      "daily_verdicts",
      Array.from({ length: 300 }, (_, n) => daily(org, "", 100 + n, checks)),
    );
    await costOf(org, "/compliance/score");
    expect(await costOf(org, "/compliance/score")).toMatchObject({ roundTrips: 1 });
    expect((await costOf(org, "/compliance/score")).rowsRead).toBeLessThanOrEqual(5);
    expect((await costOf(org, "/compliance/frameworks")).rowsRead).toBeLessThanOrEqual(5);
    expect((await costOf(org, "/compliance/frameworks/soc2")).rowsRead).toBeLessThanOrEqual(5);
    expect((await costOf(org, "/compliance/score/history?days=90")).rowsRead).toBeLessThanOrEqual(8);
  });
});

describe("GET /compliance/score/history", () => {
  it("200: one point for each day that has a row", async () => {
    const points = async (query: string) =>
      (await api(world.org.keys.viewer).get<{ data: object[] }>(`/compliance/score/history?${query}`)).body.data;
    const one = (score: number) => [{ id: "cis_aws_5.0", score }];
    expect(await points("framework=cis_aws_5.0")).toMatchObject([
      { day: dayOf(40), frameworks: one(0) },
      { day: dayOf(1), frameworks: one(50) },
      { day: dayOf(0), frameworks: one(94.2) },
    ]);
    expect(await points("framework=cis_aws_5.0&days=2")).toMatchObject([{ day: dayOf(1) }, { day: dayOf(0) }]);
    expect(await points("accountId=111111111111&framework=soc2")).toHaveLength(1);
  });

  it("400: for days that are no number, or too many", async () => {
    for (const days of ["0", "367", "x"]) {
      expect((await api(world.org.keys.viewer).get(`/compliance/score/history?days=${days}`)).status).toBe(400);
    }
  });
});

describe("GET /compliance/frameworks", () => {
  it("200: all of them on one page, also as CSV", async () => {
    const { body } = await getList(world.org, "/compliance/frameworks");
    expect(body.data).toHaveLength(frameworks.length);
    const csv = await getList(world.org, "/compliance/frameworks?format=csv");
    expect(csv.text.trimEnd().split("\r\n")).toHaveLength(frameworks.length + 1);
  });
});

describe("GET /compliance/frameworks/{id}", () => {
  it("200: every control with its state, its checks and our title", async () => {
    const detail = await detailOf(world.org, "cis_aws_5.0");
    expect(detail.controls).toHaveLength(63);
    const of = (id: string) => detail.controls.find((control) => control.id === id);
    expect(of("1.13")).toEqual({
      id: "1.13",
      title: "Access keys change every 90 days",
      state: "failed",
      weight: 3,
      passRate: 0.75,
      checks: ["iam_key_old"],
      evidence: [
        { check: "iam_key_old", variant: null, severity: "medium", passed: 3, failed: 1, unknown: 0, excepted: 0 },
      ],
    });
    expect(of("1.4")).toMatchObject({ state: "passed" });
    expect(of("1.9")).toMatchObject({ state: "not_assessed", passRate: null });
    expect(of("1.1")).toMatchObject({ state: "not_covered", weight: null, evidence: [] });
    const counts = detail.controls.filter(({ state }) => state === "not_covered");
    expect(detail.controlCounts["notCovered"]).toBe(counts.length);
  });

  it("200: only the states asked for; 400 for others; 404 for a framework that is not there", async () => {
    const some = await detailOf(world.org, "cis_aws_5.0", "?state=failed,passed");
    expect(some.controls.map(({ id }) => id)).toEqual(["1.4", "1.13"]);
    expect((await api(world.org.keys.viewer).get("/compliance/frameworks/cis_aws_5.0?state=none")).status).toBe(400);
    expect((await api(world.org.keys.viewer).get("/compliance/frameworks/none")).status).toBe(404);
  });

  it("200: with the organization's rules that say what they are evidence of", async () => {
    const { org } = await assessed();
    const rule = { framework: "soc2", control: "cc_1_3", severity: "critical", category: "security" };
    const id = newId();
    const times = { version: 1, created_at: dayOf(0), updated_at: dayOf(0) };
    const texts = { name: "r", description: "", resource_types: "[]", condition: null, expression: "true" };
    await insertRows("rules", [{ org_id: org.id, id, ...rule, ...texts, remediation: null, enabled: 1, ...times }]);
    await insertRows("daily_verdicts", [daily(org, "", -1, { [`rule:${id}`]: counted(1, 3) })]);
    const { controls } = await detailOf(org, "soc2", "?state=failed");
    expect(controls).toMatchObject([
      { id: "cc_1_3", passRate: 0.25, weight: 10, checks: expect.arrayContaining([`rule:${id}`]) },
    ]);
  });
});

describe("GET /scans/{id}/compliance", () => {
  it("200: what this scan saw; null while it runs; 404 of another organization", async () => {
    const { org, accounts } = await assessed();
    const verdicts = JSON.stringify({ iam_key_old: counted(1, 1) });
    const rows = [
      { ...endedScanRow(org, accounts[0] ?? {}, 1), id: newId(), verdicts },
      { ...endedScanRow(org, accounts[0] ?? {}, 2), id: newId(), verdicts: null },
    ];
    await insertRows("scans", rows);
    const ask = (id: string | undefined, key = org.keys.viewer) =>
      api(key).get<Scores>(`/scans/${id}/compliance?framework=cis_aws_5.0`);
    expect((await ask(rows[0]?.id)).body.data).toMatchObject({
      scanId: rows[0]?.id,
      status: "complete",
      frameworks: [{ score: 50, controlsPassed: 0, controlsPassedWithExceptions: null }],
    });
    expect((await ask(rows[1]?.id)).body.data).toMatchObject({ asOf: null, frameworks: [{ score: null }] });
    expect((await ask(rows[0]?.id, world.org.keys.admin)).status).toBe(404);
    expect((await costOf(org, `/scans/${rows[0]?.id}/compliance`)).rowsRead).toBeLessThanOrEqual(2);
  });
});
