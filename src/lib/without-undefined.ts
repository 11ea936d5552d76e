/** The same object without the keys whose value is undefined, as a spread over defaults needs it. */
export function withoutUndefined<T extends object>(
  value: T,
): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because every entry comes from `value`
  return Object.fromEntries(entries) as { [Key in keyof T]?: Exclude<T[Key], undefined> }
}
