export { scanScope } from "./filters.ts";
export { scanBody, ScanBody, scanExample } from "./shapes.ts";
