import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { api, send } from "../support/api.ts";
import { operations } from "../support/openapi.ts";
import { makeOrg } from "../support/org.ts";
import { samples } from "../support/samples.ts";

interface Problem {
  readonly code: string;
  readonly errors?: readonly { readonly in: string; readonly pointer: string; readonly message: string }[];
}

const admin = async () => api((await makeOrg()).keys.admin);

describe("query", () => {
  it("400: lists the known parameters when one is not known", async () => {
    const { status, body } = await (await admin()).get<Problem>("/audit-log?actoin=x");
    expect([status, body.code]).toEqual([400, "INVALID_REQUEST"]);
    expect(body.errors).toEqual([
      {
        in: "query",
        pointer: "actoin",
        message: expect.stringContaining("known: action, actorId, targetId, since, until, limit, cursor"),
      },
    ]);
  });

  it.each([
    ["limit=0", "limit"],
    ["limit=501", "limit"],
    ["limit=ten", "limit"],
    ["limit=1&limit=2", "limit"],
    ["limit=1e2", "limit"],
    ["page=0", "page"],
    ["page=1&cursor=abc", "page"],
    ["count=maybe", "count"],
    ["sort=nothing", "sort"],
    ["format=xml", "format"],
    ["action=a%00b", "action"],
    ["action=", "action"],
    ["since=yesterday", "since"],
    ["cursor=", "cursor"],
  ])("400: refuses ?%s", async (query, pointer) => {
    const { status, body } = await (await admin()).get<Problem>(`/audit-log?${query}`);
    expect([status, body.code, body.errors?.[0]?.in, body.errors?.[0]?.pointer]).toEqual([
      400,
      "INVALID_REQUEST",
      "query",
      pointer,
    ]);
  });

  it("400: sends numbered pages beyond 10,000 rows to the cursor", async () => {
    const { status, text } = await (await admin()).get("/audit-log?page=201&limit=50");
    expect([status, text]).toEqual([400, expect.stringContaining("cursor")]);
  });
});

describe("body", () => {
  const post = async (body: string, headers: Record<string, string> = {}) => {
    const { keys } = await makeOrg();
    return send<Problem>("POST", "/api-keys", { body, headers: { Authorization: `Bearer ${keys.admin}`, ...headers } });
  };

  it.each([
    ["nothing", "", ""],
    ["half of it", '{"name":', ""],
    ["a list", "[]", ""],
    ["null", "null", ""],
    ["text", '"x"', ""],
    ["an unknown member", '{"name":"x","orgId":"y"}', "/orgId"],
    ["__proto__", '{"name":"x","__proto__":{"role":"admin"}}', ""],
    ["a NUL", '{"name":"a\\u0000b"}', "/name"],
    ["a wrong type", '{"name":7}', "/name"],
    ["a missing member", "{}", "/name"],
    ["a wrong value", '{"name":"x","role":"owner"}', "/role"],
    ["deep nesting", `{"name":${"[".repeat(65)}${"]".repeat(65)}}`, ""],
    ["very deep nesting", `{"name":${"[".repeat(5_000)}${"]".repeat(5_000)}}`, ""],
  ])("400: refuses %s", async (_name, body, pointer) => {
    const answer = await post(body);
    expect([answer.status, answer.body.code, answer.body.errors?.[0]]).toMatchObject([
      400,
      "INVALID_REQUEST",
      { in: "body", pointer },
    ]);
  });

  it("400: says of a missing member that it is required", async () => {
    expect((await post("{}")).body.errors).toEqual([{ in: "body", pointer: "/name", message: "is required" }]);
  });

  it("415: takes JSON only", async () => {
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      "application/jsonp",
    ]) {
      expect((await post('{"name":"x"}', { "Content-Type": type })).status).toBe(415);
    }
    expect((await post('{"name":"x"}', { "Content-Type": "application/json; charset=utf-8" })).status).toBe(201);
  });

  it("413: refuses more than 64 KiB however it is sent", async () => {
    expect((await post(`{"name":"${"x".repeat(66_000)}"}`)).status).toBe(413);
    const { keys } = await makeOrg();
    const chunk = new TextEncoder().encode("x".repeat(10_000));
    let sent = 0;
    const body = new ReadableStream({
      pull: (controller) => (sent++ < 10 ? controller.enqueue(chunk) : controller.close()),
    });
    const response = await exports.default.fetch(
      new Request("https://cloudglass.test/api/v1/api-keys", {
        method: "POST",
        body,
        headers: { Authorization: `Bearer ${keys.admin}`, "Content-Type": "application/json" },
      }),
    );
    expect(response.status).toBe(413);
    await response.text();
  });

  it("400: refuses bytes that are not UTF-8", async () => {
    const { keys } = await makeOrg();
    const response = await exports.default.fetch(
      new Request("https://cloudglass.test/api/v1/api-keys", {
        method: "POST",
        body: new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]),
        headers: { Authorization: `Bearer ${keys.admin}`, "Content-Type": "application/json" },
      }),
    );
    expect(response.status).toBe(400);
    await response.text();
  });
});

const withIds = operations.filter(({ method, path, operation }) => {
  const sample = samples[operation.operationId];
  return method === "GET" && path.includes("{") && sample?.params !== undefined && !sample.isCommon;
});

describe("path and headers", () => {
  it.each(withIds.map((found) => ({ name: found.operation.operationId, found })))(
    "200: $name takes an id in capitals",
    async ({ name, found: { method, path } }) => {
      const org = await makeOrg();
      const params = (await samples[name]?.params?.(org)) ?? {};
      const url = path.replaceAll(/\{(\w+)\}/g, (_, part: string) => {
        const value = params[part] ?? "";
        return encodeURIComponent(/^[0-9a-f-]{36}$/.test(value) ? value.toUpperCase() : value);
      });
      const query = samples[name]?.query;
      const answer = await send(method, `${url.replace("/api/v1", "")}${query ? `?${query}` : ""}`, {
        headers: { Authorization: `Bearer ${org.keys.admin}` },
      });
      expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    },
  );

  it.each(["not-a-uuid", "%00", "%E0%A4%A", "..%2F..", "' OR 1=1 --", "🙂", "x".repeat(2_000)])(
    "4xx: refuses the id %j",
    async (id) => {
      const answer = await (
        await admin()
      ).get<Problem>(`/api-keys/${id.startsWith("%") ? id : encodeURIComponent(id)}`);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    },
  );

  it("400: wants one version in If-Match, and 412 for what is none of ours", async () => {
    const caller = await admin();
    const patch = (tag: string) => caller.patch<Problem>("/organization/settings", {}, { "If-Match": tag });
    expect((await patch('"1", "2"')).status).toBe(400);
    for (const tag of ['W/"1"', '"x"', "1", '"2"'])
      expect((await patch(tag)).body).toMatchObject({ code: "PRECONDITION_FAILED", currentVersion: 1 });
    expect((await patch("*")).status).toBe(200);
  });
});

const requestTo = async (operationId: string, path: string) => {
  const org = await makeOrg();
  const params = (await samples[operationId]?.params?.(org)) ?? {};
  const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  return { url: url.replace("/api/v1", ""), headers: { Authorization: `Bearer ${org.keys.admin}` } };
};

describe("merge patches", () => {
  const patching = operations.filter(({ method }) => method === "PATCH");

  it.each(patching.map(({ path, operation }) => ({ name: operation.operationId, path })))(
    "400: $name says which member is not known, in either media type",
    async ({ name, path }) => {
      const { url, headers } = await requestTo(name, path);
      const { status, body } = await send<Problem>("PATCH", url, {
        body: { nope: 1 },
        headers: { ...headers, "Content-Type": "application/merge-patch+json" },
      });
      const wrong = { in: "body", pointer: "/nope", message: "is not known here" };
      expect([status, body.errors]).toEqual([400, expect.arrayContaining([wrong])]);
    },
  );

  it("400: says of a member that null removes that it is required, and names it in the detail", async () => {
    const { url, headers } = await requestTo("changeWebhook", "/webhooks/{id}");
    const { body } = await send<Problem & { detail: string }>("PATCH", url, { body: { url: null }, headers });
    expect(body.errors).toEqual([{ in: "body", pointer: "/url", message: "is required" }]);
    expect(body.detail).toBe("body /url: is required.");
  });
});

describe("a body whose members are all optional", () => {
  const optional = operations.filter(({ operation }) => operation.requestBody?.required === false);

  it("2xx: may be left out", async () => {
    expect(optional.map(({ operation }) => operation.operationId)).toEqual(
      expect.arrayContaining(["testWebhook", "testChannel", "rotateWebhookSecret", "createTicket", "acknowledgeAlert"]),
    );
    for (const { path, operation } of optional) {
      const { url, headers } = await requestTo(operation.operationId, path);
      const { status, text } = await send("POST", url, { headers });
      expect(status, `${operation.operationId} ${text}`).toBeLessThan(300);
    }
  });
});
