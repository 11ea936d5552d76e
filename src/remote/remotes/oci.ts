import { openRegistry } from '../../registry/client.ts'
import { downloadBlob } from '../../registry/pull-blob.ts'
import { pushBlob } from '../../registry/push-blob.ts'
import { parseReference } from '../../registry/reference.ts'
import type { Remote, RemoteOptions } from '../remote.ts'

/** A repository of an OCI registry. */
export function openOci(place: string, options: RemoteOptions): Remote {
  const { registry: host, repository } = parseReference(place)
  const registry = openRegistry(host, options)
  return {
    name: `oci://${place}`,
    findManifest: async (version) => (await registry.findManifest(repository, version))?.bytes,
    putManifest: async (version, manifest) => {
      await registry.putManifest(repository, version, manifest)
    },
    pushBlob: (source) => pushBlob(registry, source, { repository }),
    fetchBlob: (blob, file) => downloadBlob(registry, { ...blob, repository }, file),
    close: () => registry.close(),
  }
}
