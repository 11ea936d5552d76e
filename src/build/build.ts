import { createHash } from 'node:crypto'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { digestFile, listFiles } from '../lib/files.ts'
import { renderPlatform, type Platform } from '../lib/platform.ts'
import { withoutUndefined } from '../lib/without-undefined.ts'
import { renderOpenapi } from '../service/openapi.ts'
import { renderSchema } from '../service/schema.ts'
import type { BentoEntry, BentoStore } from '../store/bento-store.ts'
import { digestFiles, readFiles, versionOf } from '../store/digest.ts'
import { modelFile, renderBentoManifest } from '../store/manifest-files.ts'
import type { BentoManifest } from '../store/manifest.ts'
import type { ModelStore } from '../store/model-store.ts'
import { parseVersion } from '../store/tag.ts'
import { applyLock, readLock, type LockMode } from './apply-lock.ts'
import { writeBentoLock } from './bento-lock.ts'
import { bundleFetcher } from './bundle-fetcher.ts'
import type { WantedModel } from './find-models.ts'
import { writeImageFiles } from './image-files.ts'
import { nativePackages } from './native-of.ts'
import { describeModel, packedPath, packModels } from './pack-models.ts'
import { prepare, renderManifest } from './prepare.ts'
import { renderReadme } from './readme.ts'
import { copySources } from './sources.ts'
import type { ProjectTarget } from './target.ts'
import { checkTypes } from './type-check.ts'

export interface BuildInput {
  readonly project: ProjectTarget
  readonly store: BentoStore
  readonly models: ModelStore
  readonly flags: BuildFlags
  /** Says what goes on, a line at a time. */
  readonly report?: (line: string) => void
  /** Environment of the process that imports the service; absent: this one's. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Absent: nobody is asked. */
  readonly sources?: BuildSources
}

export interface BuildFlags {
  readonly name?: string
  readonly version?: string
  readonly labels?: Readonly<Record<string, string>>
  /** False: types are not checked. */
  readonly check?: boolean
  /** Packages for other platforms are left out, and images are for this one. */
  readonly platform?: Platform
  /** Arguments of the service, over those of the bentofile. */
  readonly args?: Readonly<Record<string, string>>
  /** What bento.lock is for. */
  readonly lock?: LockMode
}

/** What a build may ask of others. */
export interface BuildSources {
  /** Brings a model from a remote into the store. */
  readonly pullModel: (url: string) => Promise<unknown>
  /** What an image's name stands for in its registry. */
  readonly findImageDigest: (name: string) => Promise<string>
}

/** Source to bento. Everything happens in a staging folder, so a failed build leaves nothing in the store. */
export async function buildBento(input: BuildInput): Promise<BentoEntry> {
  const { store, report = () => undefined } = input
  const staging = await store.stage()
  try {
    const manifest = await fillChecked(staging.path, input)
    report('storing')
    const entry = await store.commit(staging, manifest)
    const { flags, project } = input
    if (flags.lock === 'write') await writeBentoLock(project.context, manifest)
    return entry
  } finally {
    await staging.discard()
  }
}

export interface BuildPlan {
  /** The tag that a build would give. */
  readonly tag: string
  /** What would be packed, sorted by path. */
  readonly files: readonly { readonly path: string; readonly size: number }[]
  /** In bytes. */
  readonly size: number
}

/** Builds and stores nothing: what would be packed. */
export async function planBento(input: BuildInput): Promise<BuildPlan> {
  const staging = await input.store.stage()
  try {
    const { name, version } = await fillChecked(staging.path, input)
    const paths = await listFiles(staging.path)
    const files = await Promise.all(
      paths.map(async (path) => ({ path, size: (await stat(join(staging.path, path))).size })),
    )
    return {
      tag: `${name}:${version}`,
      files,
      size: files.reduce((sum, file) => sum + file.size, 0),
    }
  } finally {
    await staging.discard()
  }
}

/** Types are checked while the rest goes on: each takes about as long as the other. */
async function fillChecked(path: string, input: BuildInput): Promise<BentoManifest> {
  const { project, flags, report = () => undefined } = input
  const wanted = wantedVersion(input)
  const isChecked = flags.check ?? true
  if (isChecked) report('checking types')
  const [types, filled] = await Promise.allSettled([
    isChecked ? checkTypes(project.context) : undefined,
    fill(path, { ...input, wanted, report }),
  ])
  // What TypeScript says of a wrong line is clearer than what came of it.
  if (types.status === 'rejected') throw types.reason
  if (filled.status === 'rejected') throw filled.reason
  if (types.value !== undefined) report(types.value.note)
  return filled.value
}

function wantedVersion({ flags, project }: BuildInput): string | undefined {
  const wanted = flags.version ?? project.bentofile?.bentofile.version
  if (wanted !== undefined) parseVersion(wanted)
  return wanted
}

interface Filling extends BuildInput {
  /** The version that somebody chose. */
  readonly wanted: string | undefined
  readonly report: (line: string) => void
}

const allSources = { include: ['**/*'], exclude: [] }

/** Each step writes its part of the bento; the version comes last, from all of them. */
async function fill(path: string, input: Filling): Promise<BentoManifest> {
  const { project, flags, report } = input
  const { platform, lock: mode } = flags
  const lock = await readLock(project.context, mode)
  const prepared = await prepare({
    ...input,
    ...input.sources,
    ...withoutUndefined({ args: flags.args, frozen: mode === 'frozen' ? lock : undefined }),
    path,
    sourceRoot: join(path, 'src'),
  })
  const rendered = await renderManifest({
    project,
    prepared,
    models: prepared.models.map((model) => describeModel(model, packedPath(model.entry))),
    ...withoutUndefined({
      name: flags.name,
      labels: flags.labels,
      platform: platform && renderPlatform(platform),
    }),
  })
  const unversioned = await applyLock(rendered, lock, { ...input.sources, mode, report })
  report('packing')
  const patterns = project.bentofile?.bentofile ?? allSources
  await copySources(project.context, join(path, 'src'), { patterns, report })
  await writeImageFiles(path, project, unversioned)
  const isWhole = prepared.models.every(({ source }) => source === undefined)
  if (!isWhole) await bundleFetcher(join(path, 'dist'))
  const natives = await nativePackages({ project, prepared, name: unversioned.name, platform })
  for (const [file, text] of Object.entries(natives.files)) await writeText(path, file, text)
  if (natives.pinned.length > 0) report(`native packages: ${natives.pinned.join(', ')}`)
  await writeText(path, 'README.md', await renderReadme(project, unversioned))
  await writeText(path, 'apis/schema.json', toJson(renderSchema(prepared.description)))
  const version = input.wanted ?? (await digestVersion(path, unversioned, prepared.models))
  const openapi = renderOpenapi(prepared.description, { version })
  await writeText(path, 'apis/openapi.json', toJson(openapi))
  await packModels(prepared.models, path)
  return { ...unversioned, version }
}

/**
 * Version from the content: every file, the manifest but for its version, and the models by their digests. The
 * OpenAPI document is left out: it says the version, and otherwise nothing that the other files do not.
 */
async function digestVersion(
  path: string,
  unversioned: Omit<BentoManifest, 'version'>,
  models: readonly WantedModel[],
): Promise<string> {
  const manifest = await renderBentoManifest({ ...unversioned, version: '' })
  const sha256 = createHash('sha256').update(manifest).digest('hex')
  const files = [...(await readFiles(path)), { path: 'bento.yaml', sha256, size: manifest.length }]
  for (const { entry } of models) {
    const digest = await digestFile(join(entry.path, modelFile))
    files.push({ path: `${packedPath(entry)}/${modelFile}`, ...digest })
  }
  return versionOf(digestFiles(files))
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

async function writeText(folder: string, name: string, text: string): Promise<void> {
  const file = join(folder, name)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text, { mode: 0o644 })
}
