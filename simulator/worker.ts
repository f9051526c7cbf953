import { createSimulator } from "./simulator.ts";

const simulator = createSimulator();

export default { fetch: (request: Request): Promise<Response> => simulator.fetch(request) };
