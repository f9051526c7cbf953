import { trouble } from "./answers.ts";
import { text, type Call } from "./calls.ts";

/** How an operation pages: the names of its parameters, how much it gives unasked and at most. */
export interface Paging {
  readonly token: string;
  readonly limit: string;
  readonly byDefault: number;
  readonly min: number;
  readonly max: number;
}

/** A page: the places from `from` up to `to`, and the token of the next one. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly next: string | undefined;
}

/** AWS says nothing about what is in a token; neither do we. */
const tokenOf = ({ service, action, region }: Call, from: number): string =>
  btoa(JSON.stringify([service, action, region, from])).replaceAll("=", "");

function fromToken(call: Call, token: string): number {
  try {
    const [service, action, region, from] = JSON.parse(atob(token)) as readonly unknown[];
    const own = service === call.service && action === call.action && region === call.region;
    if (own && typeof from === "number") return from;
  } catch {
    // Answered below.
  }
  throw trouble(call.service, "badToken", "The token in the request is not valid.");
}

/** Which part of a list is asked for. Throws the service's error for a token or size it would refuse. */
export function windowOf(call: Call, total: number, paging: Paging): Window {
  const asked = text(call, paging.limit);
  const size = asked === undefined ? paging.byDefault : Number(asked);
  if (!Number.isInteger(size) || size < paging.min || size > paging.max) {
    throw trouble(call.service, "badParameter", `${paging.limit} must be between ${paging.min} and ${paging.max}.`);
  }
  const token = text(call, paging.token);
  const from = token === undefined || token === "" ? 0 : fromToken(call, token);
  const to = Math.min(total, from + size);
  const next = call.repeatToken ? tokenOf(call, from) : to < total ? tokenOf(call, to) : undefined;
  return { from, to, next };
}
