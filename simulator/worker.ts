import { DEMO_ACCOUNT_ID } from "./demo.ts";
import { createSimulator } from "./simulator.ts";

const simulator = createSimulator();
const dayMs = 24 * 3_600_000;

/** Shown to people, the account is as old as on the day it was recorded, whatever the day. */
let dated: Promise<Response> | null = null;

function laidRelativeToToday(): Promise<Response> {
  const today = new Date(Math.floor(Date.now() / dayMs) * dayMs).toISOString();
  const address = `https://simulator.internal/accounts/${DEMO_ACCOUNT_ID}`;
  return simulator.fetch(new Request(address, { method: "PUT", body: JSON.stringify({ epoch: today }) }));
}

export default {
  async fetch(request: Request): Promise<Response> {
    dated ??= laidRelativeToToday();
    await dated;
    return simulator.fetch(request);
  },
};
