import type { Samples } from "../../support/samples.ts";

export const samples: Samples = { createTicket: {}, streamEvents: {} };
