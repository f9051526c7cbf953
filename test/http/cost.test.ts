import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createApp } from "#http/app";
import type { Env } from "#env";
import { api, origin } from "../support/api.ts";
import { endpoints } from "../support/openapi.ts";
import { makeApiKey, makeOrg } from "../support/org.ts";

const app = createApp(endpoints.filter(({ operationId }) => !["getOpenApi", "listProblems"].includes(operationId)));

/** One request with some bindings replaced. */
async function ask(
  bindings: Partial<Record<keyof Env, unknown>>,
  key: string,
  method = "GET",
  path = "/whoami",
): Promise<Response> {
  const ctx = createExecutionContext();
  const request = new Request(`${origin}/api/v1${path}`, { method, headers: { Authorization: `Bearer ${key}` } });
  const response = await app.fetch(request, { ...env, ...bindings }, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

const costOf = (headers: Headers) => {
  const text = headers.get("server-timing") ?? "";
  const figure = (name: string): number => Number(new RegExp(`${name}=(\\d+)`).exec(text)?.[1]);
  return {
    roundTrips: figure("round_trips"),
    kvReads: figure("reads"),
    gateCalls: figure("calls"),
    rowsWritten: figure("rows_written"),
  };
};

describe("what a request costs", () => {
  it("GET: two round trips when cold, one and no KV read when warm, one gate call", async () => {
    const { keys } = await makeOrg();
    const cold = costOf((await api(keys.admin).get("/whoami")).headers);
    const warm = costOf((await api(keys.admin).get("/whoami")).headers);
    expect(cold).toMatchObject({ roundTrips: 2, kvReads: 1, gateCalls: 1 });
    expect(warm).toEqual({ roundTrips: 1, kvReads: 0, gateCalls: 1, rowsWritten: 0 });
  });

  it("list: one round trip, with totals too", async () => {
    const { keys } = await makeOrg();
    await api(keys.admin).get("/whoami");
    expect(costOf((await api(keys.admin).get("/api-keys?count=true")).headers).roundTrips).toBe(1);
  });

  it("write: two round trips, with an Idempotency-Key three, four when cold", async () => {
    const { keys } = await makeOrg();
    const write = (headers?: Record<string, string>) => api(keys.admin).post("/api-keys", { name: "ci" }, headers);
    expect(costOf((await write({ "Idempotency-Key": "cold" })).headers).roundTrips).toBe(4);
    expect(costOf((await write()).headers).roundTrips).toBe(2);
    expect(costOf((await write({ "Idempotency-Key": "warm" })).headers).roundTrips).toBe(3);
    expect(costOf((await write({ "Idempotency-Key": "warm" })).headers).roundTrips).toBe(1);
  });
});

describe("KV is a cache", () => {
  const failing = {
    get: () => Promise.reject(new Error("KV is down")),
    put: () => Promise.reject(new Error("KV is down")),
  };

  it("answers from D1 while KV fails or knows nothing", async () => {
    const org = await makeOrg();
    expect((await ask({ KEYS: failing }, org.keys.admin)).status).toBe(200);
    expect((await ask({ KEYS: { get: async () => null, put: async () => undefined } }, org.keys.viewer)).status).toBe(
      200,
    );
  });

  it("does not believe what KV holds in another form or from long ago", async () => {
    const org = await makeOrg();
    const record = {
      orgId: org.id,
      shard: 0,
      keyId: org.keyIds.viewer,
      name: "x",
      role: "admin",
      scopes: ["*"],
      expiresAt: null,
    };
    for (const stale of [
      { some: "thing" },
      { ...record, readAt: Date.now() - 3_600_000 },
      { ...record, readAt: Date.now(), role: "owner" },
    ]) {
      const { key, id } = await makeApiKey(org.id, { role: "viewer" });
      const response = await ask({ KEYS: { get: async () => stale, put: async () => undefined } }, key);
      expect(await response.json()).toMatchObject({ data: { role: "viewer", credential: { id } } });
    }
  });

  it("401: refuses a revoked key whatever KV says", async () => {
    const org = await makeOrg();
    const { key, id } = await makeApiKey(org.id);
    const record = {
      orgId: org.id,
      shard: 0,
      keyId: id,
      name: "x",
      role: "admin",
      scopes: ["*"],
      expiresAt: null,
      readAt: Date.now(),
    };
    const stale = { KEYS: { get: async () => record, put: async () => undefined } };
    expect((await ask(stale, key)).status).toBe(200);
    await api(org.keys.admin).post(`/api-keys/${id}/revoke`);
    for (let request = 0; request < 100; request += 1) {
      const response = await ask(stale, key);
      expect([response.status, await response.json()]).toMatchObject([401, { code: "KEY_REVOKED" }]);
    }
  });
});

describe("when something is down", () => {
  const gate = (admit: () => Promise<never>) => ({ ORG_GATE: { getByName: () => ({ admit }) } });

  it("503: lets nobody in without the gate, after one more try", async () => {
    const { keys } = await makeOrg();
    let calls = 0;
    const response = await ask(
      gate(() => Promise.reject(new Error(`gone ${(calls += 1)}`))),
      keys.admin,
    );
    expect([response.status, response.headers.get("retry-after"), calls]).toEqual([503, "1", 2]);
    expect(await response.json()).toMatchObject({ code: "UNAVAILABLE" });
  });

  it("503: does not press an overloaded gate", async () => {
    const { keys } = await makeOrg();
    let calls = 0;
    const overloaded = () =>
      Promise.reject(Object.assign(new Error("overloaded"), { overloaded: true, calls: (calls += 1) }));
    expect([(await ask(gate(overloaded), keys.admin)).status, calls]).toEqual([503, 1]);
  });

  it("200: uses a fresh stub after a failure", async () => {
    const { keys } = await makeOrg();
    let stubs = 0;
    const flaky = {
      getByName: (name: string) =>
        (stubs += 1) === 1 ? { admit: () => Promise.reject(new Error("reset")) } : env.ORG_GATE.getByName(name),
    };
    expect([(await ask({ ORG_GATE: flaky }, keys.admin)).status, stubs]).toEqual([200, 2]);
  });

  it("503: when D1 cannot look a key up, and 500 with a fixed text for what we did not foresee", async () => {
    const org = await makeOrg();
    const broken = (message: string) => ({
      prepare: () => {
        throw new Error(message);
      },
      batch: () => Promise.reject(new Error(message)),
    });
    expect((await ask({ DB: broken("D1 is gone") }, org.keys.editor)).status).toBe(503);
    await ask({}, org.keys.admin);
    const overloaded = await ask({ DB: broken("D1_ERROR: D1 DB is overloaded.") }, org.keys.admin);
    expect([overloaded.status, overloaded.headers.get("retry-after")]).toEqual([503, "1"]);
    const crashed = await ask({ DB: broken("secret statement") }, org.keys.admin);
    const text = await crashed.text();
    expect([crashed.status, text]).toEqual([500, expect.stringContaining("INTERNAL")]);
    expect(text).not.toContain("secret statement");
  });
});

describe("limits", () => {
  it("429: names the policy, and a flood does not reach the gate", async () => {
    const limits = {
      perCredentialPerMinute: 3,
      perOrganizationPerMinute: 1_000,
      perOrganizationPerHour: 0,
      scanCreationPerMinute: 10,
      keyCreationPerMinute: 5,
      webhookTestPerMinute: 5,
    };
    const org = await makeOrg({ limits });
    const answers = await Promise.all(Array.from({ length: 20 }, () => api(org.keys.viewer).get("/whoami")));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    const denied = await ask(
      { ORG_GATE: { getByName: () => ({ admit: () => Promise.reject(new Error("asked")) }) } },
      org.keys.viewer,
    );
    expect(denied.status).toBe(429);
    expect(Number(denied.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(denied.headers.get("ratelimit")).toMatch(/^"default";r=0;t=\d+/);
    expect(await denied.json()).toMatchObject({
      type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
      code: "RATE_LIMITED",
      "violated-policies": ["default"],
    });
    expect((await api(org.keys.admin).get("/whoami")).status).toBe(200);
  });
});
