import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { findApiKey } from "#db/api-keys";
import { systemContext } from "#db/context";
import { checksum, isWellFormedKey, makeKey } from "#db/key-format";
import { revokeApiKey } from "../../../src/modules/api-keys/revoke.ts";
import { bearer, open } from "../../objects/live.ts";
import { api } from "../../support/api.ts";
import { makeApiKey, makeOrg, type TestOrg } from "../../support/org.ts";

interface Key {
  readonly data: {
    readonly id: string;
    readonly key: string;
    readonly expiresAt: string | null;
    readonly rotatedTo: string | null;
    readonly status: string;
  };
}

const admin = (org: TestOrg) => api(org.keys.admin);
const statusWith = async (key: string) => (await api(key).get("/whoami")).status;
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

describe("keys", () => {
  it("carry a checksum that refuses what was made up", () => {
    expect(checksum("a".repeat(30))).toBe("1yLcDB");
    expect(checksum("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcd")).toBe("0omAup");
    const keys = Array.from({ length: 500 }, makeKey);
    expect(new Set(keys).size).toBe(500);
    for (const key of keys) {
      expect(isWellFormedKey(key)).toBe(true);
      expect(isWellFormedKey(key.slice(0, 20) + (key[20] === "x" ? "y" : "x") + key.slice(21))).toBe(false);
    }
    for (const text of ["", "cg_live_", `cg_test_${"a".repeat(30)}1yLcDB`, ` cg_live_${"a".repeat(30)}1yLcDB`])
      expect(isWellFormedKey(text)).toBe(false);
  });

  it("are refused without I/O when the checksum is wrong", async () => {
    const untouchable = new Proxy(env, {
      get: () => {
        throw new Error("asked");
      },
    });
    await expect(
      findApiKey(untouchable, `cg_live_${"a".repeat(36)}`, { now: new Date(), waitUntil: () => undefined }),
    ).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  });

  it("are found under an older master key", async () => {
    const org = await makeOrg();
    const rotated = { ...env, MASTER_KEYS: `${env.MASTER_KEYS},2:${btoa("another key of thirty-two bytes!")}` };
    const found = await findApiKey(rotated, org.keys.editor, { now: new Date(), waitUntil: () => undefined });
    expect(found).toMatchObject({ orgId: org.id, role: "editor" });
  });
});

describe("POST /api-keys", () => {
  it("201: shows the key once and stores its digest only", async () => {
    const org = await makeOrg();
    const made = await admin(org).post<Key>("/api-keys", {
      name: "ci",
      role: "analyst",
      scopes: ["scans:write"],
      expiresAt: inHours(1),
    });
    expect([made.status, made.headers.get("location"), made.headers.get("cache-control")]).toEqual([
      201,
      `/api/v1/api-keys/${made.body.data.id}`,
      "no-store",
    ]);
    expect((await api(made.body.data.key).get("/whoami")).body).toMatchObject({
      data: { role: "analyst", scopes: ["scans:write"] },
    });
    const row = await env.DB.prepare("SELECT * FROM api_keys WHERE id = ?1").bind(made.body.data.id).first();
    expect(JSON.stringify(row)).not.toContain(made.body.data.key);
    const audit = await admin(org).get("/audit-log?action=api_key.create");
    expect(audit.body).toMatchObject({
      data: [{ actor: { id: org.keyIds.admin }, target: { id: made.body.data.id } }],
    });
    expect(audit.text).not.toContain(made.body.data.key);
    const read = await admin(org).get(`/api-keys/${made.body.data.id}`);
    expect([read.status, read.text.includes(made.body.data.key)]).toEqual([200, false]);
  });

  it("403: gives nobody more than they have", async () => {
    const org = await makeOrg();
    const { key, id } = await makeApiKey(org.id, { scopes: ["api-keys:write", "findings:read"] });
    expect((await api(key).post("/api-keys", { name: "x" })).body).toMatchObject({ code: "FORBIDDEN" });
    expect((await api(key).post("/api-keys", { name: "x", scopes: ["findings:read"] })).status).toBe(201);
    expect((await api(key).post(`/api-keys/${org.keyIds.admin}/rotate`, {})).body).toMatchObject({ code: "FORBIDDEN" });
    expect((await api(key).post(`/api-keys/${id}/rotate`, {})).status).toBe(201);
  });

  it("400: refuses an end that has passed", async () => {
    const answer = await admin(await makeOrg()).post("/api-keys", { name: "x", expiresAt: inHours(-1) });
    expect(answer.body).toMatchObject({ code: "INVALID_REQUEST", errors: [{ pointer: "/expiresAt" }] });
  });

  it("429: five in a minute", async () => {
    const org = await makeOrg();
    const answers = [];
    for (let made = 0; made < 6; made += 1) answers.push(await admin(org).post("/api-keys", { name: "x" }));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 429]);
    expect(answers[5]?.body).toMatchObject({ "violated-policies": ["key-create"] });
    expect((await admin(org).get("/whoami")).status).toBe(200);
  });
});

describe("POST /api-keys/{id}/revoke", () => {
  it("closes the key's sockets also when their object fails the first call", async () => {
    const org = await makeOrg();
    const client = await open("/ws", bearer(org.keys.viewer));
    await client.next("ready");
    let calls = 0;
    const broken = { closeCredential: () => Promise.reject(new Error("The object was reset")) };
    const SCAN_FEED = new Proxy(env.SCAN_FEED, {
      get: (feeds, name) =>
        name === "getByName"
          ? (id: string) => (calls++ === 0 ? broken : feeds.getByName(id))
          : Reflect.get(feeds, name),
    });
    const context = systemContext({ ...env, SCAN_FEED }, { orgId: org.id, shard: 0 }, new Date(), () => {});
    await revokeApiKey(context, org.keyIds.viewer, null);
    expect(await client.end()).toEqual({ code: 1008, reason: "revoked" });
    expect(calls).toBe(2);
  });

  it("200: refuses the very next request, and answers the same again", async () => {
    const org = await makeOrg();
    const { key, id } = await makeApiKey(org.id);
    expect(await statusWith(key)).toBe(200);
    const first = await admin(org).post<Key>(`/api-keys/${id}/revoke`);
    expect(await statusWith(key)).toBe(401);
    const second = await admin(org).post<Key>(`/api-keys/${id}/revoke`);
    expect([first.body.data.status, second.body.data.status]).toEqual(["revoked", "revoked"]);
    expect(second.body).toEqual(first.body);
  });

  it("412: changes nothing when it has changed since", async () => {
    const org = await makeOrg();
    const { key, id } = await makeApiKey(org.id);
    const answer = await api(org.keys.admin).post(`/api-keys/${id}/revoke`, undefined, { "If-Match": '"9"' });
    expect([answer.status, answer.body]).toMatchObject([412, { code: "PRECONDITION_FAILED", currentVersion: 1 }]);
    expect(await statusWith(key)).toBe(200);
  });

  it("refuses in D1 alone, should the gate have lost its memory", async () => {
    const org = await makeOrg();
    const { key, id } = await makeApiKey(org.id);
    await env.DB.prepare("UPDATE api_keys SET revoked_at = ?2 WHERE id = ?1").bind(id, new Date().toISOString()).run();
    expect((await api(key).get("/whoami")).body).toMatchObject({ code: "KEY_REVOKED" });
  });
});

describe("DELETE /api-keys/{id}", () => {
  it("204: refuses the very next request, then 404", async () => {
    const org = await makeOrg();
    const { key, id } = await makeApiKey(org.id);
    expect(await statusWith(key)).toBe(200);
    const answer = await admin(org).delete(`/api-keys/${id}`);
    expect([answer.status, answer.text]).toEqual([204, ""]);
    expect(await statusWith(key)).toBe(401);
    expect((await admin(org).delete(`/api-keys/${id}`)).status).toBe(404);
    expect((await admin(org).get("/audit-log?action=api_key.delete")).body).toMatchObject({
      data: [{ target: { id } }],
    });
  });
});

describe("POST /api-keys/{id}/rotate", () => {
  it("201: inherits role, scopes and end; the old one lives through the grace", async () => {
    const org = await makeOrg();
    const end = inHours(1_000);
    const { key, id } = await makeApiKey(org.id, { role: "editor", scopes: ["findings:read"], expiresAt: end });
    const rotated = await admin(org).post<Key>(`/api-keys/${id}/rotate`, { graceHours: 24 });
    expect([rotated.status, rotated.body]).toMatchObject([
      201,
      { data: { role: "editor", scopes: ["findings:read"], expiresAt: end } },
    ]);
    expect([await statusWith(key), await statusWith(rotated.body.data.key)]).toEqual([200, 200]);
    const { body: old } = await admin(org).get<Key>(`/api-keys/${id}`);
    expect(old.data.rotatedTo).toBe(rotated.body.data.id);
    expect(Math.abs(Date.parse(old.data.expiresAt ?? "") - Date.parse(inHours(24)))).toBeLessThan(60_000);
  });

  it("201: never lengthens the old one's life", async () => {
    const org = await makeOrg();
    const end = inHours(2);
    const { id } = await makeApiKey(org.id, { expiresAt: end });
    await admin(org).post(`/api-keys/${id}/rotate`, { graceHours: 168 });
    expect((await admin(org).get<Key>(`/api-keys/${id}`)).body.data.expiresAt).toBe(end);
  });

  it("201: without a grace the old one is refused at once", async () => {
    const org = await makeOrg();
    const { key, id } = await makeApiKey(org.id);
    expect(await statusWith(key)).toBe(200);
    const rotated = await admin(org).post<Key>(`/api-keys/${id}/rotate`, { graceHours: 0 });
    expect([await statusWith(key), await statusWith(rotated.body.data.key)]).toEqual([401, 200]);
  });

  it("409: of many at once one wins", async () => {
    const org = await makeOrg();
    const { id } = await makeApiKey(org.id);
    const answers = await Promise.all(Array.from({ length: 5 }, () => admin(org).post(`/api-keys/${id}/rotate`, {})));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409]);
    const count = await env.DB.prepare("SELECT count(*) AS n FROM api_keys WHERE org_id = ?1").bind(org.id).first("n");
    expect(count).toBe(6);
  });

  it("409: refuses what is revoked or was rotated before; 400: a grace beyond a week", async () => {
    const org = await makeOrg({
      limits: {
        perCredentialPerMinute: 200,
        perOrganizationPerMinute: 1_000,
        perOrganizationPerHour: 0,
        scanCreationPerMinute: 10,
        keyCreationPerMinute: 50,
        webhookTestPerMinute: 5,
      },
    });
    const [revoked, rotated] = [await makeApiKey(org.id), await makeApiKey(org.id)];
    await admin(org).post(`/api-keys/${revoked.id}/revoke`);
    await admin(org).post(`/api-keys/${rotated.id}/rotate`, {});
    for (const { id } of [revoked, rotated]) {
      expect((await admin(org).post(`/api-keys/${id}/rotate`, {})).body).toMatchObject({ code: "CONFLICT" });
    }
    expect((await admin(org).post(`/api-keys/${rotated.id}/rotate`, { graceHours: 169 })).status).toBe(400);
  });
});

describe("a key nobody knows", () => {
  it("429: costs its address, not an organization", async () => {
    const org = await makeOrg();
    const from = { "CF-Connecting-IP": "198.51.100.7" };
    const statuses = [];
    for (let tried = 0; tried < 31; tried += 1) statuses.push((await api(makeKey()).get("/whoami", from)).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(30);
    const refused = await api(makeKey()).get("/whoami", from);
    expect([refused.status, refused.body]).toMatchObject([429, { "violated-policies": ["auth"] }]);
    expect((await api(org.keys.viewer).get("/whoami")).headers.get("ratelimit")).toContain('"default";r=199');
  });
});
