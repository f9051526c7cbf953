// What AWS checks of a token before it gives a role for it. Source: STS API 2011-06-15, AssumeRoleWithWebIdentity, and IAM user
// guide, "OIDC federation": the provider's own keys, the issuer, the audience, the time, and the subject of the trust policy.

export const denied = (message) => ({ status: 403, code: "AccessDenied", message });
const invalid = (message) => ({ status: 400, code: "InvalidIdentityToken", message });
const expired = (message) => ({ status: 400, code: "ExpiredTokenException", message });

const decoded = (part) => JSON.parse(Buffer.from(part, "base64url").toString());

/** Header and claims of a token that one of the keys signed, or why it is none. */
async function verified(token, keys) {
  const [head, body, signature, ...rest] = token.split(".");
  let header;
  let claims;
  try {
    [header, claims] = [decoded(head), decoded(body)];
  } catch {
    return { refusal: invalid("The ID token provided is not a valid JWT.") };
  }
  if (signature === undefined || rest.length > 0)
    return { refusal: invalid("The ID token provided is not a valid JWT.") };
  if (header.alg !== "RS256") return { refusal: invalid("The ID token is not signed with RS256.") };
  const jwk = keys.find(({ kid, kty }) => kid === header.kid && kty === "RSA");
  if (!jwk) return { refusal: invalid("Couldn't retrieve verification key from your identity provider.") };
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("jwk", { kty: jwk.kty, n: jwk.n, e: jwk.e }, algorithm, false, ["verify"]);
  const signed = Buffer.from(`${head}.${body}`);
  const isGenuine = await crypto.subtle.verify(algorithm, key, Buffer.from(signature, "base64url"), signed);
  return isGenuine ? { claims } : { refusal: invalid("The ID token's signature is not valid.") };
}

/**
 * Why a token does not open a role whose trust policy names an issuer, an audience and a subject; null: it does. `keys()`
 * answers the issuer's JSON Web Keys.
 */
export async function refusalOfToken(token, policy, now = Date.now()) {
  if (policy?.issuer === undefined) return denied("Not authorized to perform sts:AssumeRoleWithWebIdentity");
  const { claims, refusal } = await verified(token, await policy.keys());
  if (refusal) return refusal;
  const { iss, aud, sub, exp, iat, nbf = iat } = claims;
  if (iss !== policy.issuer) return invalid(`No OpenIDConnect provider found in your account for ${iss}`);
  if (![aud].flat().includes(policy.audience)) return invalid("Incorrect token audience");
  if (typeof exp !== "number" || typeof iat !== "number") return invalid("Missing a required claim: exp, iat");
  if (exp * 1000 <= now) return expired("Token expired: current date/time must be before the expiration date/time");
  if (nbf * 1000 > now) return invalid("The token is not valid yet");
  return sub === policy.subject ? null : denied("Not authorized to perform sts:AssumeRoleWithWebIdentity");
}

/** The keys a deployment publishes, or null while it publishes none. */
export async function publishedKeys(origin) {
  const answer = await fetch(`${origin}/.well-known/jwks.json`);
  if (answer.status === 404) {
    await answer.body?.cancel();
    return null;
  }
  return (await answer.json()).keys;
}
