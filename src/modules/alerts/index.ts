export { ItemBody, itemBody, MessageBody, messageBody } from "./shapes.ts";
