/** An error as one sentence for a page. */
export function sentence(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error))
    .split("\n")[0]!
    .replace(/[\s:]+$/, "");
  const words = text === "" ? "Something failed without saying what." : text;
  // The name of a file stays as it is.
  const capital = /^[a-z]+[ ,]/.test(words) ? words.charAt(0).toUpperCase() + words.slice(1) : words;
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
