import type { ASTNode, EnvironmentOptions } from "@marcbachmann/cel-js";

export class Environment {
  constructor(options?: EnvironmentOptions);
  parse(source: string): { readonly ast: ASTNode };
}
