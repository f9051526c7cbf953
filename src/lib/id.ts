import { v7 } from "uuid";

/** A time-ordered id (RFC 9562 UUIDv7). */
export const newId = (): string => v7();

/** The first 48 bits of a UUIDv7 of this moment: `0199a1b2-c3d4`. */
export function uuid7Time(at: Date): string {
  const hex = at.getTime().toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

/**
 * A stable id (RFC 9562 UUIDv8) of what it names: the first 122 bits of SHA-256 over the parts, each preceded by its
 * length so that no two lists of parts read the same.
 */
export async function derivedId(...parts: readonly string[]): Promise<string> {
  const text = parts.map((part) => `${part.length}:${part}`).join("");
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return formatUuid8(new Uint8Array(digest, 0, 16));
}

/**
 * A stable id like `derivedId`, that sorts by the time of another: a UUIDv7 with the first 48 bits of `at`, a UUIDv7 itself or
 * what `uuid7Time` answers.
 */
export async function derivedIdAt(at: string, ...parts: readonly string[]): Promise<string> {
  const id = await derivedId(...parts);
  return `${at.slice(0, 13)}-7${id.slice(15)}`;
}

function formatUuid8(bytes: Uint8Array): string {
  const marked = bytes.map((byte, index) => {
    if (index === 6) return (byte & 0x0f) | 0x80;
    if (index === 8) return (byte & 0x3f) | 0x80;
    return byte;
  });
  const hex = marked.toHex();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Any UUID as our API writes it: lower-case. */
export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
