export { startDueSchedules } from "./start-due.ts";
