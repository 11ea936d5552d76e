import { buildIris, root } from '../behaviour/iris.ts'
import { missing } from '../describe-with.ts'
import { run } from '../processes.ts'
import { startRegistry } from '../registry/docker-registry.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const base = 'node:26-slim'

export interface Images {
  /** By backend; each named by its digest, in a registry that the node can pull from. */
  readonly docker: string
  readonly oci: string
}

/** What these tests need and this machine has not: a cluster whose node runs containers on this machine, and an engine. */
export async function lackingNode(): Promise<string[]> {
  const programs = await missing('docker', 'docker-registry', 'skopeo')
  const isThere = run('docker', ['image', 'inspect', base], { cwd: root }).then(() => [])
  const images = programs.length > 0 ? [] : await isThere.catch(() => [`the image ${base}`])
  const cluster = process.env['KUBECONFIG'] ? [] : ['a cluster with a real node in KUBECONFIG']
  return [...programs, ...images, ...cluster]
}

/** The iris service as each backend makes it. */
export async function pushImages(): Promise<Images> {
  const { host } = await startRegistry()
  const { tag, bento } = await buildIris()
  const folder = await temporaryFolder()
  await run('skopeo', ['copy', `docker-daemon:${base}`, `oci:${folder}`], { cwd: folder })
  const push = async (backend: string, ...more: readonly string[]): Promise<string> => {
    const name = `${host}/${backend}`
    const options = ['--backend', backend, '-t', `${name}:v1`, '--push', '-o', 'json', ...more]
    const { digest } = fieldsOf(await bento('containerize', tag, ...options))
    await run('docker', ['rmi', '--force', `${name}:v1`], { cwd: folder })
    return `${name}@${digest}`
  }
  return { docker: await push('docker'), oci: await push('oci', '--opt', `base=oci:${folder}`) }
}

function fieldsOf(printed: string): { readonly digest: string } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it is what `containerize -o json` prints
  return JSON.parse(printed) as { readonly digest: string }
}
