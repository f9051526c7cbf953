export { getRun } from "./get.ts";
export { startedRunBody, StartedRunBody } from "./shapes.ts";
