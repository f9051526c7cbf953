import { decodeBase64, encodeBase64 } from "./base64.ts";

/**
 * The deployment's master keys: `1:<base64 of 32 bytes>` and, after a rotation, `2:…` behind it, separated by commas. The
 * last one seals and signs; all of them open and verify. Every purpose gets its own key by HKDF-SHA256 (RFC 5869).
 */
export interface MasterKeys {
  readonly current: string;
  readonly versions: ReadonlyMap<string, Uint8Array>;
}

export type Purpose = "api-key" | "credential" | "cursor" | "webhook-secret" | "idempotency" | "issuer-key";

const parsed = new Map<string, MasterKeys>();

/** Throws when a key is missing or not 32 bytes: a deployment without keys must not start to answer. */
export function masterKeys(text: string): MasterKeys {
  const known = parsed.get(text);
  if (known) return known;
  const versions = new Map(text.split(",").map((entry) => parseEntry(entry.trim())));
  const current = [...versions.keys()].at(-1);
  if (current === undefined) throw new Error("MASTER_KEYS is empty");
  const keys = { current, versions };
  parsed.set(text, keys);
  return keys;
}

function parseEntry(entry: string): [string, Uint8Array] {
  const [version, encoded] = entry.split(":", 2);
  const bytes = encoded === undefined ? new Uint8Array() : decodeBase64(encoded);
  if (!version || bytes.length !== 32) throw new Error("MASTER_KEYS must be <version>:<base64 of 32 bytes>, …");
  return [version, bytes];
}

const derived = new Map<string, Promise<CryptoKey>>();

async function derive(keys: MasterKeys, version: string, purpose: Purpose, usage: "hmac" | "aes"): Promise<CryptoKey> {
  const secret = keys.versions.get(version);
  if (!secret) throw new Error(`No master key of version ${version}`);
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const salt = new Uint8Array(32);
  const info = new TextEncoder().encode(`cloudglass/${purpose}/${usage}`);
  const target = usage === "hmac" ? { name: "HMAC", hash: "SHA-256", length: 256 } : { name: "AES-GCM", length: 256 };
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt, info },
    base,
    target,
    false,
    usage === "hmac" ? ["sign", "verify"] : ["encrypt", "decrypt"],
  );
}

/** The key of one purpose under one version; derived once per isolate. */
export function purposeKey(
  keys: MasterKeys,
  version: string,
  purpose: Purpose,
  usage: "hmac" | "aes",
): Promise<CryptoKey> {
  const secret = keys.versions.get(version);
  const name = `${version}/${purpose}/${usage}/${secret ? encodeBase64(secret) : ""}`;
  const known = derived.get(name);
  if (known) return known;
  const key = derive(keys, version, purpose, usage);
  derived.set(name, key);
  return key;
}

/** HMAC-SHA256 of a text under the current version. */
export async function hmac(
  keys: MasterKeys,
  purpose: Purpose,
  text: string,
  version = keys.current,
): Promise<Uint8Array> {
  const key = await purposeKey(keys, version, purpose, "hmac");
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)));
}

/**
 * AES-256-GCM under the current version with a random 96-bit IV. `subject` names the row and field the value belongs to and
 * is authenticated, so that a ciphertext moved elsewhere does not open. Result: `<version>.<base64 of iv and ciphertext>`.
 */
export async function seal(keys: MasterKeys, purpose: Purpose, subject: string, plain: string): Promise<string> {
  const key = await purposeKey(keys, keys.current, purpose, "aes");
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = new TextEncoder().encode(subject);
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData },
    key,
    new TextEncoder().encode(plain),
  );
  const joined = new Uint8Array(12 + sealed.byteLength);
  joined.set(iv);
  joined.set(new Uint8Array(sealed), 12);
  return `${keys.current}.${encodeBase64(joined)}`;
}

/** Opens what `seal` made. Throws when it was changed, moved to another subject, or its version is gone. */
export async function open(keys: MasterKeys, purpose: Purpose, subject: string, sealed: string): Promise<string> {
  const dot = sealed.indexOf(".");
  const key = await purposeKey(keys, sealed.slice(0, dot), purpose, "aes");
  const joined = decodeBase64(sealed.slice(dot + 1));
  const additionalData = new TextEncoder().encode(subject);
  const plain = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: joined.slice(0, 12), additionalData },
    key,
    joined.slice(12),
  );
  return new TextDecoder().decode(plain);
}
