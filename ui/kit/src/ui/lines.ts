/** What stands in a text, one a line or with commas between: without blanks and without what is there twice. */
export function lines(text: string): string[] {
  return [
    ...new Set(
      text
        .split(/[\n,]/)
        .map((line) => line.trim())
        .filter(Boolean),
    ),
  ];
}
