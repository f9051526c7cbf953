/** `cg_live_` + 30 characters of base62 (178 bits) + 6 of checksum, as GitHub's tokens have it. */
export const keyPrefix = "cg_live_";
const keyPattern = /^cg_live_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/;
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A new key. Bytes that would make some characters likelier than others are drawn again. */
export function makeKey(): string {
  let random = "";
  while (random.length < 30) {
    for (const byte of crypto.getRandomValues(new Uint8Array(40))) {
      if (byte < 248 && random.length < 30) random += alphabet[byte % 62];
    }
  }
  return keyPrefix + random + checksum(random);
}

/** False for whatever cannot be one of our keys; costs no look-up. */
export function isWellFormedKey(key: string): boolean {
  const [, random, given] = keyPattern.exec(key) ?? [];
  return random !== undefined && checksum(random) === given;
}

/** What may be shown of a key. */
export const keyHint = (key: string): string => `${keyPrefix}…${key.slice(-4)}`;

/** CRC-32 (ISO 3309) of the text as six characters of base62, zeros in front. */
export function checksum(text: string): string {
  let rest = crc32(text);
  let digits = "";
  for (let place = 0; place < 6; place += 1) {
    digits = (alphabet[rest % 62] ?? "") + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
