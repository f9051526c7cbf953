import { env } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { systemContext } from "#db/context";
import type { Env } from "#env";
import { newRsaKey } from "#lib/jwt";
import { probeAccount } from "#scans/probe";
import { connectAccount } from "../../../src/modules/accounts/connect.ts";
import { scanOf } from "../../support/scan.ts";
import { quietOrg } from "../findings/world.ts";
import {
  accountRowOf,
  arrange,
  connectRole,
  everythingStored,
  getAccount,
  jwks,
  newAwsAccountId,
  roleOf,
  withAws,
  type AccountData,
} from "./world.ts";

interface WebIdentity {
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
}

const webIdentityOf = (account: AccountData) => account["webIdentity"] as WebIdentity;
const contextOf = (deployment: Env, orgId: string, now = new Date()) =>
  systemContext(deployment, { orgId, shard: 0 }, now, () => undefined);

/** A keyless account whose role trusts what the answer said, but for what is changed. */
async function keylessAccount(change: object = {}) {
  const org = await quietOrg();
  const awsAccountId = newAwsAccountId();
  const account = await connectRole(org, "keyless", awsAccountId);
  const oidc = { ...webIdentityOf(account), jwks: await jwks(), ...change };
  await arrange(awsAccountId, { role: { arn: roleOf(awsAccountId), oidc }, resources: 100 });
  return { org, awsAccountId, account };
}

async function probe(orgId: string, id: string, now?: Date, deployment: Env = env): Promise<void> {
  await probeAccount(contextOf(deployment, orgId, now), await accountRowOf(orgId, id));
}

afterEach(() => void vi.restoreAllMocks());

describe("a keyless account", () => {
  it("201: is told what its role must trust, and no secret is asked for or kept", async ({ expect }) => {
    const org = await quietOrg();
    const account = await connectRole(org, "keyless", "123456789012");
    const subject = `org:${org.id}:account:${account.id}`;
    expect(account).toMatchObject({
      status: "pending",
      credentialMethod: "keyless",
      externalId: null,
      webIdentity: { issuer: "https://cloudglass.test", audience: "sts.amazonaws.com", subject },
      trustPolicy: {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/cloudglass.test" },
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: {
              StringEquals: { "cloudglass.test:aud": "sts.amazonaws.com", "cloudglass.test:sub": subject },
            },
          },
        ],
      },
    });
    expect((await accountRowOf(org.id, account.id)).credential).toEqual({
      method: "keyless",
      roleArn: roleOf("123456789012"),
    });
  });

  it("is scanned from end to end; no token and no AWS secret is stored, queued, logged or answered", async ({
    expect,
  }) => {
    const logged = (["log", "warn", "error", "info", "debug"] as const).map((name) => vi.spyOn(console, name));
    const queued = vi.spyOn(env.SCAN_TASKS, "sendBatch");
    const { org, account } = await keylessAccount();
    const { started, scan } = await scanOf(org.keys.admin, account.id);
    expect(scan.status).toBe("complete");
    const after = await getAccount(org, account.id);
    expect(after).toMatchObject({ status: "ok", lastError: null, connectedAt: expect.any(String) });
    const logs = logged.flatMap(({ mock }) => mock.calls);
    const all = [await everythingStored(org.id), JSON.stringify([logs, queued.mock.calls, after]), started.text].join();
    expect([logs.length, queued.mock.calls.length].map((count) => count > 0)).toEqual([true, true]);
    // A JWT, the simulator's session tokens and temporary keys.
    expect(all).not.toMatch(/eyJ[\w-]{10,}\.eyJ|FwoGZXIvYXdz|ASIA[A-Z2-7]{16}/);
  });

  it("never shows the token it was entered with, whatever AWS answers", async ({ expect }) => {
    const { org, account } = await keylessAccount();
    const tokens: string[] = [];
    const answers = [
      () =>
        new Response(
          "<ErrorResponse><Error><Code>AccessDenied</Code><Message>TOKEN</Message></Error></ErrorResponse>",
          { status: 403 },
        ),
      () => new Response("<AssumeRoleWithWebIdentityResponse/>"),
      () => new Response("TOKEN", { status: 400 }),
    ];
    const logged = (["log", "warn", "error"] as const).map((name) => vi.spyOn(console, name));
    for (const answer of answers) {
      const deployment = withAws(async (request) => {
        const form = new URLSearchParams(new TextDecoder().decode(await request.arrayBuffer()));
        const token = form.get("WebIdentityToken") ?? "";
        tokens.push(token);
        expect([request.headers.get("authorization"), new URL(request.url).search]).toEqual([null, ""]);
        const { body, status } = answer();
        return new Response((await new Response(body).text()).replace("TOKEN", token), { status });
      });
      const thrown: unknown = await probe(org.id, account.id, new Date(), deployment).catch((error: unknown) => error);
      const shown = JSON.stringify([String((thrown as Error | undefined)?.stack), await everythingStored(org.id)]);
      for (const token of tokens) expect(shown).not.toContain(token);
    }
    expect(new Set(tokens).size).toBe(tokens.length);
    const logs = JSON.stringify(logged.flatMap(({ mock }) => mock.calls));
    for (const token of tokens) expect(logs).not.toContain(token);
  });
});

describe("a role that does not trust the token", () => {
  const wrong = [
    ["another subject", { subject: "org:o:account:a" }, "AccessDenied"],
    ["another audience", { audience: "sigstore" }, "InvalidIdentityToken"],
    ["another issuer", { issuer: "https://issuer.example" }, "InvalidIdentityToken"],
  ] as const;

  it.for(wrong)("stays pending and says what the trust policy lacks: %s", async ([, change, code], { expect }) => {
    const { org, account } = await keylessAccount(change);
    await probe(org.id, account.id);
    const { status, lastError, connectedAt } = await getAccount(org, account.id);
    expect([status, connectedAt]).toEqual(["pending", null]);
    for (const part of [code, "https://cloudglass.test", "sts.amazonaws.com", webIdentityOf(account).subject]) {
      expect(lastError).toContain(part);
    }
  });

  it("stays pending: another key under the same name", async ({ expect }) => {
    const [known] = (await jwks()).keys;
    const { publicJwk } = await newRsaKey();
    const { org, account } = await keylessAccount({ jwks: { keys: [{ ...publicJwk, kid: known?.kid }] } });
    await probe(org.id, account.id);
    expect(await getAccount(org, account.id)).toMatchObject({
      status: "pending",
      lastError: expect.stringContaining("InvalidIdentityToken: Let account"),
    });
  });

  it("stays pending: a token that had ended", async ({ expect }) => {
    const { org, account } = await keylessAccount();
    await probe(org.id, account.id, new Date(Date.now() - 11 * 60_000));
    const { status, lastError } = await getAccount(org, account.id);
    expect([status, lastError]).toEqual([
      "pending",
      "ExpiredTokenException: The token had ended when AWS read it: check the clock of this deployment.",
    ]);
    await probe(org.id, account.id);
    expect(await getAccount(org, account.id)).toMatchObject({ status: "ok", lastError: null });
  });

  it("ends its scan in error, with the remedy", async ({ expect }) => {
    const { org, account } = await keylessAccount({ subject: "org:o:account:a" });
    const { scan } = await scanOf(org.keys.admin, account.id);
    expect(scan.status).toBe("error");
    expect(await getAccount(org, account.id)).toMatchObject({
      status: "error",
      lastError: expect.stringContaining(webIdentityOf(account).subject),
    });
  });

  it("opens no other account: a token names its organization and account", async ({ expect }) => {
    const victim = await keylessAccount();
    const thief = await connectRole(await quietOrg(), "keyless", victim.awsAccountId);
    const orgId = webIdentityOf(thief).subject.split(":")[1] ?? "";
    await probe(orgId, thief.id);
    expect((await accountRowOf(orgId, thief.id)).status).toBe("pending");
  });
});

describe("a deployment without ISSUER_URL", () => {
  it("refuses the method and says who can change that", async ({ expect }) => {
    const org = await quietOrg();
    const input = { name: "A", environment: "production", awsAccountId: "123456789012", regions: null, services: null };
    const credential = { method: "keyless", roleArn: roleOf("123456789012") } as const;
    const refused = connectAccount(contextOf({ ...env, ISSUER_URL: "" }, org.id), { ...input, pace: null, credential });
    await expect(refused).rejects.toMatchObject({
      code: "METHOD_UNAVAILABLE",
      detail: expect.stringContaining("ISSUER_URL"),
    });
  });
});
