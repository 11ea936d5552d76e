import { BentoError, messageOf } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'
import { ShapeError } from '../lib/shape.ts'
import type { ShapeReader } from '../lib/shape.ts'

/** How one kind of manifest is read. */
export interface ManifestFormat<M> {
  /** The newest format that this bento knows. */
  readonly format: number
  readonly shape: ShapeReader<M>
  /** Thrown for a manifest that cannot be read. */
  readonly code: ErrorCode
  /** What to do about it, where that is not to store the version again. */
  readonly hint?: string
}

/** Parses a manifest; `file` is named in errors. */
export async function parseManifest<M>(
  text: string,
  file: string,
  kind: ManifestFormat<M>,
): Promise<M> {
  const document = await parseYaml(text, file, kind)
  refuseNewer(document, file, kind)
  try {
    return kind.shape(document, '')
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    throw broken(kind, `"${file}" is broken at ${error.message}`, error)
  }
}

/** Plain data to YAML whose bytes depend on nothing but the data and the order of its keys. */
export async function renderYaml(data: unknown): Promise<string> {
  // The default export: inside a bundle, that is all that a dynamic import of a CommonJS package has.
  const { default: yaml } = await import('yaml')
  return yaml.stringify(data, { schema: 'core', lineWidth: 0, aliasDuplicateObjects: false })
}

async function parseYaml(
  text: string,
  file: string,
  kind: ManifestFormat<unknown>,
): Promise<unknown> {
  const { default: yaml } = await import('yaml')
  try {
    // bento writes no aliases, and a few nested ones can stand for gigabytes.
    return yaml.parse(text, { schema: 'core', maxAliasCount: 0, logLevel: 'error' })
  } catch (error) {
    const [reason = ''] = messageOf(error).split('\n')
    throw broken(kind, `"${file}" is not YAML: ${reason}`, error)
  }
}

function refuseNewer(document: unknown, file: string, kind: ManifestFormat<unknown>): void {
  if (typeof document !== 'object' || document === null || !('format' in document)) return
  const { format } = document
  if (typeof format !== 'number' || format <= kind.format) return
  throw new BentoError(
    kind.code,
    `"${file}" has format ${format}, and this bento reads up to ${kind.format}`,
    { hint: 'Install a newer bentojs.' },
  )
}

function broken(
  { code, hint = 'Delete this version, then import or build it again.' }: ManifestFormat<unknown>,
  message: string,
  cause: unknown,
): BentoError {
  return new BentoError(code, message, { hint, cause })
}
