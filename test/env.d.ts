declare namespace Cloudflare {
  interface Env extends Readonly<import("../src/env.ts").Env> {
    readonly SIMULATION: { readonly seeds: number; readonly first: number; readonly stride: number };
    readonly TEST_MIGRATIONS: import("cloudflare:test").D1Migration[];
  }
  interface GlobalProps {
    mainModule: typeof import("../src/worker.ts");
  }
}

interface ImportMeta {
  /** Vite: the modules whose paths match. */
  glob<Module>(pattern: string, options: { readonly eager: true }): Readonly<Record<string, Module>>;
}
