export { aboutChecks } from "./about.ts";
