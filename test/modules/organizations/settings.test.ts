import { describe, expect, it } from "vitest";
import { defaultSettings } from "#db/values";
import { api } from "../../support/api.ts";
import { makeOrg } from "../../support/org.ts";

interface Problem {
  readonly errors: readonly { readonly pointer: string }[];
}

describe("GET /organization", () => {
  it("200: names it", async () => {
    const { id, keys } = await makeOrg();
    expect((await api(keys.viewer).get("/organization")).body).toMatchObject({
      data: { id, name: "Example", tier: "team" },
    });
  });
});

describe("PATCH /organization/settings", () => {
  it("200: merges, null restores a default", async () => {
    const { keys } = await makeOrg();
    const patch = (body: unknown) => api(keys.admin).patch("/organization/settings", body);
    const changed = await patch({
      limits: { perCredentialPerMinute: 7 },
      allowedRegions: ["eu-west-1", "eu-central-1", "eu-west-1"],
    });
    expect(changed.body).toEqual({
      data: {
        ...defaultSettings,
        allowedRegions: ["eu-central-1", "eu-west-1"],
        limits: { ...defaultSettings.limits, perCredentialPerMinute: 7 },
      },
    });
    expect(changed.headers.get("etag")).toBe('"2"');
    await patch({ checkParams: { iam_key_old: { maxAgeDays: 30 } } });
    const restored = await patch({ limits: { perCredentialPerMinute: null }, allowedRegions: null, checkParams: null });
    expect(restored.body).toEqual({ data: defaultSettings });
    expect((await api(keys.viewer).get("/organization/settings")).body).toEqual(restored.body);
  });

  it("200: limits hold from the next request on", async () => {
    const { keys } = await makeOrg();
    await api(keys.admin).patch("/organization/settings", { limits: { perCredentialPerMinute: 2 } });
    const statuses = [];
    for (let asked = 0; asked < 3; asked += 1) statuses.push((await api(keys.viewer).get("/whoami")).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  it("200: tells the audit log what was before and after", async () => {
    const { keys, id } = await makeOrg();
    await api(keys.admin).patch("/organization/settings", { retentionDays: { attempts: 5 } });
    const change = {
      path: "/retentionDays",
      old: defaultSettings.retentionDays,
      new: { ...defaultSettings.retentionDays, attempts: 5 },
    };
    expect((await api(keys.admin).get(`/audit-log?targetId=${id}`)).body).toMatchObject({
      data: [{ changes: [change] }],
    });
  });

  it.each([
    [{ limits: { perCredentialPerMinute: 0 } }, "/limits/perCredentialPerMinute"],
    [{ limits: { unknown: 1 } }, "/limits/unknown"],
    [{ allowedRegions: ["mars-north-1"] }, "/allowedRegions/0"],
    [{ allowedRegions: [] }, "/allowedRegions"],
    [{ retentionDays: { audit: 1 } }, "/retentionDays/audit"],
    [{ orgId: "x" }, "/orgId"],
    [{ checkParams: { "Not An Id": {} } }, "/checkParams/Not An Id"],
  ])("400: refuses %j", async (body, pointer) => {
    const { keys } = await makeOrg();
    const answer = await api(keys.admin).patch<Problem>("/organization/settings", body);
    expect([answer.status, answer.body.errors[0]?.pointer]).toEqual([400, pointer]);
  });

  it("412: with the present version when somebody was faster; of many at once none is lost", async () => {
    const { keys } = await makeOrg();
    const patch = (attempts: number) =>
      api(keys.admin).patch("/organization/settings", { retentionDays: { attempts } }, { "If-Match": '"1"' });
    const answers = await Promise.all([5, 6, 7, 8, 9].map(patch));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const late = await patch(10);
    expect([late.status, late.body]).toMatchObject([412, { currentVersion: 2 }]);
  });
});
