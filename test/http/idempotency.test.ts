import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "#lib/id";
import { api } from "../support/api.ts";
import { makeOrg, type TestOrg } from "../support/org.ts";

interface Created {
  readonly data: { readonly id: string; readonly key: string; readonly name: string };
}

/** Enough for what a test sends at once. */
const generous = {
  perCredentialPerMinute: 5_000,
  perOrganizationPerMinute: 5_000,
  perOrganizationPerHour: 0,
  scanCreationPerMinute: 500,
  keyCreationPerMinute: 500,
  webhookTestPerMinute: 500,
};

const create = (org: TestOrg, key: string, body: unknown = { name: "ci" }) =>
  api(org.keys.admin).post<Created>("/api-keys", body, { "Idempotency-Key": key });

const countKeys = async (org: TestOrg): Promise<number> =>
  (await env.DB.prepare("SELECT count(*) AS n FROM api_keys WHERE org_id = ?1 AND created_by IS NOT NULL")
    .bind(org.id)
    .first<number>("n")) ?? 0;

const auditRows = async (org: TestOrg): Promise<number> =>
  (await env.DB.prepare("SELECT count(*) AS n FROM audit_log WHERE org_id = ?1").bind(org.id).first<number>("n")) ?? 0;

describe("Idempotency-Key", () => {
  it("replays the first answer, secret and headers included", async () => {
    const org = await makeOrg();
    const first = await create(org, '"a key"');
    const again = await create(org, "a key");
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    for (const name of ["location", "etag", "content-type"])
      expect(again.headers.get(name)).toBe(first.headers.get(name));
    expect([await countKeys(org), await auditRows(org)]).toEqual([1, 1]);
  });

  it("has one effect however many come at once", async () => {
    const org = await makeOrg({ limits: generous });
    const answers = await Promise.all(Array.from({ length: 50 }, () => create(org, "at once")));
    const made = answers.filter(({ status }) => status === 201);
    const waiting = answers.filter(({ status }) => status === 409);
    expect(made.length + waiting.length).toBe(50);
    expect(made.filter(({ headers }) => headers.get("idempotency-replayed") === null)).toHaveLength(1);
    expect(new Set(made.map(({ body }) => body.data.key)).size).toBe(1);
    for (const answer of waiting) {
      expect([answer.headers.get("retry-after"), answer.body]).toMatchObject([
        "1",
        { code: "IDEMPOTENCY_IN_FLIGHT", retryAfter: 1 },
      ]);
    }
    expect([await countKeys(org), await auditRows(org)]).toEqual([1, 1]);
  });

  it("422: refuses the key for another request", async () => {
    const org = await makeOrg();
    await create(org, "k");
    const other = await create(org, "k", { name: "other" });
    expect([other.status, other.body]).toMatchObject([422, { code: "IDEMPOTENCY_KEY_REUSED" }]);
  });

  it("keeps the keys of credentials and routes apart", async () => {
    const [a, b] = [await makeOrg(), await makeOrg()];
    const [first, second] = [await create(a, "k"), await create(b, "k")];
    expect(first.body.data.id).not.toBe(second.body.data.id);
    const revoked = await api(a.keys.admin).post(`/api-keys/${first.body.data.id}/revoke`, undefined, {
      "Idempotency-Key": "k",
    });
    expect([revoked.status, revoked.headers.get("idempotency-replayed")]).toEqual([200, null]);
  });

  it("gives the key free after a refusal", async () => {
    const org = await makeOrg();
    expect((await create(org, "k", { name: "late", expiresAt: "2020-01-01T00:00:00Z" })).status).toBe(400);
    expect((await create(org, "k", { name: "" })).status).toBe(400);
    expect((await create(org, "k")).status).toBe(201);
  });

  it("keeps the answer of a request that changed nothing", async () => {
    const org = await makeOrg();
    const { body } = await create(org, "make");
    const revoke = () =>
      api(org.keys.admin).post(`/api-keys/${body.data.id}/revoke`, undefined, { "Idempotency-Key": "again" });
    await api(org.keys.admin).post(`/api-keys/${body.data.id}/revoke`);
    const [first, second] = [await revoke(), await revoke()];
    expect([first.status, second.status, second.headers.get("idempotency-replayed")]).toEqual([200, 200, "true"]);
    expect(second.body).toEqual(first.body);
  });

  it("lets another take over from one that died, under the id drawn first", async () => {
    const org = await makeOrg();
    await create(org, "k");
    const reserved = newId();
    const minuteAgo = new Date(Date.now() - 61_000).toISOString();
    await env.DB.prepare(
      "UPDATE idempotency_keys SET status = NULL, reply = NULL, reserved_id = ?2, claimed_at = ?3 WHERE org_id = ?1",
    )
      .bind(org.id, reserved, minuteAgo)
      .run();
    const answer = await create(org, "k");
    expect([answer.status, answer.body.data.id]).toEqual([201, reserved]);
  });

  it("forgets after 24 hours, which is told", async () => {
    const org = await makeOrg();
    const first = await create(org, "k");
    await env.DB.prepare("UPDATE idempotency_keys SET expires_at = ?2 WHERE org_id = ?1")
      .bind(org.id, new Date(Date.now() - 1).toISOString())
      .run();
    const second = await create(org, "k", { name: "another" });
    expect([second.status, second.body.data.id === first.body.data.id]).toEqual([201, false]);
  });

  it("never stores a body in the clear", async () => {
    const org = await makeOrg();
    const { body } = await create(org, "k", { name: "a telling name" });
    const { results } = await env.DB.prepare("SELECT * FROM idempotency_keys WHERE org_id = ?1").bind(org.id).all();
    expect(JSON.stringify(results)).not.toContain(body.data.key);
    expect(JSON.stringify(results)).not.toContain("a telling name");
  });

  it("400: wants 1 to 255 printable characters", async () => {
    const org = await makeOrg();
    for (const key of ["", '""', "x".repeat(256)]) expect((await create(org, key)).status).toBe(400);
    expect((await create(org, "x".repeat(255))).status).toBe(201);
  });
});
