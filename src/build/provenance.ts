import { baseNames } from '../dockerfile/image.ts'
import { digestFiles, type StoredFile } from '../store/digest.ts'
import type { BentoManifest } from '../store/manifest.ts'
import type { PlacedPackages } from './native-packages.ts'
import { integrityOf, packageAt, packageUrl } from './sbom.ts'

export const provenanceName = 'provenance.json'

export interface ProvenanceInput {
  readonly bento: BentoManifest
  /** Every other file of the bento. */
  readonly files: readonly StoredFile[]
  readonly installed: PlacedPackages
}

/**
 * How a bento came to be: an in-toto statement with a predicate of SLSA 1.0. Its subjects are the files, so that each can
 * be held against it. Nothing of the machine or the hour is in it.
 */
export function renderProvenance({ bento, files, installed }: ProvenanceInput): object {
  const { service, args, labels, image } = bento
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: files.map(({ path, sha256 }) => ({ name: path, digest: { sha256 } })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'urn:bentojs:build:v1',
        externalParameters: { service, args, labels, platform: image.platform },
        internalParameters: {},
        resolvedDependencies: [
          sourcesOf(files),
          ...modelsOf(bento),
          ...packagesOf(installed),
          ...imagesOf(bento),
        ],
      },
      runDetails: {
        builder: { id: 'urn:bentojs:builder', version: { bentojs: bento.bento_version } },
        metadata: { invocationId: `${bento.name}:${bento.version}` },
      },
    },
  }
}

interface Dependency {
  readonly name?: string
  readonly uri: string
  readonly digest?: Readonly<Record<string, string>> | undefined
}

function sourcesOf(files: readonly StoredFile[]): Dependency {
  const own = files.filter(({ path }) => path.startsWith('src/'))
  return { name: 'sources', uri: 'file:src', digest: { sha256: digestFiles(own) } }
}

function modelsOf({ models }: BentoManifest): Dependency[] {
  return models.map(({ tag, digest, source = `urn:bentojs:model:${tag}` }) => ({
    name: tag,
    uri: source,
    digest: { sha256: digest },
  }))
}

function packagesOf(installed: PlacedPackages): Dependency[] {
  return [...installed].map(([place, { entry }]) => {
    const { name, version } = packageAt(place, entry)
    const hash = integrityOf(entry)
    return {
      uri: packageUrl(name, version),
      digest: hash && { [hash.name]: hash.hex },
    }
  })
}

function imagesOf({ image }: BentoManifest): Dependency[] {
  return baseNames(image).map((name) => {
    const [, algorithm = '', hex = ''] = /^(\w+):(\w+)$/.exec(image.digests?.[name] ?? '') ?? []
    return {
      name,
      uri: `docker://${name}`,
      digest: hex === '' ? undefined : { [algorithm]: hex },
    }
  })
}
