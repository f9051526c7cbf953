export { getCosts } from "./get.ts";
