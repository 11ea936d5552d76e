import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { BentoError, isBentoError } from '../errors.ts'
import type { ValueInfo } from '../lib/tensor.ts'
import type { Framework, ReadModel } from '../models/frameworks/framework.ts'
import { detectFramework } from '../models/frameworks/registry.ts'
import { importModel, requireFile } from '../models/save.ts'
import type { ModelEntry, ModelStore } from '../store/model-store.ts'
import { readForeignSource } from './bentoml/read-source.ts'
import { renderForeignService } from './bentoml/render-service.ts'
import { isBatchable, renderModelService, sampleOf } from './model-service.ts'
import { classNameOf, modelNameOf, packageNameOf, quote } from './names.ts'
import { renderPackageJson } from './package-json.ts'
import { renderTemplate, type ProjectFile, writeProject } from './project-files.ts'

/** What is different from one new project to the next. */
export interface Content {
  readonly className: string
  readonly service: string
  /** Lines of bentofile.yaml below those that every project has. */
  readonly bentofile?: string
  readonly test: AnswerTest | FileTest | MethodsTest
  readonly model?: ProjectModel
  /** What the service needs beside bentojs, zod and its model's runtime. */
  readonly packages?: readonly string[]
  readonly files: readonly ProjectFile[]
}

/** A test, and a README, of a method that answers. */
interface AnswerTest {
  readonly type: 'answer'
  /** The method that `sample` calls. */
  readonly route: string
  readonly sample: unknown
  /** What the test holds against the answer: a statement on `text`. */
  readonly expectation: string
}

/** A test, and a README, of a method that takes a file. */
interface FileTest {
  readonly type: 'file'
  readonly route: string
  readonly parameter: string
  /** Relative to the project. */
  readonly file: string
  readonly expectation: string
}

/** A test, and a README, of a service whose methods are left to fill. */
interface MethodsTest {
  readonly type: 'methods'
  readonly routes: readonly string[]
  readonly from: string
}

/** The model that a project carries, so that it is also there for a colleague and in CI. */
export interface ProjectModel {
  /** Relative to the project. */
  readonly file: string
  readonly name: string
  readonly runtime: string
  readonly isBatchable?: boolean
  /** Of one that is in the store already: its file is an archive, which says all else itself. */
  readonly tag?: string
}

/** Writes a project that serves, and whose test passes, once its packages are installed. */
export async function writeNewProject(folder: string, content: Content): Promise<string[]> {
  const { className, bentofile = '' } = content
  const name = packageNameOf(folder)
  const files: ProjectFile[] = [
    { path: 'service.ts', content: content.service },
    await renderPackageJson(name, content),
    ...(await renderTemplate('common', { class: className, bentofile })),
    ...(await renderTest(content.test, name)),
    ...content.files,
  ]
  await writeProject(folder, files)
  return files.map(({ path }) => path)
}

async function renderTest(test: Content['test'], name: string): Promise<ProjectFile[]> {
  if (test.type === 'methods') {
    const routes = test.routes.map(quote).join(', ')
    return renderTemplate('methods', { name, routes, from: test.from })
  }
  if (test.type === 'file') {
    const { type, ...values } = test
    return renderTemplate(type, { name, ...values })
  }
  const { route, expectation, sample } = test
  return [
    { path: 'sample.json', content: `${JSON.stringify(sample)}\n` },
    ...(await renderTemplate('answer', { name, route, expectation })),
  ]
}

/** Puts a new project's model into the store, as its own `npm run models` does. */
export function importProjectModel(
  folder: string,
  { file, name, isBatchable: batchable = false, tag }: ProjectModel,
  store: ModelStore,
): Promise<ModelEntry> {
  if (tag !== undefined) return store.require(tag)
  const signatures = { run: { batchable, batch_dim: 0 } }
  return importModel(store, { file: join(folder, file), name, signatures })
}

/** A service for a model's file, which comes along. */
export async function modelContent(given: string): Promise<Content> {
  const file = await requireFile(given, 'Give the file that the model was saved to.')
  const framework = await detectFramework(file)
  const { inputs, outputs, files, main, runtime } = await readModel(framework, file)
  const name = modelNameOf(file)
  if (inputs.length === 0) throw withoutInputs(file)
  const path = `models/${name}${extname(file)
    .toLowerCase()
    .replaceAll(/[^.a-z0-9]/g, '')}`
  const others = files.flatMap((one) =>
    'source' in one && one.target !== main
      ? [{ source: one.source, path: `models/${one.target}` }]
      : [],
  )
  return {
    className: classNameOf(name),
    service: renderModelService({ name, inputs, outputs }),
    test: {
      type: 'answer',
      route: 'predict',
      sample: sampleOf(inputs),
      expectation: expectationOf(outputs),
    },
    model: { file: path, name, runtime, isBatchable: isBatchable(inputs) },
    files: await Promise.all(
      [{ source: file, path }, ...others].map(async (one) => ({
        path: one.path,
        content: await readFile(one.source),
      })),
    ),
  }
}

async function readModel(framework: Framework, file: string): Promise<ReadModel> {
  try {
    return await framework.read(file)
  } catch (error) {
    // What only its own Python can read is read once, by the command that has the flags for it.
    if (!isBentoError(error) || error.code !== 'MODEL_UNTRUSTED') throw error
    const name = modelNameOf(file)
    throw new BentoError('MODEL_UNTRUSTED', error.message, {
      hint:
        `If you trust whoever made it, store it first: \`bento models import ${file} --name ${name} ` +
        `--framework ${framework.name} --trust\`, then \`bento init --model ${name}:latest\`.`,
      cause: error,
    })
  }
}

function withoutInputs(file: string): BentoError {
  return new BentoError('MODEL_UNSUPPORTED', `"${file}" has no inputs to make a service of`, {
    hint: 'Write the service by hand: `bento init` without --model.',
  })
}

/** What the test of a model's service holds against its answer. */
export function expectationOf(outputs: readonly ValueInfo[]): string {
  if (outputs.length === 1) return 'assert.ok(JSON.parse(text) !== null)'
  const names = outputs.map(({ name }) => quote(name)).join(', ')
  return `assert.deepEqual(Object.keys(JSON.parse(text)), [${names}])`
}

/** The service of a URL, a schema.json or a bento of BentoML: schemas that are equal, methods to fill. */
export async function foreignContent(from: string, path: string): Promise<Content> {
  const { service, bentofile } = await readForeignSource(from, path)
  return {
    className: classNameOf(service.name),
    service: renderForeignService(service),
    bentofile,
    test: { type: 'methods', routes: service.routes.map(({ route }) => route), from },
    files: [],
  }
}
