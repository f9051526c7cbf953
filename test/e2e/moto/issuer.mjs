// Issues tokens as an OpenID provider does.
/** One part of a token. */
export const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** An issuer with a key of its own: `jwk` is what it would publish, `token(claims, header)` what it signs. */
export async function newIssuer(kid) {
  const parameters = { ...algorithm, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const { publicKey, privateKey } = await crypto.subtle.generateKey(parameters, true, ["sign", "verify"]);
  const jwk = { ...(await crypto.subtle.exportKey("jwk", publicKey)), kid };
  async function token(claims, header = { alg: "RS256", typ: "JWT", kid }) {
    const signed = `${part(header)}.${part(claims)}`;
    const signature = await crypto.subtle.sign(algorithm, privateKey, Buffer.from(signed));
    return `${signed}.${Buffer.from(signature).toString("base64url")}`;
  }
  return { jwk, token };
}
