import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { BentoEntry } from '../store/bento-store.ts'

/** What a bento says of itself, for whoever has only its image. */
export interface BentoDocument {
  readonly title: string
  /** As registries call it. */
  readonly artifactType: string
  readonly bytes: Buffer
}

const documents = [
  ['bento.yaml', 'application/vnd.bento.manifest+yaml'],
  ['apis/openapi.json', 'application/vnd.oai.openapi+json'],
  ['sbom.cdx.json', 'application/vnd.cyclonedx+json'],
  ['provenance.json', 'application/vnd.in-toto+json'],
] as const

/** Those that the bento has: one of before has fewer. */
export async function readDocuments({ path }: BentoEntry): Promise<BentoDocument[]> {
  const found = documents.map(async ([file, artifactType]) => {
    const bytes = await readFile(join(path, file)).catch(() => undefined)
    return bytes === undefined ? [] : [{ title: basename(file), artifactType, bytes }]
  })
  return (await Promise.all(found)).flat()
}

// Engines take labels as a part of an address, and show all of them to whoever looks at an image.
const labelLimit = 64 << 10

/** The documents as labels, as far as they are short enough; the referrers of an image have them whole. */
export async function documentLabels(bento: BentoEntry): Promise<Record<string, string>> {
  const labels: [string, string][] = [['bento.manifest', JSON.stringify(bento.manifest)]]
  for (const { title, bytes } of await readDocuments(bento)) {
    const name = labelNames.get(title)
    if (name !== undefined) labels.push([name, JSON.stringify(JSON.parse(bytes.toString()))])
  }
  return Object.fromEntries(labels.filter(([, text]) => Buffer.byteLength(text) <= labelLimit))
}

const labelNames = new Map([
  ['openapi.json', 'bento.openapi'],
  ['sbom.cdx.json', 'bento.sbom'],
])
