export { startedRunBody, StartedRunBody } from "./shapes.ts";
