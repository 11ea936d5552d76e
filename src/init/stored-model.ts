import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { toNested } from '../lib/tensor-json.ts'
import { sliceRows } from '../lib/tensor-ops.ts'
import type { TensorMap } from '../lib/tensor.ts'
import { readSample } from '../models/runtimes/sample.ts'
import type { ModelEntry, ModelStore } from '../store/model-store.ts'
import { exportModel } from '../store/transfer.ts'
import { renderModelService, sampleOf } from './model-service.ts'
import { classNameOf } from './names.ts'
import { type Content, expectationOf } from './new-project.ts'

/** A service for a model of the store, which comes along as an archive: Python is not needed for it again. */
export async function storedModelContent(entry: ModelEntry, store: ModelStore): Promise<Content> {
  const { name, manifest, tag } = entry
  const file = `models/${name}.bentomodel`
  return {
    className: classNameOf(name),
    service: renderModelService(manifest),
    test: {
      type: 'answer',
      route: 'predict',
      sample: await firstRow(entry),
      expectation: expectationOf(manifest.outputs),
    },
    model: { file, name, runtime: manifest.runtime, tag },
    files: [{ path: file, content: await readArchive(tag, store) }],
  }
}

async function readArchive(tag: string, store: ModelStore): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'bento-init-'))
  try {
    return await readFile(await exportModel(store, tag, join(folder, 'model.bentomodel')))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A row of those that are stored with the model, where there is one that plain JSON can say. */
async function firstRow({ path, manifest }: ModelEntry): Promise<unknown> {
  const sample = await readSample(dirname(join(path, manifest.main)))
  const hasRows = manifest.inputs.every(({ shape }) => shape[0] === null)
  const rows = sample && hasRows ? rowsOf(sample.inputs) : []
  return rows.find((row) => !JSON.stringify(row).includes('null')) ?? sampleOf(manifest.inputs)
}

function rowsOf(inputs: TensorMap): unknown[] {
  const tensors = Object.entries(inputs)
  const count = Math.min(...tensors.map(([, { shape }]) => shape[0] ?? 0))
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(
      tensors.map(([name, tensor]) => [name, toNested(sliceRows(tensor, row, row + 1))]),
    ),
  )
}
