export declare const page: URL;
export declare const figures: URL;
export declare function withMeasured(text: string, measured: unknown): string;
