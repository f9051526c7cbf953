export { drawKey, insertKeyIf, type ApiKey, type KeyGrant, type NewApiKey } from "./key.ts";
export { NewApiKeyBody, newApiKeyBody } from "./shapes.ts";
