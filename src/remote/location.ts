import { BentoError } from '../errors.ts'
import type { Remote, RemoteOptions } from './remote.ts'

type Open = (place: string, options: RemoteOptions) => Remote | Promise<Remote>

const schemes = new Map<string, () => Promise<Open>>([
  ['oci', () => import('./remotes/oci.ts').then((file) => file.openOci)],
  ['file', () => import('./remotes/file.ts').then((file) => file.openFolder)],
  ['s3', () => import('./remotes/s3.ts').then((file) => file.openS3)],
])

/** Where something is pushed to, or pulled from. */
export interface Location {
  readonly scheme: string
  /** The rest, without the version: `ghcr.io/acme/iris`, `/srv/bentos/iris`, `bucket/bentos/iris`. */
  readonly place: string
  readonly version: string | undefined
}

/** Whether a text is meant as the address of a remote rather than as a file. */
export function isRemote(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
}

/** Reads `oci://HOST/NAME[:VERSION]`, `file://FOLDER[:VERSION]` or `s3://BUCKET/PATH[:VERSION]`. */
export function parseLocation(text: string): Location {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.+)$/i.exec(text) ?? []
  if (!schemes.has(scheme)) throw invalid(text, 'does not begin with oci://, file:// or s3://')
  // A colon before the last slash is a port, or a drive.
  const [, place = '', version] = /^(.*?[^/:])(?::([^/:]*))?$/s.exec(rest) ?? []
  if (place === '') throw invalid(text, 'names no place')
  if (version !== undefined && !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(version)) {
    throw invalid(text, `has the version "${version}", which is none`)
  }
  return { scheme, place, version }
}

export async function openRemote(
  { scheme, place }: Location,
  options: RemoteOptions,
): Promise<Remote> {
  const open = await schemes.get(scheme)?.()
  if (open === undefined) throw new Error(`no remote is called ${scheme}`)
  return open(place, options)
}

function invalid(text: string, problem: string): BentoError {
  return new BentoError('USAGE', `"${text}" ${problem}`, {
    hint: 'Write it as oci://HOST/NAME:VERSION, file:///FOLDER/NAME:VERSION or s3://BUCKET/NAME:VERSION.',
  })
}
