import { newId } from "#lib/id";

const acceptable = /^[A-Za-z0-9._-]{1,64}$/;

/** The caller's `X-Request-ID` when it is one, else a new one. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get("x-request-id");
  return given !== null && acceptable.test(given) ? given : newId();
}
