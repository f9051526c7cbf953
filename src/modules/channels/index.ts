export { tellDigests } from "./digests.ts";
