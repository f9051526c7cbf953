export { scanBody, ScanBody, scanExample } from "./shapes.ts";
