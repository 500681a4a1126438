export interface Abi {
  readonly constants: readonly { name: string; value: number }[];
  readonly tables: readonly { name: string; rows: readonly string[] }[];
  readonly structs: readonly {
    name: string;
    size: number;
    fields: readonly { name: string; at: number; stored: string }[];
  }[];
  readonly functions: readonly { name: string; parameters: readonly { name: string }[] }[];
}
export function readAbi(files: Record<string, string>): Abi;
export function assertions(abi: Abi, path: string): string;
export function typescriptOf(abi: Abi): string;
