import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadRuntime } from '../models/runtimes/registry.ts'
import type { Content, ProjectModel } from './new-project.ts'
import { packageFolder, type ProjectFile } from './project-files.ts'

type Versions = Readonly<Record<string, string>>

// A script of theirs downloads CUDA, compiles something optional or does nothing: npm runs none unless it is told to.
const withoutScripts = [
  'cpu-features',
  'esbuild',
  'onnxruntime-node',
  'protobufjs',
  'sharp',
  'ssh2',
]

/** A new project's package.json: the versions are those that this bento was tested with. */
export async function renderPackageJson(
  name: string,
  { model, packages = [] }: Pick<Content, 'model' | 'packages'>,
): Promise<ProjectFile> {
  const own = await readOwn()
  const runtime = model && (await loadRuntime(model.runtime))
  const needed = [...(runtime?.packages ?? []), ...packages]
  const versions: Versions = Object.fromEntries(
    needed.map((one) => [one, own.devDependencies[one] ?? '']),
  )
  const content = {
    name,
    private: true,
    type: 'module',
    scripts: { ...modelScripts(model), start: 'bento serve', test: testLine, build: 'bento build' },
    dependencies: {
      bentojs: `^${own.version}`,
      ...versions,
      zod: own.dependencies['zod'],
    },
    devDependencies: {
      '@types/node': own.devDependencies['@types/node'],
      typescript: own.devDependencies['typescript'],
    },
    allowScripts: Object.fromEntries(withoutScripts.map((one) => [one, false])),
  }
  return { path: 'package.json', content: `${JSON.stringify(content, null, 2)}\n` }
}

const testLine = 'node --test service.test.mjs'

/** How the model gets into a store again, on a colleague's machine and in CI. */
function modelScripts(model: ProjectModel | undefined): Readonly<Record<string, string>> {
  if (model === undefined) return {}
  const signature = model.isBatchable ? ' --signature run:batchable' : ''
  const said = model.tag === undefined ? ` --name ${model.name}${signature}` : ''
  return {
    models: `bento models import ${model.file}${said} -o tag`,
    prestart: 'npm run models',
    pretest: 'npm run models',
  }
}

interface OwnPackage {
  readonly version: string
  readonly dependencies: Versions
  readonly devDependencies: Versions
}

async function readOwn(): Promise<OwnPackage> {
  const text = await readFile(join(packageFolder, 'package.json'), 'utf8')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it is our own package.json
  return JSON.parse(text) as OwnPackage
}
