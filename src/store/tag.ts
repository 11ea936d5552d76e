import { BentoError } from '../errors.ts'

/** What a person writes to name a model or a bento: `name`, `name:latest`, `name:version`. */
export interface Tag {
  readonly name: string
  /** The version or the beginning of one; undefined means the latest. */
  readonly version: string | undefined
}

const part = /^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/

// Windows opens a device by these names in any folder and with any extension.
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/

/** Upper case becomes lower case, as in BentoML. Throws TAG_INVALID. */
export function parseTag(text: string): Tag {
  const colon = text.indexOf(':')
  if (colon === -1) return { name: parseName(text), version: undefined }
  const name = parseName(text.slice(0, colon), text)
  const version = text.slice(colon + 1).toLowerCase()
  if (version === 'latest') return { name, version: undefined }
  return { name, version: checkPart('version', version, text) }
}

/** The canonical spelling: `name:version`, or `name:latest`. */
export function formatTag(tag: Tag): string {
  return `${tag.name}:${tag.version ?? 'latest'}`
}

/** Throws TAG_INVALID unless `text` can name a model or a bento. */
export function parseName(text: string, shown: string = text): string {
  return checkPart('name', text.toLowerCase(), shown)
}

/** Throws TAG_INVALID unless `text` can be the whole version of something stored. */
export function parseVersion(text: string): string {
  const version = text.toLowerCase()
  if (version === 'latest') throw invalid(text, '"latest" is reserved for the newest version')
  return checkPart('version', version, text)
}

/** True when a folder of this name can be a version, so that stray files in a store are passed over. */
export function isVersion(text: string): boolean {
  return part.test(text) && text !== 'latest'
}

export function isName(text: string): boolean {
  return part.test(text) && !device.test(text)
}

function checkPart(what: 'name' | 'version', text: string, shown: string): string {
  if (text === '') throw invalid(shown, `its ${what} is empty`)
  if (text.length > 63) throw invalid(shown, `its ${what} is longer than 63 characters`)
  const stray = /[^a-z0-9._-]/u.exec(text)?.[0]
  if (stray !== undefined) throw invalid(shown, `its ${what} holds ${JSON.stringify(stray)}`)
  if (!part.test(text)) throw invalid(shown, `its ${what} begins or ends with a separator`)
  if (device.test(text)) throw invalid(shown, `its ${what} is the name of a device on Windows`)
  return text
}

function invalid(text: string, reason: string): BentoError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text
  return new BentoError('TAG_INVALID', `${JSON.stringify(shown)} is not a tag: ${reason}`, {
    hint: 'Write name:version with letters, digits, dots, dashes and underscores, as iris_classifier:v1.',
  })
}
