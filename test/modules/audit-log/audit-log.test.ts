import { describe, expect, it } from "vitest";
import { api } from "../../support/api.ts";
import { makeOrg } from "../../support/org.ts";

interface Entries {
  readonly data: readonly { readonly id: string; readonly at: string; readonly action: string }[];
}

describe("GET /audit-log", () => {
  it("200: the newest first, by action, actor, target and time", async () => {
    const { keys, keyIds, id } = await makeOrg();
    const caller = api(keys.admin);
    const headers = { "User-Agent": "test", "X-Request-ID": "request-1", "CF-Connecting-IP": "192.0.2.77" };
    await caller.post("/api-keys", { name: "a" }, headers);
    await caller.patch("/organization/settings", { retentionDays: { attempts: 5 } });
    const actions = async (query: string) =>
      (await caller.get<Entries>(`/audit-log?${query}`)).body.data.map(({ action }) => action);
    expect(await actions("")).toEqual(["organization.change_settings", "api_key.create"]);
    expect(await actions("action=api_key.create,webhook.create")).toEqual(["api_key.create"]);
    expect(await actions(`targetId=${id}`)).toEqual(["organization.change_settings"]);
    expect(await actions(`actorId=${keyIds.viewer}`)).toEqual([]);
    expect(await actions(`since=${new Date(Date.now() - 60_000).toISOString()}`)).toHaveLength(2);
    expect(await actions(`until=${new Date(Date.now() - 60_000).toISOString()}`)).toEqual([]);
    expect(await actions("since=2999-01-01T00:00:00Z")).toEqual([]);
    expect((await caller.get("/audit-log?action=api_key.create")).body).toMatchObject({
      data: [
        { actor: { type: "api_key", id: keyIds.admin, ip: "192.0.2.77", userAgent: "test" }, requestId: "request-1" },
      ],
    });
  });
});
