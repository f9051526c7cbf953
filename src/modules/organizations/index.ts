export { getOrganization, type Organization } from "./get.ts";
export { patched } from "./merge.ts";
