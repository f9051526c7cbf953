import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { newId } from "#lib/id";
import { costOf, insertRows, quietOrg, walk } from "../findings/world.ts";
import { api } from "../../support/api.ts";
import { anAlert } from "./samples.ts";

interface One {
  readonly data: Record<string, unknown> & { id: string; version: number };
}
interface Many {
  readonly data: readonly { id: string; status: string }[];
}

describe("GET /alerts", () => {
  it("200: those that are not resolved, the newest first; `status=all` lists all", async ({ expect }) => {
    const org = await quietOrg();
    const ids: string[] = [];
    for (const [status, severity] of [
      ["open", "low"],
      ["acknowledged", "high"],
      ["resolved", "high"],
      ["open", "high"],
    ] as const) {
      ids.push((await anAlert(org, { status, severity, rule_id: newId() })).id);
    }
    const list = async (query = ""): Promise<string[]> =>
      (await api(org.keys.viewer).get<Many>(`/alerts${query}`)).body.data.map(({ id }) => id);
    const [a, b, c, d] = ids;
    expect(await list()).toEqual([d, b, a]);
    expect(await list("?status=all")).toEqual([d, c, b, a]);
    expect(await list("?status=resolved,open")).toEqual([d, c, a]);
    expect(await list("?severity=high")).toEqual([d, b]);
    expect(await list("?sort=createdAt")).toEqual([a, b, d]);
    const [one] = (await env.DB.prepare("SELECT rule_id FROM alerts WHERE id = ?1").bind(a).all<{ rule_id: string }>())
      .results;
    expect(await list(`?ruleId=${one?.rule_id}`)).toEqual([a]);
    expect((await api(org.keys.viewer).get("/alerts?status=strange")).status).toBe(400);
  });

  it("reads about as many rows as it answers, and pages to the end and back", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = await anAlert(org, { status: "resolved" });
    const [row] = (await env.DB.prepare("SELECT * FROM alerts WHERE id = ?1").bind(id).all<Record<string, string>>())
      .results;
    await insertRows(
      "alerts",
      Array.from({ length: 1_000 }, (_, n) => ({
        ...row,
        id: newId(),
        status: n % 4 === 0 ? "open" : "resolved",
        rule_id: newId(),
      })),
    );
    expect((await costOf(org, "/alerts?limit=20&status=open")).rowsRead).toBeLessThanOrEqual(25);
    expect((await costOf(org, "/alerts?limit=20&status=open&severity=critical")).rowsRead).toBeLessThanOrEqual(25);
    const { forward, backward } = await walk(org, "/alerts?limit=90");
    expect(forward).toHaveLength(250);
    // Back from the last page to the first.
    expect(backward).toEqual(forward.slice(0, backward.length));
  });
});

describe("an alert", () => {
  it("200: is acknowledged once, with a note, and by whom", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = await anAlert(org);
    const first = await api(org.keys.analyst).post<One>(`/alerts/${id}/acknowledge`, { note: "Mine." });
    expect(first.status).toBe(200);
    expect(first.body.data).toMatchObject({
      status: "acknowledged",
      acknowledgedBy: org.keyIds.analyst,
      note: "Mine.",
      version: 2,
    });
    // A body may be left out.
    expect((await api(org.keys.analyst).post(`/alerts/${id}/acknowledge`)).status).toBe(200);
    const second = await api(org.keys.editor).post<One>(`/alerts/${id}/acknowledge`, { note: "Ours." });
    expect(second.body.data).toMatchObject({ acknowledgedBy: org.keyIds.analyst, note: "Mine.", version: 2 });
  });

  it("200: is resolved once; 422: cannot be acknowledged then", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = await anAlert(org);
    const first = await api(org.keys.analyst).post<One>(`/alerts/${id}/resolve`, {});
    expect(first.body.data).toMatchObject({
      status: "resolved",
      resolvedBy: org.keyIds.analyst,
      note: null,
      version: 2,
    });
    expect((await api(org.keys.editor).post<One>(`/alerts/${id}/resolve`, {})).body.data).toMatchObject({ version: 2 });
    const refused = await api(org.keys.analyst).post<{ code: string }>(`/alerts/${id}/acknowledge`, {});
    expect([refused.status, refused.body.code]).toEqual([422, "INVALID_TRANSITION"]);
    const audit = await env.DB.prepare("SELECT action FROM audit_log WHERE org_id = ?1").bind(org.id).all();
    expect(audit.results).toEqual([{ action: "alert.resolve" }]);
  });

  it("412: stale; 404: another organization's", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = await anAlert(org);
    const other = api((await quietOrg()).keys.admin);
    for (const verb of ["acknowledge", "resolve"]) {
      expect((await api(org.keys.analyst).post(`/alerts/${id}/${verb}`, {}, { "If-Match": '"9"' })).status).toBe(412);
      expect((await other.post(`/alerts/${id}/${verb}`, {})).status).toBe(404);
    }
    expect((await other.get(`/alerts/${id}`)).status).toBe(404);
  });

  it("says what is left of what it is about", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = await anAlert(org);
    const [row] = (await env.DB.prepare("SELECT rule_id FROM alerts WHERE id = ?1").bind(id).all<{ rule_id: string }>())
      .results;
    const member = { org_id: org.id, rule_id: row?.rule_id ?? "", group_key: "", occasion: "" };
    const subjects = Array.from({ length: 600 }, () => newId()).toSorted();
    await insertRows(
      "alert_members",
      subjects.map((subject) => ({ ...member, subject, told: 1, alert_id: id })),
    );
    await insertRows("alert_members", [{ ...member, subject: newId(), told: 0, alert_id: "" }]);
    const answer = await api(org.keys.viewer).get<One>(`/alerts/${id}`);
    expect(answer.body.data).toMatchObject({ active: 600, waiting: 1, subjects: subjects.slice(0, 500) });
  });
});
