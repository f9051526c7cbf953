import { encodeBase64Url } from "./base64.ts";

/** RSA with SHA-256, PKCS #1 v1.5: `RS256` of RFC 7518 §3.3. */
const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** The public half of a signing key, as a JWK Set publishes it (RFC 7517 §4, RFC 7518 §6.3.1). */
export interface PublicJwk {
  readonly kty: "RSA";
  readonly use: "sig";
  readonly alg: "RS256";
  readonly kid: string;
  readonly n: string;
  readonly e: string;
}

export interface RsaKey {
  readonly publicJwk: PublicJwk;
  /** JSON of a JWK; whoever has it can sign. */
  readonly privateJwk: string;
}

const json = (value: unknown): string => encodeBase64Url(new TextEncoder().encode(JSON.stringify(value)));

/** A new RSA key of 2,048 bits, named by its thumbprint. */
export async function newRsaKey(): Promise<RsaKey> {
  const parameters = { ...algorithm, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  // safe: an asymmetric algorithm gives a pair, and a key exported as "jwk" is a JWK.
  const { publicKey, privateKey } = (await crypto.subtle.generateKey(parameters, true, [
    "sign",
    "verify",
  ])) as CryptoKeyPair;
  const { n = "", e = "" } = (await crypto.subtle.exportKey("jwk", publicKey)) as JsonWebKey;
  const privateJwk = JSON.stringify(await crypto.subtle.exportKey("jwk", privateKey));
  return { publicJwk: { kty: "RSA", use: "sig", alg: "RS256", kid: await thumbprint(n, e), n, e }, privateJwk };
}

/** RFC 7638 §3: SHA-256 of the required members in the order of their names. */
async function thumbprint(n: string, e: string): Promise<string> {
  const text = JSON.stringify({ e, kty: "RSA", n });
  return encodeBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}

/** A JWT in compact form (RFC 7519, RFC 7515 §3.1), signed with RS256. */
export async function signJwt(
  { kid, privateJwk }: { readonly kid: string; readonly privateJwk: string },
  claims: Readonly<Record<string, unknown>>,
): Promise<string> {
  // safe: `newRsaKey` made it.
  const jwk = JSON.parse(privateJwk) as JsonWebKey;
  const key = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["sign"]);
  const signed = `${json({ alg: "RS256", typ: "JWT", kid })}.${json(claims)}`;
  const signature = await crypto.subtle.sign(algorithm.name, key, new TextEncoder().encode(signed));
  return `${signed}.${encodeBase64Url(new Uint8Array(signature))}`;
}
