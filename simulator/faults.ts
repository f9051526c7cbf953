import type { Account, FaultState } from "./accounts.ts";
import { trouble } from "./answers.ts";
import type { Call } from "./calls.ts";

/** 0 … 1, the same for the same seed and number of the call. */
function chance(seed: number, call: number): number {
  let mixed = Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(call + 1, 0xc2b2_ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b_3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a_2d39);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296;
}

type Asked = Pick<Call, "service" | "action" | "region">;

function strikes(state: FaultState, call: Asked): boolean {
  const { service, action, region, afterCalls = 0, times = Infinity, probability = 1, seed = 1 } = state.fault;
  const meant =
    service === call.service && (action ?? call.action) === call.action && (region ?? call.region) === call.region;
  if (!meant) return false;
  state.seen += 1;
  if (state.seen <= afterCalls || state.struck >= times || chance(seed, state.seen) >= probability) return false;
  state.struck += 1;
  return true;
}

/** What a call must bear besides its answer. */
export interface Burden {
  readonly repeatToken: boolean;
  readonly brokenPage: boolean;
}

/** Applies the account's faults to a call, in their order. Throws the service's error for those that are one. */
export async function bear(account: Account, call: Asked): Promise<Burden> {
  const struck = account.faults.filter((state) => strikes(state, call)).map(({ fault }) => fault);
  for (const { kind, delayMs = 1000 } of struck) {
    if (kind === "delay") await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (kind === "throttle") throw trouble(call.service, "throttled", "Rate exceeded");
    if (kind === "deny")
      throw trouble(call.service, "denied", `You are not authorized to perform: ${call.service}:${call.action}`);
    if (kind === "expire")
      throw trouble(call.service, "expired", "The security token included in the request is expired");
    if (kind === "unavailable")
      throw trouble(call.service, "unavailable", "The service is unavailable. Please try again shortly.");
    if (kind === "error500") throw trouble(call.service, "broken", "An internal error has occurred");
  }
  const has = (kind: string) => struck.some((fault) => fault.kind === kind);
  return { repeatToken: has("repeatToken"), brokenPage: has("brokenPage") };
}

/** The answer as it comes when the connection breaks off in the middle. */
export async function broken(response: Response): Promise<Response> {
  const body = await response.text();
  return new Response(body.slice(0, Math.floor(body.length * 0.6)), {
    status: response.status,
    headers: response.headers,
  });
}
