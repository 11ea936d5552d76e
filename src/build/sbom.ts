import { createHash } from 'node:crypto'
import type { BentoManifest } from '../store/manifest.ts'
import type { BundledPackage } from './bundled-packages.ts'
import type { WantedModel } from './find-models.ts'
import type { LockEntry } from './lockfile.ts'
import type { PlacedPackages } from './native-packages.ts'

export const sbomName = 'sbom.cdx.json'

export interface SbomInput {
  readonly bento: BentoManifest
  /** In the bundle. */
  readonly bundled: readonly BundledPackage[]
  /** What `npm ci` installs beside it. */
  readonly installed: PlacedPackages
  readonly models: readonly WantedModel[]
}

interface Component {
  readonly type: string
  readonly 'bom-ref': string
  readonly name: string
  readonly [key: string]: unknown
}

/** What a bento is made of, in CycloneDX 1.6. No time is in it: the same bento has the same list. */
export function renderSbom({ bento, bundled, installed, models }: SbomInput): object {
  const root = {
    type: 'application',
    'bom-ref': 'bento',
    name: bento.name,
    version: bento.version,
    ...(bento.description !== '' && { description: bento.description }),
  }
  const components = unique([
    npmComponent({ name: 'bentojs', version: bento.bento_version }),
    ...bundled.map(npmComponent),
    ...[...installed].map(([place, { entry }]) => installedComponent(place, entry)),
    ...models.map(modelComponent),
  ])
  const refs = components.map((one) => one['bom-ref'])
  const content = { metadata: { component: root }, components }
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: serialOf(content),
    version: 1,
    ...content,
    dependencies: [{ ref: 'bento', dependsOn: refs }, ...refs.map((ref) => ({ ref }))],
  }
}

function unique(components: readonly Component[]): Component[] {
  return [...new Map(components.map((one) => [one['bom-ref'], one])).values()]
}

function npmComponent({ name, version, license }: BundledPackage): Component {
  const [group, own] = name.startsWith('@') ? name.split('/') : [undefined, name]
  const purl = packageUrl(name, version)
  return {
    type: 'library',
    'bom-ref': purl,
    ...(group !== undefined && { group }),
    name: own ?? name,
    version,
    ...(license !== undefined && { licenses: [licenseOf(license)] }),
    purl,
  }
}

/** As https://github.com/package-url/purl-spec writes packages of npm. */
export function packageUrl(name: string, version: string): string {
  return `pkg:npm/${name.split('/').map(encodeURIComponent).join('/')}@${encodeURIComponent(version)}`
}

function licenseOf(text: string): object {
  return /^[\w.+() -]+$/.test(text) ? { expression: text } : { license: { name: text } }
}

function installedComponent(place: string, entry: LockEntry): Component {
  const hash = integrityOf(entry)
  return {
    ...npmComponent(packageAt(place, entry)),
    ...(entry['optional'] === true && { scope: 'optional' }),
    ...(hash !== undefined && { hashes: [{ alg: hash.alg, content: hash.hex }] }),
  }
}

export function packageAt(place: string, entry: LockEntry): BundledPackage {
  const { name, version, license } = entry
  const folder = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)
  return {
    // An alias stands in a folder of another name.
    name: typeof name === 'string' ? name : folder,
    version: String(version),
    ...(typeof license === 'string' && { license }),
  }
}

const algorithms = new Map([
  ['sha1', 'SHA-1'],
  ['sha256', 'SHA-256'],
  ['sha384', 'SHA-384'],
  ['sha512', 'SHA-512'],
])

/** The digest of a package's archive, as the lock has it. */
export function integrityOf(
  entry: LockEntry,
): { readonly name: string; readonly alg: string; readonly hex: string } | undefined {
  const [, name = '', base64 = ''] =
    /^(sha\d+)-([A-Za-z0-9+/=]+)/.exec(String(entry['integrity'])) ?? []
  const alg = algorithms.get(name)
  return alg === undefined
    ? undefined
    : { name, alg, hex: Buffer.from(base64, 'base64').toString('hex') }
}

function modelComponent({ entry, source }: WantedModel): Component {
  const { manifest, tag, name, version } = entry
  const ref = `model:${tag}`
  return {
    type: 'machine-learning-model',
    'bom-ref': ref,
    name,
    version,
    components: manifest.files.map(({ path, sha256 }) => ({
      type: 'file',
      'bom-ref': `${ref}/${path}`,
      name: path,
      hashes: [{ alg: 'SHA-256', content: sha256 }],
    })),
    ...(source !== undefined && {
      externalReferences: [{ type: 'distribution', url: source }],
    }),
    properties: [
      { name: 'bento:framework', value: manifest.framework },
      { name: 'bento:runtime', value: manifest.runtime },
    ],
  }
}

/** RFC 9562, version 8: made from the content, so that the same list has the same number. */
function serialOf(content: object): string {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex')
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ]
  return `urn:uuid:${parts.join('-')}`
}
