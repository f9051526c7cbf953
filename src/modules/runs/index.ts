export { getRun } from "./get.ts";
export { SkippedBody, startedRunBody, StartedRunBody } from "./shapes.ts";
