export { whoAmI, type Identity } from "./who-am-i.ts";
