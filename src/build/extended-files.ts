import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'

/**
 * The files that tsconfig.json files extend, near and far, and the places where one would be found before them. Undefined
 * where it cannot be told what somebody extends.
 */
export async function extendedFiles(configs: readonly string[]): Promise<string[] | undefined> {
  const found = new Set<string>()
  const queue = [...configs]
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    const text = await readFile(file, 'utf8').catch(() => '')
    for (const name of extendedIn(text)) {
      const places = placesOf(name, dirname(file))
      const there = await existing(places)
      if (there.length === 0) return undefined
      queue.push(...there.filter((place) => !found.has(place)))
      for (const place of places) found.add(place)
    }
  }
  return [...found]
}

/** Read without a parser of JSON with comments: one name too many only costs a look. */
function extendedIn(text: string): string[] {
  const [, value = ''] = /"extends"\s*:\s*("[^"]*"|\[[^\]]*\])/.exec(text) ?? []
  return [...value.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name)
}

function placesOf(name: string, folder: string): string[] {
  const isPath = name.startsWith('.') || isAbsolute(name)
  const bases = isPath ? [resolve(folder, name)] : packagesAbove(folder, name)
  return bases.flatMap((base) => [base, `${base}.json`, join(base, 'tsconfig.json')])
}

function packagesAbove(folder: string, name: string): string[] {
  const own = join(folder, 'node_modules', name)
  return dirname(folder) === folder ? [own] : [own, ...packagesAbove(dirname(folder), name)]
}

async function existing(places: readonly string[]): Promise<string[]> {
  const texts = places.map((place) =>
    readFile(place).then(
      () => [place],
      () => [],
    ),
  )
  return (await Promise.all(texts)).flat()
}
