import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '../lib/files.ts'
import type { ModelEntry } from '../store/model-store.ts'
import type { ProjectTarget } from './target.ts'

export interface ModelProjectOptions {
  readonly home: string
  /** Where the packages that a model's runtime needs are looked for, and the lock that pins them. */
  readonly cwd: string
}

/*
 * <home>/services/<name>/<version>/service.js    what serves the model alone; written again for each call, always the same
 */
export async function createModelProject(
  entry: ModelEntry,
  { home, cwd }: ModelProjectOptions,
): Promise<ProjectTarget> {
  const context = join(home, 'services', entry.name, entry.version)
  const module = join(context, 'service.js')
  await mkdir(context, { recursive: true })
  await writeAtomically(module, renderService(entry))
  return { kind: 'project', context, module, packages: cwd }
}

function renderService({ tag, manifest }: ModelEntry): string {
  const { inputs, outputs, signatures } = manifest
  const options = JSON.stringify({ tag, inputs, outputs, signatures }, null, 2)
  return [
    "import { modelService } from 'bentojs'",
    '',
    `// ${tag} as a service: an endpoint for each of its signatures.`,
    `export const ModelService = modelService(${options})`,
    '',
  ].join('\n')
}
