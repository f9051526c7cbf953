export { replaceSettings } from "./change-settings.ts";
export { getOrganization, type Organization } from "./get.ts";
export { mergePatch, patched } from "./merge.ts";
