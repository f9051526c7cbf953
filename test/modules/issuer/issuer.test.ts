import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import { publishedKeys, rotateSigningKeys, signingKey } from "#db/signing-keys";
import { masterKeys, open } from "#lib/secrets";
import { audience, identityToken, issuerOf, subjectOf } from "#scans/web-identity";
import { assertWebIdentity } from "../../../simulator/oidc.ts";
import { issuerMetadata, keySet } from "../../../src/modules/issuer/metadata.ts";
import { origin, send } from "../../support/api.ts";

const hour = 3_600_000;
const account = { orgId: "org-1", id: "account-1" };
const issuer = "https://cloudglass.test";

interface Row {
  readonly kid: string;
  readonly sealed_private: string;
}

const rows = async (): Promise<Row[]> => (await env.DB.prepare("SELECT * FROM signing_keys").all<Row>()).results;

/** Whether a token signed at `at` verifies with the keys that are published, by code that is not the signer's. */
async function verify(token: string, at: number, keys: readonly object[]): Promise<void> {
  const trusted = { issuer, audience, subject: subjectOf(account.orgId, account.id), jwks: { keys } };
  await assertWebIdentity(token, trusted as Parameters<typeof assertWebIdentity>[1], at);
}

beforeEach(async () => {
  await env.DB.prepare("DELETE FROM signing_keys").run();
});

describe("GET /.well-known/openid-configuration", () => {
  it("200: says who issues tokens, to everybody, for five minutes", async ({ expect }) => {
    const { status, headers, body } = await send("GET", `${origin}/.well-known/openid-configuration`);
    expect([status, headers.get("cache-control")]).toEqual([200, "public, max-age=300"]);
    expect(body).toEqual({
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      claims_supported: ["iss", "aud", "sub", "iat", "nbf", "exp", "jti"],
    });
  });

  it("404: a deployment without an https origin of its own issues nothing", async ({ expect }) => {
    const wrong = [
      undefined,
      "",
      "cloudglass.test",
      "http://cloudglass.test",
      `${issuer}/`,
      `${issuer}/path`,
      `${issuer}:443`,
    ];
    for (const ISSUER_URL of wrong) {
      const { ISSUER_URL: _, ...bare } = env;
      const deployment = ISSUER_URL === undefined ? bare : { ...bare, ISSUER_URL };
      expect(issuerOf(deployment), ISSUER_URL).toBeNull();
      expect(() => issuerMetadata(deployment)).toThrow("RESOURCE_NOT_FOUND");
      await expect(keySet(deployment, new Date())).rejects.toMatchObject({ code: "RESOURCE_NOT_FOUND" });
      await expect(identityToken(deployment, account, new Date())).rejects.toMatchObject({
        code: "METHOD_UNAVAILABLE",
      });
    }
    expect(await rows()).toEqual([]);
  });
});

describe("GET /.well-known/jwks.json", () => {
  it("200: publishes public keys and nothing of the private ones, which are sealed to their name", async ({
    expect,
  }) => {
    const { status, headers, body } = await send<{ keys: object[] }>("GET", `${origin}/.well-known/jwks.json`);
    expect([status, headers.get("cache-control")]).toEqual([200, "public, max-age=300"]);
    expect(body.keys.map((key) => Object.keys(key).toSorted())).toEqual([["alg", "e", "kid", "kty", "n", "use"]]);
    const [row] = await rows();
    const { sealed_private: sealed = "", kid = "" } = row ?? {};
    const keys = masterKeys(env.MASTER_KEYS);
    const { d } = JSON.parse(await open(keys, "issuer-key", kid, sealed)) as { d: string };
    expect(d.length).toBeGreaterThan(300);
    expect(JSON.stringify(row)).not.toContain(d);
    await expect(open(keys, "issuer-key", "another", sealed)).rejects.toThrow();
    await expect(open(keys, "credential", kid, sealed)).rejects.toThrow();
  });

  it("200: 10 first uses at once make one key", async ({ expect }) => {
    const now = new Date();
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, async () => (await publishedKeys(env, now)).map(({ kid }) => kid)),
      ...Array.from({ length: 5 }, async () => [(await signingKey(env, now)).kid]),
    ]);
    expect(new Set(answers.flat()).size).toBe(1);
    expect(await rows()).toHaveLength(1);
  });
});

describe("a token", () => {
  it("names the account it opens, for ten minutes, and is another one each time", async ({ expect }) => {
    const now = new Date("2026-11-21T08:00:00Z");
    const tokens = await Promise.all([identityToken(env, account, now), identityToken(env, account, now)]);
    const [header, claims, other] = [...(tokens[0]?.split(".", 2) ?? []), tokens[1]?.split(".")[1]].map(
      (part) => JSON.parse(atob((part ?? "").replaceAll("-", "+").replaceAll("_", "/"))) as Record<string, unknown>,
    );
    expect(header).toEqual({ alg: "RS256", typ: "JWT", kid: (await publishedKeys(env, now))[0]?.kid });
    expect(claims).toEqual({
      iss: issuer,
      aud: "sts.amazonaws.com",
      sub: "org:org-1:account:account-1",
      iat: 1_795_248_000,
      nbf: 1_795_248_000,
      exp: 1_795_248_600,
      jti: expect.any(String),
    });
    expect(other?.["jti"]).not.toBe(claims?.["jti"]);
  });
});

describe("rotation", () => {
  it("publishes a key a day before it signs and a day after; a token verifies for a day, whoever rotates how often", async ({
    expect,
  }) => {
    const start = Date.parse("2026-01-01T00:00:00Z");
    const published = new Map<string, { first: number; last: number }>();
    const signed = new Map<string, { first: number; last: number }>();
    const tokens: { token: string; at: number }[] = [];
    const saw = (map: typeof signed, kid: string, at: number) =>
      map.set(kid, { first: map.get(kid)?.first ?? at, last: at });
    for (let at = start; at < start + 200 * 24 * hour; at += 4 * hour) {
      const now = new Date(at);
      const nextToRotation = published.size > 0 && (at / hour) % 24 === 0;
      await Promise.all(Array.from({ length: nextToRotation ? 3 : 1 }, () => rotateSigningKeys(env, now)));
      const keys = await publishedKeys(env, now);
      for (const { kid } of keys) saw(published, kid, at);
      saw(signed, (await signingKey(env, now)).kid, at);
      expect(keys.length).toBeLessThanOrEqual(2);
      tokens.push({ token: await identityToken(env, account, now), at });
      for (const old of tokens.filter((token) => at - token.at <= 24 * hour).slice(0, 1)) {
        await verify(old.token, old.at, keys);
      }
    }
    const [first, second, third] = [...signed.keys()];
    expect([...published.keys()]).toEqual([first, second, third]);
    for (const [kid, { first: from, last: to }] of signed) {
      const term = published.get(kid);
      if (kid !== first) expect(from - (term?.first ?? Infinity)).toBeGreaterThanOrEqual(24 * hour);
      if (kid !== third) expect((term?.last ?? 0) - to).toBeGreaterThanOrEqual(24 * hour);
      if (kid !== third) expect(Math.abs(to - from - 90 * 24 * hour)).toBeLessThanOrEqual(12 * hour);
    }
    const [oldest] = tokens;
    const keys = await publishedKeys(env, new Date(start + 200 * 24 * hour));
    await expect(verify(oldest?.token ?? "", start, keys)).rejects.toMatchObject({ code: "InvalidIdentityToken" });
  });
});
