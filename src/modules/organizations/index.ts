export { replaceSettings, type SettingsChange } from "./change-settings.ts";
export { getOrganization, type Organization } from "./get.ts";
export { mergePatch } from "./merge.ts";
