// Its package has types that its `exports` do not lead to.
declare module "@resvg/resvg-wasm" {
  export function initWasm(module: Uint8Array): Promise<void>;
  export class Resvg {
    constructor(
      svg: string,
      options: {
        background?: string;
        fitTo?: { mode: "zoom"; value: number };
        font?: { fontBuffers: Uint8Array[]; defaultFontFamily?: string };
      },
    );
    render(): { asPng(): Uint8Array; free(): void };
    free(): void;
  }
}
