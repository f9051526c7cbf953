import { Fault } from "#lib/fault";
import { bodyPointer } from "#lib/validate";

const bytesMax = 64 * 1024;
const depthMax = 64;
const mediaTypes = new Set(["application/json", "application/merge-patch+json"]);

/** The body as text. Faults: PAYLOAD_TOO_LARGE above 64 KiB however it is sent; INVALID_REQUEST when it is not UTF-8. */
export async function readText(request: Request): Promise<string> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > bytesMax) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw tooLarge();
    chunks.push(chunk);
  }
  return decoded(chunks, bytes);
}

const tooLarge = (): Fault => new Fault("PAYLOAD_TOO_LARGE", `A body may have ${bytesMax} bytes at most.`);

function decoded(chunks: readonly Uint8Array[], bytes: number): string {
  const joined = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.byteLength;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(joined);
  } catch {
    throw invalid("", "is not UTF-8 text");
  }
}

const invalid = (pointer: string, message: string): Fault =>
  new Fault("INVALID_REQUEST", `The body ${message}.`, { errors: [{ in: "body", pointer, message }] });

/** The value of a JSON body. Faults: UNSUPPORTED_MEDIA_TYPE, INVALID_REQUEST. */
export function parseJson(request: Request, text: string): unknown {
  const mediaType = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (text === "" && mediaType === undefined) throw invalid("", "is missing: send JSON");
  if (mediaType === undefined || !mediaTypes.has(mediaType)) {
    throw new Fault("UNSUPPORTED_MEDIA_TYPE", "Send the body as JSON, with `Content-Type: application/json`.");
  }
  if (depthOf(text) > depthMax) throw invalid("", `is nested more than ${depthMax} levels deep`);
  const value = parsed(text);
  refuseHostile(value, "");
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("", text === "" ? "is missing: send JSON" : "is not valid JSON");
  }
}

/** Depth of brackets outside strings: read from the text, as a deep value would overflow whatever walks it. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (inString && char === "\\") at += 1;
    else if (char === '"') inString = !inString;
    else if (!inString && (char === "{" || char === "[")) deepest = Math.max(deepest, (depth += 1));
    else if (!inString && (char === "}" || char === "]")) depth -= 1;
  }
  return deepest;
}

/** NUL ends a text in SQLite; `__proto__` is never a member of ours. */
function refuseHostile(value: unknown, pointer: string): void {
  if (typeof value === "string" && value.includes("\0")) throw invalid(pointer, "holds a NUL character");
  if (value === null || typeof value !== "object") return;
  for (const [name, inner] of Object.entries(value)) {
    if (name === "__proto__" || name.includes("\0")) throw invalid(pointer, "has a member with a forbidden name");
    refuseHostile(inner, pointer + bodyPointer([name]));
  }
}
