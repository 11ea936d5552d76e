/** Maps a list with a bounded number at once, in the order of the list. */
export async function inBatches<T, R>(
  items: readonly T[],
  map: (item: T) => Promise<R>,
  atOnce = 32,
): Promise<R[]> {
  const results: R[] = []
  for (let index = 0; index < items.length; index += atOnce) {
    results.push(...(await Promise.all(items.slice(index, index + atOnce).map(map))))
  }
  return results
}
