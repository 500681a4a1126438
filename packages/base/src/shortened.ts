/** A name for a line of text: control characters and line breaks become spaces. A long name loses its middle,
 *  because what tells names apart is often at their ends. */
export function shortened(name: string, most = 40): string {
  const line = [...name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")];
  if (line.length <= most) return line.join("");
  const half = Math.floor((most - 1) / 2);
  return `${line.slice(0, half).join("")}…${line.slice(-half).join("")}`;
}
