// The front's STS is held against tokens of every kind: what it lets in is what the proof rests on.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { newIssuer, part } from "./issuer.mjs";
import { refusalOfToken } from "./web-identity.mjs";

const seconds = (ms) => Math.floor(ms / 1000);

/** STS of the front: what a token must be for a role to be given for it. */
export function tokenTests() {
  const now = Date.now();
  const policy = { issuer: "https://cloudglass.example", audience: "sts.amazonaws.com", subject: "organization:1" };
  const claims = {
    iss: policy.issuer,
    aud: policy.audience,
    sub: policy.subject,
    iat: seconds(now),
    exp: seconds(now) + 300,
  };
  let own;
  let stranger;
  const refusal = async (token, trusted = { ...policy, keys: () => [own.jwk] }) =>
    (await refusalOfToken(token, trusted, now))?.code ?? null;

  before(async () => {
    own = await newIssuer("own");
    stranger = await newIssuer("own");
  });

  test("is given for a token of the trusted issuer, audience and subject", async () => {
    assert.equal(await refusal(await own.token(claims)), null);
    assert.equal(await refusal(await own.token({ ...claims, aud: ["another", policy.audience] })), null);
  });

  test("is refused for any other", async () => {
    const refused = {
      AccessDenied: [await own.token({ ...claims, sub: "organization:2" })],
      ExpiredTokenException: [await own.token({ ...claims, exp: seconds(now) })],
      InvalidIdentityToken: [
        "",
        "no.token",
        await stranger.token(claims),
        await own.token({ ...claims, iss: "https://cloudglass.example/" }),
        await own.token({ ...claims, aud: "another" }),
        await own.token({ ...claims, exp: undefined }),
        await own.token({ ...claims, iat: seconds(now) + 60 }),
        await own.token(claims, { alg: "RS256", kid: "another" }),
        `${part({ alg: "none", kid: "own" })}.${part(claims)}.`,
      ],
    };
    for (const [code, tokens] of Object.entries(refused))
      for (const token of tokens) assert.equal(await refusal(token), code, token);
    assert.equal(await refusal(await own.token(claims), null), "AccessDenied");
  });
}
