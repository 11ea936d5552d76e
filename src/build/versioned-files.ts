import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { digestFile } from '../lib/files.ts'
import { byCodeUnit } from '../lib/order.ts'
import { renderOpenapi } from '../service/openapi.ts'
import { digestFiles, readFiles, versionOf, type StoredFile } from '../store/digest.ts'
import { bentoFile, modelFile, renderBentoManifest } from '../store/manifest-files.ts'
import type { BentoManifest } from '../store/manifest.ts'
import { parseVersion } from '../store/tag.ts'
import type { WantedModel } from './find-models.ts'
import type { NativeFiles } from './native-packages.ts'
import { packedPath } from './pack-models.ts'
import type { Prepared } from './prepare.ts'
import { provenanceName, renderProvenance } from './provenance.ts'
import { renderSbom, sbomName } from './sbom.ts'
import { toJson, writeText } from './write-text.ts'

export interface VersionedInput {
  /** The version that somebody chose; absent: made from the content. */
  readonly wanted: string | undefined
  readonly unversioned: Omit<BentoManifest, 'version'>
  readonly prepared: Prepared
  readonly natives: NativeFiles
}

/** Writes the files that say which version the bento has; all others but the models are there. */
export async function writeVersioned(path: string, input: VersionedInput): Promise<BentoManifest> {
  const others = [...(await readFiles(path)), ...(await modelFiles(input.prepared.models))]
  const filesOf = (texts: Texts): StoredFile[] =>
    [...others, ...texts.map(toStored)].toSorted((a, b) => byCodeUnit(a.path, b.path))
  // The version is in the files that it is made from: there it is empty while it is made.
  const version = input.wanted ?? versionOf(digestFiles(filesOf(await render(input, ''))))
  const bento = { ...input.unversioned, version: parseVersion(version) }
  const texts = await render(input, bento.version)
  const provenance = renderProvenance({
    bento,
    files: filesOf(texts),
    installed: input.natives.placed,
  })
  for (const [file, text] of [...texts, [provenanceName, toJson(provenance)] as const]) {
    await writeText(path, file, text)
  }
  return bento
}

type Texts = readonly (readonly [path: string, text: string])[]

async function render(
  { unversioned, prepared, natives }: VersionedInput,
  version: string,
): Promise<Texts> {
  const bento = { ...unversioned, version }
  const { description, bundle, models } = prepared
  const parts = { bento, bundled: bundle.packages, installed: natives.placed, models }
  return [
    ['apis/openapi.json', toJson(renderOpenapi(description, { version }))],
    [bentoFile, await renderBentoManifest(bento)],
    [sbomName, toJson(renderSbom(parts))],
  ]
}

/** The files of the models that will be in the bento, without reading them: the store knows their digests. */
async function modelFiles(models: readonly WantedModel[]): Promise<StoredFile[]> {
  const byPath = new Map<string, StoredFile>()
  for (const { entry, source } of models) {
    const folder = packedPath(entry)
    const own = source === undefined ? entry.manifest.files : []
    const manifest = { path: modelFile, ...(await digestFile(join(entry.path, modelFile))) }
    for (const { path, sha256, size } of [...own, manifest]) {
      byPath.set(`${folder}/${path}`, { path: `${folder}/${path}`, sha256, size })
    }
  }
  return [...byPath.values()]
}

function toStored([path, text]: Texts[number]): StoredFile {
  const sha256 = createHash('sha256').update(text).digest('hex')
  return { path, sha256, size: Buffer.byteLength(text) }
}
