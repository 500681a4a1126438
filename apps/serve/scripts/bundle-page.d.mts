export const served: Readonly<Record<string, string>>;
export const documentScript: string;
