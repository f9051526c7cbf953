import { z } from "zod";
import { AwsError } from "./answers.ts";

const Jwk = z.looseObject({ kty: z.literal("RSA"), kid: z.string(), n: z.string(), e: z.string() });

/** What a role trusts: the issuer's provider with its audience and keys, and the subject of the trust policy. */
export const Oidc = z.strictObject({
  issuer: z.url(),
  audience: z.string(),
  subject: z.string(),
  jwks: z.looseObject({ keys: z.array(Jwk) }),
});
type Oidc = z.infer<typeof Oidc>;

const Header = z.looseObject({ alg: z.string(), kid: z.string() });
const Claims = z.looseObject({ iss: z.string(), aud: z.string(), sub: z.string(), exp: z.number() });

const invalid = (message: string): AwsError => new AwsError("InvalidIdentityToken", 400, message);

const bytesOf = (part: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));

function readPart<Parsed>(schema: z.ZodType<Parsed>, part: string): Parsed {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(bytesOf(part))));
  } catch {
    throw invalid("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
  }
}

async function isSigned({ kty, n, e }: z.infer<typeof Jwk>, signed: string, signature: string): Promise<boolean> {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("jwk", { kty, n, e }, algorithm, false, ["verify"]);
  return crypto.subtle.verify(algorithm, key, bytesOf(signature), new TextEncoder().encode(signed));
}

const time = (seconds: number): string => new Date(seconds * 1000).toISOString();

/**
 * Whether a token opens a role, as AWS decides it. Throws AWS's error. Source: STS API 2011-06-15,
 * AssumeRoleWithWebIdentity, "Errors".
 */
export async function assertWebIdentity(token: string, trusted: Oidc | undefined, nowMs: number): Promise<void> {
  const [header = "", claims = "", signature = ""] = token.split(".");
  const { alg, kid } = readPart(Header, header);
  const { iss, aud, sub, exp } = readPart(Claims, claims);
  if (trusted?.issuer !== iss) throw invalid(`No OpenIDConnect provider found in your account for ${iss}`);
  if (aud !== trusted.audience) throw invalid("Incorrect token audience");
  const jwk = trusted.jwks.keys.find((key) => key.kid === kid);
  if (!jwk || alg !== "RS256") {
    throw invalid(
      "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements",
    );
  }
  if (!(await isSigned(jwk, `${header}.${claims}`, signature))) {
    throw invalid("The web identity token that was passed could not be validated.");
  }
  if (exp * 1000 <= nowMs) {
    throw new AwsError(
      "ExpiredTokenException",
      400,
      `Token expired: current date/time ${time(Math.floor(nowMs / 1000))} must be before the expiration date/time ${time(exp)}`,
    );
  }
  if (sub !== trusted.subject)
    throw new AwsError("AccessDenied", 403, "Not authorized to perform sts:AssumeRoleWithWebIdentity");
}
