import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { api, origin, send } from "../support/api.ts";
import { makeApiKey, makeOrg } from "../support/org.ts";

const problem = (code: string) => ({
  code,
  type: expect.stringContaining("https://"),
  requestId: expect.any(String),
  instance: expect.any(String),
});

describe("addresses", () => {
  it("404: answers a problem where there is nothing", async () => {
    const answer = await send("GET", "/nothing/here");
    expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    expect(answer.body).toMatchObject({
      ...problem("RESOURCE_NOT_FOUND"),
      type: `${origin}/problems/resource-not-found`,
      status: 404,
    });
  });

  it("405: names the methods there are", async () => {
    const answer = await send("DELETE", "/whoami");
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
    expect(answer.body).toMatchObject(problem("METHOD_NOT_ALLOWED"));
    expect((await send("PUT", "/api-keys")).headers.get("allow")).toBe("GET, POST, HEAD, OPTIONS");
  });

  it("204: lists the methods for OPTIONS without a credential", async () => {
    const answer = await send("OPTIONS", "/organization/settings");
    expect([answer.status, answer.headers.get("allow")]).toEqual([204, "GET, PATCH, HEAD, OPTIONS"]);
  });

  it("200: tolerates a slash at the end and answers HEAD without a body", async () => {
    const { keys } = await makeOrg();
    expect((await api(keys.viewer).get("/whoami/")).status).toBe(200);
    const head = await send("HEAD", "/whoami", { headers: { Authorization: `Bearer ${keys.viewer}` } });
    expect([head.status, head.text, head.headers.get("etag")]).toEqual([200, "", expect.stringMatching(/^W\/"/)]);
  });
});

describe("credentials", () => {
  it("400: refuses two that differ, and takes two that are the same", async () => {
    const { keys } = await makeOrg();
    const both = (apiKey: string) =>
      send("GET", "/whoami", { headers: { Authorization: `Bearer ${keys.viewer}`, "X-API-Key": apiKey } });
    const answer = await both(keys.admin);
    expect([answer.status, answer.body]).toMatchObject([400, problem("AMBIGUOUS_CREDENTIALS")]);
    expect((await both(keys.viewer)).status).toBe(200);
    expect((await send("GET", "/whoami", { headers: { "X-API-Key": keys.viewer } })).status).toBe(200);
  });

  it.each(["Basic abc", "Bearer", "Bearer ", "bearer x y", "Token cg_live_x"])(
    "401: refuses %j",
    async (authorization) => {
      const answer = await send("GET", "/whoami", { headers: { Authorization: authorization } });
      expect([answer.status, answer.body, answer.headers.get("www-authenticate")]).toMatchObject([
        401,
        problem("UNAUTHORIZED"),
        'Bearer realm="cloudglass"',
      ]);
    },
  );

  it("401: says that a key has expired", async () => {
    const org = await makeOrg();
    const { key } = await makeApiKey(org.id, { expiresAt: "2026-01-01T00:00:00.000Z" });
    expect((await api(key).get("/whoami")).body).toMatchObject(problem("KEY_EXPIRED"));
  });
});

describe("headers", () => {
  it("echoes an acceptable request id and draws one otherwise", async () => {
    const id = async (given: string) =>
      (await send("GET", "/health", { headers: { "X-Request-ID": given } })).headers.get("x-request-id");
    expect(await id("job-7.a_B")).toBe("job-7.a_B");
    for (const given of ["", "a b", "x".repeat(65), "ä", "<script>"])
      expect(await id(encodeURI(given))).not.toBe(encodeURI(given));
    expect(await id("a b")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it("secures every answer", async () => {
    const { keys } = await makeOrg();
    for (const answer of [
      await send("GET", "/nothing"),
      await api(keys.viewer).get("/whoami"),
      await send("GET", `${origin}/api/docs`),
    ]) {
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(answer.headers.get("strict-transport-security")).toContain("max-age=");
      expect(answer.headers.get("vary")).toContain("Origin");
    }
  });

  it("keeps what is authorised out of shared caches", async () => {
    const { keys } = await makeOrg();
    const { headers } = await api(keys.viewer).get("/whoami");
    expect(headers.get("cache-control")).toBe("private, no-cache");
    expect(headers.get("vary")).toBe("Authorization, X-API-Key, Accept, Origin");
  });

  it("tells the limits on every answer the gate saw", async () => {
    const { keys } = await makeOrg();
    const answers = [
      await api(keys.viewer).get("/whoami"),
      await api(keys.viewer).get("/api-keys"),
      await api(keys.viewer).get("/whoami?x=1"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 403, 400]);
    for (const { headers } of answers) {
      expect(headers.get("ratelimit-policy")).toMatch(/^"default";q=200;w=60, "org";q=1000;w=60/);
      expect(headers.get("ratelimit")).toMatch(/^"default";r=19\d;t=\d+, /);
    }
  });

  it("shows what a request cost to admins only", async () => {
    const { keys } = await makeOrg();
    expect((await api(keys.viewer).get("/whoami")).headers.get("server-timing")).toBeNull();
    expect((await api(keys.admin).get("/whoami")).headers.get("server-timing")).toMatch(
      /^db;desc="rows_read=\d+ rows_written=0 round_trips=\d"/,
    );
  });
});

describe("CORS", () => {
  const allowed = "https://app.example.com";

  it("answers a preflight of an allowed origin without a credential", async () => {
    const headers = { Origin: allowed, "Access-Control-Request-Method": "PATCH" };
    const answer = await send("OPTIONS", "/organization/settings", { headers });
    expect(answer.headers.get("access-control-allow-origin")).toBe(allowed);
    expect(answer.headers.get("access-control-allow-methods")).toContain("PATCH");
    expect(answer.headers.get("access-control-allow-headers")).toContain("Idempotency-Key");
    expect(answer.headers.get("access-control-max-age")).toBe("7200");
  });

  it.each([
    "null",
    "http://app.example.com",
    "https://app.example.com.evil.test",
    "https://evil-app.example.com",
    "https://x.app.example.com",
    "https://app.example.com:8443",
    "",
  ])("names no origin to %j", async (foreign) => {
    const answer = await send("GET", "/health", { headers: { Origin: foreign } });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("forms", () => {
  it("406: says what there is", async () => {
    const { keys } = await makeOrg();
    const answer = await api(keys.viewer).get("/whoami", { Accept: "text/csv" });
    expect([answer.status, answer.body]).toMatchObject([406, problem("NOT_ACCEPTABLE")]);
    for (const accept of ["*/*", "application/*", "text/html, application/json;q=0.5", "application/problem+json"]) {
      expect((await api(keys.viewer).get("/whoami", { Accept: accept })).status).toBe(200);
    }
  });

  it("304: for a caller that has it already", async () => {
    const { keys } = await makeOrg();
    const first = await api(keys.viewer).get("/organization");
    expect(first.headers.get("etag")).toBe('"1"');
    for (const tags of ['"1"', 'W/"1"', '"7", "1"', "*"]) {
      const again = await api(keys.viewer).get("/organization", { "If-None-Match": tags });
      expect([again.status, again.text, again.headers.get("etag")]).toEqual([304, "", '"1"']);
    }
    expect((await api(keys.viewer).get("/organization", { "If-None-Match": '"2"' })).status).toBe(200);
  });
});

describe("documents", () => {
  it("200: a page for every problem, the reference and the document", async () => {
    const { body } = await send<{ data: { page: string; code: string }[] }>("GET", "/problems");
    expect(body.data.length).toBeGreaterThan(20);
    for (const { page, code } of body.data) {
      const answer = await send("GET", page);
      expect([answer.status, answer.text]).toEqual([200, expect.stringContaining(code)]);
    }
    expect((await send("GET", `${origin}/problems/none`)).status).toBe(404);
    expect((await send("GET", `${origin}/api/docs`)).text).toContain("/api/v1/openapi.json");
    expect((await send<{ openapi: string }>("GET", "/openapi.json")).body.openapi).toBe("3.1.0");
    expect((await send("GET", `${origin}/`)).headers.get("location")).toBe("/api/docs");
  });

  it("200: health and metrics, which name no organization", async () => {
    const { id, keys } = await makeOrg();
    await api(keys.viewer).get("/whoami");
    expect((await send("GET", `${origin}/health`)).body).toEqual({ status: "ok", databases: 1 });
    expect((await send("GET", "/health")).status).toBe(200);
    const { text } = await send("GET", `${origin}/metrics`);
    expect(text).toMatch(/cloudglass_responses_total\{class="2xx"\} \d+/);
    expect(text).toMatch(/cloudglass_scans_active \d+/);
    expect(text).not.toContain(id);
  });
});

describe("sockets", () => {
  it("426: for a plain GET", async () => {
    const answer = await send("GET", "/ws");
    expect([answer.status, answer.body, answer.headers.get("upgrade")]).toMatchObject([
      426,
      problem("UPGRADE_REQUIRED"),
      "websocket",
    ]);
    expect((await send("POST", "/ws")).headers.get("allow")).toBe("GET, HEAD, OPTIONS");
  });

  it("101: carries the frame's headers", async () => {
    const { keys } = await makeOrg();
    const headers = { Upgrade: "websocket", Authorization: `Bearer ${keys.viewer}`, "X-Request-ID": "socket-1" };
    const response = await exports.default.fetch(`${origin}/api/v1/ws`, { headers });
    expect([response.status, response.headers.get("x-request-id")]).toEqual([101, "socket-1"]);
    response.webSocket?.accept();
    response.webSocket?.close();
  });
});
