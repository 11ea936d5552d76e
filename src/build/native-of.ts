import type { LoadedBentofile } from '../config/load-bentofile.ts'
import { packagesOf } from '../config/option-packages.ts'
import { registryLines } from '../lib/npmrc.ts'
import type { Platform } from '../lib/platform.ts'
import { withoutUndefined } from '../lib/without-undefined.ts'
import { loadRuntime } from '../models/runtimes/registry.ts'
import { readManifest } from './find-package.ts'
import { allowedScripts, pinNativePackages, type NativeFiles } from './native-packages.ts'
import { readOwnPackage } from './own-package.ts'
import type { Prepared } from './prepare.ts'
import type { ProjectTarget } from './target.ts'

export interface NativeOfInput {
  readonly project: ProjectTarget
  readonly prepared: Prepared
  /** Name of the bento. */
  readonly name: string
  readonly platform: Platform | undefined
}

/** What npm is to install for a bento: for its imports, for the runtimes of its models, and what `node` asks for. */
export async function nativePackages(input: NativeOfInput): Promise<NativeFiles> {
  const { project, prepared, name, platform } = input
  const { bentofile } = project
  const context = project.packages ?? project.context
  const { engines } = await readOwnPackage()
  const asked = askedFor(bentofile)
  const needed = [
    ...prepared.bundle.externals,
    ...(await packagesOfRuntimes(prepared)),
    ...packagesOf(prepared.description.options),
    ...asked.names,
  ]
  return pinNativePackages({
    context,
    name,
    engines,
    packages: [...new Set(needed)],
    allowScripts: allowedScripts(await readManifest(context)),
    versions: asked.versions,
    registries: registriesOf(bentofile),
    ...withoutUndefined({ lockfile: bentofile?.bentofile.node.lockfile, platform }),
  })
}

async function packagesOfRuntimes({ models }: Prepared): Promise<string[]> {
  const names = new Set(models.map(({ entry }) => entry.manifest.runtime))
  const runtimes = await Promise.all([...names].map((runtime) => loadRuntime(runtime)))
  return runtimes.flatMap((one) => one.packages)
}

/** `sharp` and `sharp@0.35.5` of `node.packages`. */
function askedFor(bentofile: LoadedBentofile | undefined): {
  names: string[]
  versions: Map<string, string>
} {
  const specs = bentofile?.bentofile.node.packages ?? []
  const split = specs.map((spec): [string, string] => {
    const at = spec.indexOf('@', 1)
    return at === -1 ? [spec, ''] : [spec.slice(0, at), spec.slice(at + 1)]
  })
  return {
    names: split.map(([name]) => name),
    versions: new Map(split.filter(([, version]) => version !== '')),
  }
}

function registriesOf(bentofile: LoadedBentofile | undefined): string {
  const { registry } = bentofile?.bentofile.node ?? {}
  // A lock names the hosts that its packages came from; npm keeps to them unless it is told otherwise.
  const own = registry === undefined ? '' : `registry=${registry}\nreplace-registry-host=always\n`
  return `${registryLines(bentofile?.npmrc ?? '')}${own}`
}
