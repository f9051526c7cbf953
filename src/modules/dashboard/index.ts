export { rollUpOrganizations } from "./roll-up.ts";
