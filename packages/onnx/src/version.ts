/** That of package.json, which a browser does not read; a test holds them together. */
export const version = "0.0.0";
