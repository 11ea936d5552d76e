import { BentoError } from '../errors.ts'
import { isDigest, type Digest } from './digest.ts'

/** Where an image or an artifact lies. */
export interface ImageReference {
  /** Host and port, as people write it: `docker.io`, `ghcr.io`, `localhost:5000`. */
  readonly registry: string
  /** As `library/node`. */
  readonly repository: string
  readonly tag?: string
  readonly digest?: Digest
}

const defaultRegistry = 'docker.io'
const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const repositoryPattern = new RegExp(`^${component}(?:/${component})*$`)
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/
const hostPattern =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/

/** Reads `[oci://][HOST[:PORT]/]NAME[:TAG][@DIGEST]` as Docker does: without a host it is Docker Hub's. */
export function parseReference(text: string): ImageReference {
  const [name = '', digest, ...more] = text.replace(/^oci:\/\//, '').split('@')
  if (more.length > 0) throw invalid(text, 'has more than one "@"')
  if (digest !== undefined && !isDigest(digest)) {
    throw invalid(text, `has the digest "${digest}", which is not "sha256:" and 64 hex digits`)
  }
  const { host, path } = splitHost(name)
  const [, short = '', tag] = /^([^:]*)(?::(.*))?$/s.exec(path) ?? []
  checkParts(text, { host, repository: short, tag })
  return {
    registry: host,
    repository: isOfficial(host, short) ? `library/${short}` : short,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  }
}

function isOfficial(host: string, repository: string): boolean {
  return host === defaultRegistry && !repository.includes('/')
}

// A first part without a dot or a port is part of the name, unless it is localhost.
function splitHost(name: string): { host: string; path: string } {
  const slash = name.indexOf('/')
  const first = slash === -1 ? '' : name.slice(0, slash)
  if (!/[.:]/.test(first) && first !== 'localhost') return { host: defaultRegistry, path: name }
  const host = first === 'index.docker.io' ? defaultRegistry : first
  return { host, path: name.slice(slash + 1) }
}

function checkParts(
  text: string,
  { host, repository, tag }: { host: string; repository: string; tag: string | undefined },
): void {
  if (!hostPattern.test(host)) throw invalid(text, `has the host "${host}"`)
  if (repository.length > 255 || !repositoryPattern.test(repository)) {
    throw invalid(
      text,
      'must be lower-case letters and digits, apart from single ".", "_", "__", "-" and "/"',
    )
  }
  if (tag !== undefined && !tagPattern.test(tag)) {
    throw invalid(
      text,
      `has the tag "${tag}", which must be up to 128 letters, digits, "_", "." or "-"`,
    )
  }
}

function invalid(text: string, problem: string): BentoError {
  return new BentoError('IMAGE_NAME_INVALID', `Image name "${text}" ${problem}`, {
    hint: 'Write it as NAME:TAG or HOST/NAME:TAG.',
  })
}

/** The name as people write it; Docker Hub and its `library/` are left out. */
export function renderReference({ registry, repository, tag, digest }: ImageReference): string {
  const name =
    registry === defaultRegistry
      ? repository.replace(/^library\//, '')
      : `${registry}/${repository}`
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
}

/** What a manifest is asked for by: the digest when there is one, else the tag. */
export function versionOfReference({ tag, digest }: ImageReference): string {
  return digest ?? tag ?? 'latest'
}

/** The host that serves the registry's API. */
export function apiHost(registry: string): string {
  return registry === defaultRegistry ? 'registry-1.docker.io' : registry
}
