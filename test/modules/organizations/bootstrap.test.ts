import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { bootstrap } from "../../../src/modules/organizations/bootstrap.ts";
import { api, send } from "../../support/api.ts";

const body = { name: "First", slug: "first" };
const withToken = (token: string, input: unknown = body) =>
  send<{ data: { key: { key: string }; organization: { id: string } } }>("POST", "/bootstrap", {
    body: input,
    headers: { Authorization: `Bearer ${token}` },
  });

describe("POST /bootstrap", () => {
  // A deployment nobody has used yet.
  beforeEach(async () => {
    await reset();
    await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
  });

  it("404 without the secret, 401 with another token, 201 once, then 404", async () => {
    const { BOOTSTRAP_TOKEN: _, ...without } = env;
    const surroundings = {
      env: without,
      now: new Date(),
      requestId: "r",
      ip: null,
      userAgent: null,
      waitUntil: () => undefined,
    };
    await expect(bootstrap(surroundings, { ...body, keyName: "k", token: "" })).rejects.toMatchObject({
      code: "RESOURCE_NOT_FOUND",
    });
    expect((await withToken("wrong")).status).toBe(401);
    expect((await withToken("bootstrap-token-for-tests", { ...body, slug: "Not A Slug" })).status).toBe(400);
    const answers = await Promise.all(Array.from({ length: 5 }, () => withToken("bootstrap-token-for-tests")));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 404, 404, 404, 404]);
    const made = answers.find(({ status }) => status === 201);
    const key = made?.body.data.key.key ?? "";
    expect((await api(key).get("/whoami")).body).toMatchObject({
      data: { organization: { slug: "first" }, role: "admin", scopes: ["*"] },
    });
    expect((await withToken("bootstrap-token-for-tests")).status).toBe(404);
    expect((await api(key).get("/audit-log")).body).toMatchObject({
      data: [{ action: "organization.bootstrap", actor: { type: "system" } }],
    });
    const counts = await env.DB.prepare(
      "SELECT (SELECT count(*) FROM organizations) AS orgs, (SELECT count(*) FROM api_keys) AS keys",
    ).first();
    expect(counts).toEqual({ orgs: 1, keys: 1 });
  });

  it("429: is limited by address", async () => {
    const headers = { Authorization: "Bearer wrong", "CF-Connecting-IP": "198.51.100.9" };
    const statuses = [];
    for (let tried = 0; tried < 31; tried += 1)
      statuses.push((await send("POST", "/bootstrap", { body, headers })).status);
    expect(statuses.at(-1)).toBe(429);
  });
});
