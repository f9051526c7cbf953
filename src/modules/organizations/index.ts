export { getOrganization, type Organization } from "./get.ts";
