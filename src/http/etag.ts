import { sha256Hex } from "#lib/hash";
import { invalidRequest } from "#lib/validate";

export const strongEtag = (version: number): string => `"${version}"`;
export const weakEtag = async (text: string): Promise<string> => `W/"${(await sha256Hex(text)).slice(0, 24)}"`;

/** Never a version: whoever names something else than a version of ours has not read the present one. */
const noVersion = -1;

/** The version named by If-Match; null without the header and for `*`. */
export function ifMatchOf(headers: Headers): number | null {
  const value = headers.get("if-match")?.trim();
  if (value === undefined || value === "*") return null;
  if (value.includes(",")) {
    throw invalidRequest([{ in: "header", pointer: "If-Match", message: "must name one version" }]);
  }
  const [, version] = /^"(\d{1,15})"$/.exec(value) ?? [];
  return version === undefined ? noVersion : Number(version);
}

/** RFC 9110 §13.1.2: weak comparison with any of the listed tags. */
export function isNotModified(headers: Headers, etag: string): boolean {
  const value = headers.get("if-none-match");
  if (value === null) return false;
  const bare = (tag: string): string => tag.trim().replace(/^W\//, "");
  return value.trim() === "*" || value.split(",").some((tag) => bare(tag) === bare(etag));
}
