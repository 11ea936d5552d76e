/** `max_concurrency` to `maxConcurrency`. */
export function toCamelCase(text: string): string {
  return text.replace(/(?<=[A-Za-z0-9])_([A-Za-z0-9])/g, (_, letter: string) =>
    letter.toUpperCase(),
  )
}
