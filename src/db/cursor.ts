import { z } from "zod";
import { decodeBase64Url, encodeBase64Url } from "#lib/base64";
import { Fault } from "#lib/fault";
import { hmac, type MasterKeys } from "#lib/secrets";
import type { PageKey } from "./page.ts";

/** The list a cursor is good for. */
export interface CursorList {
  readonly orgId: string;
  /** `GET /findings/{id}/history` with its path parameters. */
  readonly route: string;
  /** Canonical text of all filters. */
  readonly filters: string;
  readonly sort: string;
}

export interface CursorPosition {
  readonly key: PageKey;
  readonly backward: boolean;
}

const macBytes = 8;
const Payload = z.tuple([z.union([z.literal(0), z.literal(1)])], z.union([z.string(), z.number(), z.null()]));

/** A position as text: its values and a MAC that binds them to the list, so that it can be neither made up nor used elsewhere. */
export async function encodeCursor(
  keys: MasterKeys,
  list: CursorList,
  { key, backward }: CursorPosition,
): Promise<string> {
  const payload = JSON.stringify([backward ? 1 : 0, ...key]);
  const mac = await macOf(keys, keys.current, list, payload);
  return encodeBase64Url(new Uint8Array([...mac, ...new TextEncoder().encode(payload)]));
}

/** Faults: INVALID_CURSOR for whatever this deployment did not make for this list. */
export async function decodeCursor(keys: MasterKeys, list: CursorList, text: string): Promise<CursorPosition> {
  const bytes = bytesOf(text);
  const payload = new TextDecoder().decode(bytes.subarray(macBytes));
  const given = bytes.slice(0, macBytes);
  const macs = await Promise.all([...keys.versions.keys()].map((version) => macOf(keys, version, list, payload)));
  if (given.length !== macBytes || !macs.some((mac) => crypto.subtle.timingSafeEqual(mac, given))) throw invalid();
  const [backward, ...key] = Payload.parse(JSON.parse(payload));
  return { key, backward: backward === 1 };
}

const invalid = (): Fault =>
  new Fault("INVALID_CURSOR", "This cursor was made for another list, filter or order. Start again without it.", {
    errors: [{ in: "query", pointer: "cursor", message: "is not a cursor of this list" }],
  });

/** Only the one spelling that we write is accepted. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  try {
    const bytes = decodeBase64Url(text);
    if (encodeBase64Url(bytes) === text) return bytes;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalid();
}

async function macOf(
  keys: MasterKeys,
  version: string,
  list: CursorList,
  payload: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const subject = JSON.stringify([list.orgId, list.route, list.filters, list.sort, payload]);
  const mac = await hmac(keys, "cursor", subject, version);
  return new Uint8Array(mac.slice(0, macBytes));
}
