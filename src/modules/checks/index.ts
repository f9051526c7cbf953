export { checkBody, CheckBody } from "./shapes.ts";
