export { checkHealth } from "./health.ts";
