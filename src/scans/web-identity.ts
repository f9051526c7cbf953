import { signingKey } from "#db/signing-keys";
import type { Env } from "#env";
import { Fault } from "#lib/fault";
import { newId } from "#lib/id";
import { signJwt } from "#lib/jwt";

/** Whom the tokens are for. Source: IAM user guide, "Create an OpenID Connect identity provider in IAM". */
export const audience = "sts.amazonaws.com";

const lifetimeSeconds = 600;

/** Bound to one account of one organization, so that no other's token opens it. */
export const subjectOf = (orgId: string, accountId: string): string => `org:${orgId}:account:${accountId}`;

/** What Cloudglass calls itself in tokens: an https origin. Null where the deployment has none, or one that is not. */
export function issuerOf({ ISSUER_URL: text }: Env): string | null {
  if (!text || !URL.canParse(text)) return null;
  const { protocol, origin } = new URL(text);
  return protocol === "https:" && origin === text ? origin : null;
}

/** The same. Fault: METHOD_UNAVAILABLE where there is none. */
export function neededIssuer(env: Env): string {
  const issuer = issuerOf(env);
  if (issuer !== null) return issuer;
  throw new Fault(
    "METHOD_UNAVAILABLE",
    "This deployment issues no tokens that a role could trust. Its operator sets ISSUER_URL to the https origin it answers under, without a path; until then connect with `role` or `access_key`.",
  );
}

/**
 * A token that says which account is to be entered (OpenID Connect Core 1.0 §2). Good for ten minutes; it lives in memory
 * only. Fault: METHOD_UNAVAILABLE.
 */
export async function identityToken(
  env: Env,
  account: { readonly orgId: string; readonly id: string },
  now: Date,
): Promise<string> {
  const issuer = neededIssuer(env);
  const issuedAt = Math.floor(now.getTime() / 1000);
  return signJwt(await signingKey(env, now), {
    iss: issuer,
    aud: audience,
    sub: subjectOf(account.orgId, account.id),
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + lifetimeSeconds,
    jti: newId(),
  });
}
