export { tellOfExpirations, type ExpiringData } from "./tell.ts";
