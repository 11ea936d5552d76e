import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildFlags, type BuildInput, buildBento } from '../../src/build/build.ts'
import { resolveTarget } from '../../src/build/target.ts'
import { importModel } from '../../src/models/save.ts'
import { type BentoEntry, openBentoStore } from '../../src/store/bento-store.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import { identityModel } from '../models/onnx-writer.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { createProject } from './project.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** A service with one model. */
export const echo = `import { api, models, service, tensor } from 'bentojs'
import type { Tensor } from 'bentojs'

const values = tensor({ dtype: 'float32', shape: [null, 2] })

@service({ labels: { team: 'ml', from: 'service' }, envs: [{ name: 'TOKEN' }, { name: 'LEVEL', value: '1' }] })
export class EchoModel {
  readonly model = models.get('echo:latest')

  @api({ input: values, output: values, batchable: true, maxBatchSize: 8 })
  async run(input: Tensor): Promise<Tensor> {
    const { y } = await this.model.run(input)
    if (!y) throw new Error('the model has no y')
    return y
  }
}
`

const bentofile = `service: service.ts:EchoModel
description: "Gives back what it gets"
labels: { from: bentofile, tier: 1 }
exclude: ["notes/"]
models: ["extra"]
envs: [{ name: LEVEL, value: 2 }]
`

/** A home with two models, and a project whose service uses one of them. */
export async function echoProject(): Promise<{ home: string; context: string }> {
  const home = await temporaryFolder()
  const file = join(home, 'echo.onnx')
  await writeFile(file, identityModel('float32', ['rows', 2]))
  const models = openModelStore(home)
  await importModel(models, { file, name: 'echo', version: 'v1' })
  await importModel(models, { file, name: 'extra', version: 'v2' })
  const context = await createProject({
    'service.ts': echo,
    'bentofile.yaml': bentofile,
    'notes/secret.md': '',
    '.env': 'TOKEN=x',
    'package.json': '{"type":"module"}',
    'package-lock.json': await readFile(join(repository, 'package-lock.json'), 'utf8'),
  })
  return { home, context }
}

export async function build(
  context: string,
  home: string,
  { cache, env, ...flags }: BuildFlags & Pick<BuildInput, 'cache' | 'env'> = { check: false },
): Promise<BentoEntry> {
  const findBento = (): Promise<undefined> => Promise.resolve(undefined)
  const project = await resolveTarget(undefined, { cwd: context, findBento })
  if (project.kind !== 'project') throw new Error('not a project')
  return buildBento({
    project,
    store: openBentoStore(home),
    models: openModelStore(home),
    flags,
    cache,
    ...(env !== undefined && { env }),
  })
}

export async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  return files.map((file) => file.slice(folder.length + 1)).toSorted()
}
