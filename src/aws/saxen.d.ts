/** What is used of saxen, which brings no types. */
declare module "saxen" {
  export class Parser {
    on(event: "openTag", handler: (name: string, attributes: () => unknown) => void): this;
    on(event: "closeTag", handler: (name: string) => void): this;
    on(event: "text" | "cdata", handler: (value: string) => void): this;
    on(event: "warn" | "error", handler: (error: Error) => void): this;
    parse(xml: string): void;
  }
}
