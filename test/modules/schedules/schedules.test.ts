import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { newId } from "#lib/id";
import { api } from "../../support/api.ts";
import { accountRow, insertRows, quietOrg, rowsOf } from "../findings/world.ts";
import { scheduleBody } from "./samples.ts";
import { orgWith } from "./world.ts";

type Schedule = Record<string, unknown> & { readonly id: string; readonly nextRuns: readonly string[] };
interface Body {
  readonly data: Schedule;
  readonly code: string;
  readonly detail: string;
  readonly currentVersion: number;
  readonly errors: readonly { readonly pointer: string; readonly message: string }[];
}

describe("POST /schedules", () => {
  it("201: a schedule with its next five runs, in order, each within ten minutes of its tick", async ({ expect }) => {
    const { org, accounts } = await orgWith(2);
    const { status, body, headers } = await api(org.keys.editor).post<Body>("/schedules", {
      ...scheduleBody,
      accountIds: ["111111111111", accounts[1], accounts[0]],
      services: ["alb", "ec2"],
      regions: ["eu-west-1"],
    });
    expect([status, headers.get("location")]).toEqual([201, `/api/v1/schedules/${body.data.id}`]);
    expect(body.data).toMatchObject({
      ...scheduleBody,
      accountIds: accounts.toSorted(),
      services: ["ec2", "elbv2"],
      window: null,
      enabled: true,
      lastRun: null,
      version: 1,
    });
    expect(body.data.nextRuns).toHaveLength(5);
    expect(body.data.nextRuns).toEqual(body.data.nextRuns.toSorted());
    const clock = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Berlin", hour: "2-digit", minute: "2-digit" });
    for (const run of body.data.nextRuns) {
      const shown = clock.format(new Date(run));
      expect(shown >= "02:30" && shown <= "03:10", shown).toBe(true);
    }
    const audit = await rowsOf("audit_log", org.id);
    expect(audit.map(({ action }) => action)).toContain("schedule.create");
  });

  it("201: once for one Idempotency-Key", async ({ expect }) => {
    const org = await quietOrg();
    const key = { "Idempotency-Key": newId() };
    const [first, second] = [
      await api(org.keys.editor).post<Body>("/schedules", scheduleBody, key),
      await api(org.keys.editor).post<Body>("/schedules", scheduleBody, key),
    ];
    expect([first.body.data.id, (await rowsOf("schedules", org.id)).length]).toEqual([second.body.data.id, 1]);
  });

  it.for([
    [{ cron: "* * * * * *" }, "/cron", /no field for seconds/],
    [{ cron: "0 25 * * *" }, "/cron", /Invalid value for hour: 25/],
    [{ cron: "0 0 30 2 *" }, "/cron", /No day matches it, ever/],
    [
      { cron: "0 12 * * *", window: { from: "22:00", to: "06:00" } },
      "/cron",
      /None of its ticks falls into the window/,
    ],
    [{ timeZone: "Mars/Olympus" }, "/timeZone", /IANA time zone/],
    [{ timeZone: "+02:00" }, "/timeZone", /IANA time zone/],
    [{ window: { from: "22:00", to: "24:00" } }, "/window/to", /time of day/],
    [{ window: { from: "22:00", to: "22:00" } }, "/window", /must differ/],
    [{ regions: ["mars-1"] }, "/regions/0", /./],
    [{ seconds: true }, "/seconds", /not known/],
  ] as const)("400: %j", async ([more, pointer, message], { expect }) => {
    const org = await quietOrg();
    const { status, body } = await api(org.keys.editor).post<Body>("/schedules", { ...scheduleBody, ...more });
    expect([status, body.code]).toEqual([400, "INVALID_REQUEST"]);
    expect(
      body.errors.some((error) => error.pointer === pointer && message.test(error.message)),
      JSON.stringify(body),
    ).toBe(true);
  });

  it("400: another organization's account; 403: an analyst", async ({ expect }) => {
    const [mine, other] = [await orgWith(1), await orgWith(1)];
    const foreign = { ...scheduleBody, accountIds: [mine.accounts[0], other.accounts[0]] };
    expect((await api(mine.org.keys.editor).post(`/schedules`, foreign)).status).toBe(400);
    expect((await api(mine.org.keys.analyst).post(`/schedules`, scheduleBody)).status).toBe(403);
    expect(await rowsOf("schedules", mine.org.id)).toEqual([]);
  });

  it("409: more than a hundred", async ({ expect }) => {
    const org = await quietOrg();
    const rows = Array.from({ length: 100 }, () => ({
      org_id: org.id,
      id: newId(),
      name: "One of many",
      cron: "@daily",
      time_zone: "UTC",
      enabled: 0,
      version: 1,
      created_at: "",
      updated_at: "",
    }));
    await insertRows("schedules", rows);
    const { status, body } = await api(org.keys.editor).post<Body>("/schedules", scheduleBody);
    expect([status, body.detail]).toEqual([409, "There are 100 schedules already. Delete one first."]);
  });
});

describe("a schedule", () => {
  it("200: is replaced, merged, disabled and deleted, each at its version", async ({ expect }) => {
    const { org, accounts } = await orgWith(1);
    const editor = api(org.keys.editor);
    const made = await editor.post<Body>("/schedules", { ...scheduleBody, accountIds: accounts });
    const path = `/schedules/${made.body.data.id}`;
    const replaced = await editor.put<Body>(path, { name: "Hourly", cron: "@hourly" }, { "If-Match": '"1"' });
    expect([replaced.status, replaced.headers.get("etag")]).toEqual([200, '"2"']);
    expect(replaced.body.data).toMatchObject({ name: "Hourly", cron: "@hourly", timeZone: "UTC", accountIds: null });
    const window = { from: "22:00", to: "06:00" };
    const merged = await editor.patch<Body>(path, { window, timeZone: "Asia/Kolkata" });
    expect(merged.body.data).toMatchObject({ name: "Hourly", window, timeZone: "Asia/Kolkata", version: 3 });
    const narrowed = await editor.patch<Body>(path, { window: { to: "23:00" } });
    expect(narrowed.body.data).toMatchObject({ window: { from: "22:00", to: "23:00" } });
    const same = await editor.patch<Body>(path, { window: { to: "23:00" }, name: "Hourly" });
    expect(same.body.data).toEqual(narrowed.body.data);
    const off = await editor.patch<Body>(path, { enabled: false, window: null });
    expect(off.body.data).toMatchObject({ enabled: false, nextRuns: [], window: null });
    expect((await rowsOf("schedules", org.id))[0]).toMatchObject({ next_run_at: null, next_tick_at: null });
    const stale = await editor.patch<Body>(path, { enabled: true }, { "If-Match": '"2"' });
    expect([stale.status, stale.body.currentVersion]).toEqual([412, 5]);
    expect((await editor.delete(path)).status).toBe(403);
    expect((await api(org.keys.admin).delete(path, { "If-Match": '"4"' })).status).toBe(412);
    expect((await api(org.keys.admin).delete(path)).status).toBe(204);
    expect((await editor.get(path)).status).toBe(404);
  });

  it("200: keeps naming an account that was disconnected, but takes no other that is not there", async ({ expect }) => {
    const { org, accounts } = await orgWith(2);
    const editor = api(org.keys.editor);
    const made = await editor.post<Body>("/schedules", { ...scheduleBody, accountIds: accounts });
    const path = `/schedules/${made.body.data.id}`;
    await api(org.keys.admin).delete(`/accounts/${accounts[0]}`);
    expect((await editor.patch<Body>(path, { name: "Still" })).body.data).toMatchObject({
      name: "Still",
      accountIds: accounts.toSorted(),
    });
    expect((await editor.patch<Body>(path, { accountIds: [newId()] })).status).toBe(400);
    const unknown = await editor.patch<Body>(path, { accountIds: ["999999999999"] });
    expect([unknown.status, unknown.body.errors]).toEqual([
      400,
      [{ in: "body", pointer: "/accountIds", message: "There is no account 999999999999." }],
    ]);
  });

  it("200: what is due just now stays due when something else is changed", async ({ expect }) => {
    const org = await quietOrg();
    const editor = api(org.keys.editor);
    const made = await editor.post<Body>("/schedules", scheduleBody);
    const before = "2020-01-01T00:00:00.000Z";
    await env.DB.prepare("UPDATE schedules SET next_run_at = ?2 WHERE org_id = ?1").bind(org.id, before).run();
    await editor.patch(`/schedules/${made.body.data.id}`, { name: "Renamed" });
    expect((await rowsOf("schedules", org.id))[0]).toMatchObject({ name: "Renamed", next_run_at: before });
    await editor.patch(`/schedules/${made.body.data.id}`, { cron: "@hourly" });
    expect(String((await rowsOf("schedules", org.id))[0]?.["next_run_at"]) > before).toBe(true);
  });

  it("200: is listed, by whether it is enabled, and as CSV", async ({ expect }) => {
    const org = await quietOrg();
    const editor = api(org.keys.editor);
    await editor.post("/schedules", scheduleBody);
    await editor.post("/schedules", { ...scheduleBody, name: "Off", enabled: false });
    const names = async (query: string) =>
      (await api(org.keys.viewer).get<{ data: { name: string }[] }>(`/schedules${query}`)).body.data.map(
        ({ name }) => name,
      );
    expect([await names(""), await names("?enabled=false"), await names("?sort=name")]).toEqual([
      ["Off", "Nightly"],
      ["Off"],
      ["Nightly", "Off"],
    ]);
    const csv = await api(org.keys.viewer).get("/schedules", { Accept: "text/csv" });
    expect(csv.text.split("\r\n")).toHaveLength(4);
  });
});

describe("POST /schedules/preview", () => {
  it("200: the next five ticks, by the local clock too, and the latest that each starts", async ({ expect }) => {
    const org = await quietOrg();
    const window = { from: "22:00", to: "02:00" };
    const { body } = await api(org.keys.viewer).post<{ data: { nextRuns: Record<string, string>[] } }>(
      "/schedules/preview",
      {
        cron: "0 */2 * * *",
        timeZone: "America/New_York",
        window,
      },
    );
    expect(body.data.nextRuns).toHaveLength(5);
    for (const { at = "", localTime = "", latestAt = "" } of body.data.nextRuns) {
      expect(["22:00", "00:00"]).toContain(localTime.slice(11));
      expect(Date.parse(latestAt) - Date.parse(at)).toBe(600_000);
    }
  });

  it("400: an expression that cannot be read", async ({ expect }) => {
    const org = await quietOrg();
    const { status, body } = await api(org.keys.viewer).post<Body>("/schedules/preview", { cron: "every day" });
    expect([status, body.detail]).toEqual([400, expect.stringContaining("Five fields are expected")]);
  });
});

describe("an account that is disabled", () => {
  it("202: is left out of a run and said so; 409: when all are", async ({ expect }) => {
    const org = await quietOrg();
    const rows = [accountRow(org.id, "111111111111"), accountRow(org.id, "222222222222")];
    await insertRows("accounts", rows);
    const off = await api(org.keys.admin).patch<Body>(`/accounts/111111111111`, { enabled: false });
    expect(off.body.data).toMatchObject({ enabled: false });
    const alone = await api(org.keys.analyst).post<Body>("/scans", { accountIds: ["111111111111"] });
    expect([alone.status, alone.body.code, alone.body.detail]).toEqual([
      409,
      "CONFLICT",
      "Every account meant here is disabled: set `enabled` with PATCH /accounts/{id}.",
    ]);
    const both = await api(org.keys.analyst).post<Body>("/scans", {});
    expect(both.status).toBe(202);
    expect(both.body.data).toMatchObject({
      scheduleId: null,
      skipped: [{ accountId: rows[0]?.id, reason: "disabled" }],
      scans: [{ accountId: rows[1]?.id, trigger: "api" }],
    });
    const on = await api(org.keys.admin).put<Body>("/accounts/111111111111", { name: "On", environment: "test" });
    expect(on.body.data).toMatchObject({ enabled: true });
  });
});
