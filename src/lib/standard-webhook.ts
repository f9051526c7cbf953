import { decodeBase64, encodeBase64 } from "./base64.ts";

/** Signing as Standard Webhooks 1.0.0 has it (spec/standard-webhooks.md): `v1,<base64 HMAC-SHA256(id.timestamp.body)>`. */

const prefix = "whsec_";

/** The spec asks for 24–64 bytes. */
const keyBytes = { min: 24, max: 64, ours: 32 } as const;

/** A new secret: `whsec_` and the base64 of 32 random bytes. */
export const newWebhookSecret = (): string =>
  prefix + encodeBase64(crypto.getRandomValues(new Uint8Array(keyBytes.ours)));

/** The key within a secret: the bytes that stand in base64 behind `whsec_`. Null when it is no such secret. */
export function webhookKey(secret: string): Uint8Array<ArrayBuffer> | null {
  if (!secret.startsWith(prefix)) return null;
  try {
    const key = decodeBase64(secret.slice(prefix.length));
    return key.length >= keyBytes.min && key.length <= keyBytes.max ? key : null;
  } catch {
    return null;
  }
}

export interface SignedMessage {
  /** Stays the same over retries; holds no dot. */
  readonly id: string;
  /** Unix seconds of this attempt. */
  readonly timestamp: number;
  readonly body: string;
}

/** Value of `webhook-signature`. */
export async function standardSignature(
  key: Uint8Array<ArrayBuffer>,
  { id, timestamp, body }: SignedMessage,
): Promise<string> {
  return `v1,${encodeBase64(await hmacSha256(key, `${id}.${timestamp}.${body}`))}`;
}

/** `sha256=<hex HMAC-SHA256 of the raw body>`, for receivers that know this older form. Says nothing about the time. */
export async function bodySignature(key: Uint8Array<ArrayBuffer>, body: string): Promise<string> {
  return `sha256=${(await hmacSha256(key, body)).toHex()}`;
}

async function hmacSha256(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(text)));
}
