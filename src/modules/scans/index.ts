export { getScan } from "./get.ts";
export { scanBody, ScanBody } from "./shapes.ts";
