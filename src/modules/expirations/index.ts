export { tellOfExpirations } from "./tell.ts";
