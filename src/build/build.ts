import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { listFiles } from '../lib/files.ts'
import { renderPlatform, type Platform } from '../lib/platform.ts'
import { withoutUndefined } from '../lib/without-undefined.ts'
import { renderSchema } from '../service/schema.ts'
import type { BentoEntry, BentoStore } from '../store/bento-store.ts'
import type { BentoManifest } from '../store/manifest.ts'
import type { ModelStore } from '../store/model-store.ts'
import { parseName, parseVersion } from '../store/tag.ts'
import { applyLock, readLock, type LockMode } from './apply-lock.ts'
import { writeBentoLock } from './bento-lock.ts'
import { bundleFetcher } from './bundle-fetcher.ts'
import { writeImageFiles } from './image-files.ts'
import { nativePackages } from './native-of.ts'
import { describeModel, packedPath, packModels } from './pack-models.ts'
import { prepare, renderManifest } from './prepare.ts'
import { renderReadme } from './readme.ts'
import { copySources } from './sources.ts'
import type { ProjectTarget } from './target.ts'
import { checkTypes } from './type-check.ts'
import { writeVersioned } from './versioned-files.ts'
import { toJson, writeText } from './write-text.ts'

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
  /** Where what is made is kept for the next build; absent: nowhere. */
  readonly cache?: string | undefined
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
  checkTag(input)
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
  checkTag(input)
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
  const wanted = flags.version ?? project.bentofile?.bentofile.version
  const isChecked = flags.check ?? true
  if (isChecked) report('checking types')
  const [types, filled] = await Promise.allSettled([
    isChecked ? checkTypes(project.context, input.cache) : undefined,
    fill(path, { ...input, wanted, report }),
  ])
  // What TypeScript says of a wrong line is clearer than what came of it.
  if (types.status === 'rejected') throw types.reason
  if (filled.status === 'rejected') throw filled.reason
  if (types.value !== undefined) report(types.value.note)
  return filled.value
}

/** Before anything is done: what somebody chose of the tag. */
function checkTag({ flags, project }: BuildInput): void {
  const { bentofile } = project.bentofile ?? {}
  const name = flags.name ?? bentofile?.name
  const version = flags.version ?? bentofile?.version
  if (name !== undefined) parseName(name)
  if (version !== undefined) parseVersion(version)
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
  const manifest = await writeVersioned(path, { ...input, prepared, natives, unversioned })
  await packModels(prepared.models, path)
  return manifest
}
