/** RFC 4648 base64, with padding. */
export const encodeBase64 = (bytes: Uint8Array): string => bytes.toBase64();
/** Throws `SyntaxError` on anything that is not base64. */
export const decodeBase64 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.fromBase64(text);
/** RFC 4648 base64url without padding. */
export const encodeBase64Url = (bytes: Uint8Array): string =>
  bytes.toBase64({ alphabet: "base64url", omitPadding: true });
export const decodeBase64Url = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.fromBase64(text, { alphabet: "base64url" });
