import { describe, it } from "vitest";
import { newRsaKey, signJwt } from "#lib/jwt";
import { world, type Reply, type World } from "./world.ts";

const awsAccountId = "444455556666";
const arn = `arn:aws:iam::${awsAccountId}:role/Cloudglass`;
const issuer = "https://issuer.example";
const audience = "sts.amazonaws.com";
const subject = "org:o:account:a";

const part = (body: string, name: string): string => new RegExp(`<${name}>([^<]*)`).exec(body)?.[1] ?? "";

/** An unsigned form. */
async function ask({ simulator }: World, form: Readonly<Record<string, string>>): Promise<Reply> {
  const body = new URLSearchParams({
    Version: "2011-06-15",
    RoleSessionName: "scan",
    RoleArn: arn,
    ...form,
  }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const request = new Request("https://sts.eu-west-1.amazonaws.com/", { method: "POST", headers, body });
  const response = await simulator.fetch(request);
  return { status: response.status, body: await response.text() };
}

async function trusting() {
  const key = await newRsaKey();
  const one = world();
  const oidc = { issuer, audience, subject, jwks: { keys: [key.publicJwk] } };
  await one.arrange({ role: { arn, oidc } }, awsAccountId);
  const token = (claims: object = {}, signer = key) =>
    signJwt(
      { kid: key.publicJwk.kid, privateJwk: signer.privateJwk },
      { iss: issuer, aud: audience, sub: subject, exp: Math.floor(Date.now() / 1000) + 60, ...claims },
    );
  const enter = async (WebIdentityToken: string, form = {}) =>
    ask(one, { Action: "AssumeRoleWithWebIdentity", WebIdentityToken, ...form });
  return { one, token, enter };
}

describe("AssumeRoleWithWebIdentity", () => {
  it("200: gives keys of the account that work, and says whose token it was", async ({ expect }) => {
    const { one, token, enter } = await trusting();
    const { status, body } = await enter(await token());
    expect([status, part(body, "SubjectFromWebIdentityToken"), part(body, "Audience")]).toEqual([
      200,
      subject,
      audience,
    ]);
    const keys = {
      accessKeyId: part(body, "AccessKeyId"),
      secretAccessKey: part(body, "SecretAccessKey"),
      sessionToken: part(body, "SessionToken"),
    };
    const who = await one.ask({ service: "sts", keys, form: { Action: "GetCallerIdentity" } });
    expect(part(who.body, "Account")).toBe(awsAccountId);
  });

  it("refuses every other token in STS's own words", async ({ expect }) => {
    const { token, enter } = await trusting();
    const stranger = await newRsaKey();
    const good = await token();
    const [header = "", claims = "", signature = ""] = good.split(".");
    const forged = btoa(JSON.stringify({ iss: issuer, aud: audience, sub: subject, exp: 9e9 })).replaceAll("=", "");
    const cases = [
      ["", "InvalidIdentityToken", 400],
      ["a.b.c", "InvalidIdentityToken", 400],
      [await token({ iss: "https://another.example" }), "InvalidIdentityToken", 400],
      [await token({ aud: "another" }), "InvalidIdentityToken", 400],
      [await token({}, stranger), "InvalidIdentityToken", 400],
      [`${header}.${forged}.${signature}`, "InvalidIdentityToken", 400],
      [`${btoa('{"alg":"none","kid":"x"}').replaceAll("=", "")}.${claims}.`, "InvalidIdentityToken", 400],
      [await token({ exp: Math.floor(Date.now() / 1000) }), "ExpiredTokenException", 400],
      [await token({ sub: "org:o:account:b" }), "AccessDenied", 403],
    ] as const;
    for (const [one, code, status] of cases) {
      const answer = await enter(one);
      expect([part(answer.body, "Code"), answer.status]).toEqual([code, status]);
    }
    const another = await enter(good, { RoleArn: `arn:aws:iam::${awsAccountId}:role/Another` });
    expect(part(another.body, "Code")).toBe("AccessDenied");
    const nobody = await enter(good, { RoleArn: "arn:aws:iam::000000000001:role/Cloudglass" });
    expect(part(nobody.body, "Code")).toBe("AccessDenied");
  });

  it("is the only operation that may come without a signature", async ({ expect }) => {
    const { one, token } = await trusting();
    for (const Action of ["AssumeRole", "GetCallerIdentity"]) {
      const answer = await ask(one, { Action, WebIdentityToken: await token() });
      expect(part(answer.body, "Code")).toBe("MissingAuthenticationToken");
    }
  });
});
