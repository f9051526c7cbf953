export { replaceSettings } from "./change-settings.ts";
export { getOrganization, type Organization } from "./get.ts";
