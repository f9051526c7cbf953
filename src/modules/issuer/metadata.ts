import type { Env } from "#env";
import { Fault } from "#lib/fault";
import { publishedKeys } from "#db/signing-keys";
import type { PublicJwk } from "#lib/jwt";
import { issuerOf } from "#scans/web-identity";

/** What AWS reads of an issuer. Source: OpenID Connect Discovery 1.0 §3. */
export interface Metadata {
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly response_types_supported: readonly string[];
  readonly subject_types_supported: readonly string[];
  readonly id_token_signing_alg_values_supported: readonly string[];
  readonly claims_supported: readonly string[];
}

export const keySetPath = "/.well-known/jwks.json";

/** Who signs the tokens of keyless accounts, whatever host was asked. Fault: RESOURCE_NOT_FOUND where nobody does. */
export function issuerMetadata(env: Env): Metadata {
  const issuer = issuerHere(env);
  return {
    issuer,
    jwks_uri: `${issuer}${keySetPath}`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    claims_supported: ["iss", "aud", "sub", "iat", "nbf", "exp", "jti"],
  };
}

/** The JWK Set (RFC 7517 §5) to verify tokens with. Fault: RESOURCE_NOT_FOUND where no tokens are issued. */
export async function keySet(env: Env, now: Date): Promise<{ readonly keys: readonly PublicJwk[] }> {
  issuerHere(env);
  return { keys: await publishedKeys(env, now) };
}

function issuerHere(env: Env): string {
  const issuer = issuerOf(env);
  if (issuer !== null) return issuer;
  throw new Fault("RESOURCE_NOT_FOUND", "This deployment issues no tokens: ISSUER_URL is not set.");
}
