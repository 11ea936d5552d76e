import { join } from 'node:path'
import { byCodeUnit } from '../lib/order.ts'
import { digestFiles, digestText, versionOf } from '../store/digest.ts'
import type { ModelManifest, Signature } from '../store/manifest.ts'
import type { ModelEntry, ModelStore } from '../store/model-store.ts'
import { parseVersion } from '../store/tag.ts'
import { keepSample } from './fidelity/keep-sample.ts'
import { defaultTolerance, verify } from './fidelity/verify.ts'
import type { ReadModel } from './frameworks/framework.ts'
import { checkSignatures } from './signatures.ts'
import { storeFiles } from './store-files.ts'

/** What is said of a model when it is stored. */
export interface Described {
  readonly name: string
  readonly framework: string
  /** Default: made from the content, so that the same model always gets the same version. */
  readonly version?: string | undefined
  /** Default: `run`, not batchable. */
  readonly signatures?: Readonly<Record<string, Signature>> | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly metadata?: ModelManifest['metadata'] | undefined
  /** How far from the original its predictions may be. */
  readonly tolerance?: number | undefined
  /** Where the packages of its runtime are. */
  readonly packageRoots: readonly string[]
}

type Content = Omit<ModelManifest, 'format' | 'name' | 'version'>

/** Stores what a framework read, once it has answered the rows of its check as the original does. */
export async function storeModel(
  store: ModelStore,
  model: ReadModel,
  { name, version, tolerance = defaultTolerance, packageRoots, ...said }: Described,
): Promise<ModelEntry> {
  const signatures = said.signatures ?? { run: { batchable: false, batch_dim: 0 } }
  checkSignatures(signatures, model.inputs)
  const staging = await store.stage()
  try {
    const kept = keepSample(model.check, model.inputs)
    const files = await storeFiles([...model.files, ...kept], staging.path)
    const file = join(staging.path, model.main)
    const { runtime, main, inputs, outputs, context } = model
    const content: Content = {
      framework: said.framework,
      runtime,
      main,
      files,
      inputs,
      outputs,
      signatures,
      labels: said.labels ?? {},
      metadata: said.metadata ?? {},
      context,
      fidelity:
        model.check && (await verify(model.check, { runtime, file, tolerance, packageRoots })),
    }
    const tag = { name, version: parseVersion(version ?? defaultVersion(content)) }
    return await store.commit(staging, { format: 1, ...tag, ...content })
  } finally {
    await staging.discard()
  }
}

/** What was read out of the files is left out: it follows from them, and a later bento may read more. */
function defaultVersion({ files, fidelity, ...content }: Content): string {
  const { framework, runtime, main, signatures, labels, metadata } = content
  const words = [framework, runtime, main, signatures, labels, metadata].map(sortedJson)
  const compared = fidelity === undefined ? [] : [JSON.stringify(fidelity)]
  return versionOf(digestText([digestFiles(files), ...words, ...compared].join('\n')))
}

function sortedJson(data: string | Readonly<Record<string, unknown>>): string {
  if (typeof data === 'string') return JSON.stringify(data)
  const entries = Object.entries(data).toSorted(([a], [b]) => byCodeUnit(a, b))
  return JSON.stringify(entries)
}
