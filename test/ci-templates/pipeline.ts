import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { root } from '../behaviour/iris.ts'
import { helloProject } from '../commands/hello-project.ts'
import { baseLayout } from '../containerize/images.ts'
import { run } from '../processes.ts'
import { startRegistry } from '../registry/docker-registry.ts'

export const user = ['ann', 'secret'] as const

export interface Checkout {
  readonly cwd: string
  /** Of the registry that lets `user` in. */
  readonly host: string
  readonly env: Readonly<Record<string, string>>
}

/** A repository as CI checks it out: its lock installs nothing, and `npx bento` is this one. */
export async function checkOut(namespace: string): Promise<Checkout> {
  const { host } = await startRegistry({ user })
  const home = await helloProject()
  const cwd = join(home, 'repository')
  const bin = join(home, 'bin')
  await mkdir(cwd)
  await mkdir(bin)
  await mkdir(join(home, 'node_modules', '.bin'), { recursive: true })
  await symlink(join(root, 'bin/bento.js'), join(home, 'node_modules', '.bin', 'bento'))
  await symlink(root, join(home, 'node_modules', 'bentojs'))
  await run('cp', ['service.ts', 'package.json', 'repository'], { cwd: home })
  const { folder } = await baseLayout()
  const base = `${host}/base:v1`
  const credentials = ['--dest-creds', user.join(':'), '--dest-tls-verify=false']
  await run('skopeo', ['copy', ...credentials, `oci:${folder}`, `docker://${base}`], { cwd })
  const files = {
    'bentofile.yaml': { service: 'service.ts', docker: { base_image: base } },
    'deployment.yaml': { name: 'hello', target: 'kubernetes', kubernetes: { namespace } },
  }
  for (const [name, value] of Object.entries(files)) {
    await writeFile(join(cwd, name), stringify(value))
  }
  const lock = { name: 'repository', lockfileVersion: 3, packages: { '': {} } }
  await writeFile(join(cwd, 'package-lock.json'), JSON.stringify(lock))
  const env = { HOME: home, PATH: `${bin}:${process.env['PATH']}`, BENTO_HOME: join(home, 'store') }
  return { cwd, host, env }
}

/** Puts a program that only keeps what it was called with on the path of a checkout. */
export async function keepCalls(name: string, { env, cwd }: Checkout): Promise<() => string> {
  const file = join(env['HOME'] ?? '', 'bin', name)
  await writeFile(file, `#!/bin/sh\nprintf '%s\\n' "$@" >> '${cwd}/${name}.calls'\n`)
  await chmod(file, 0o755)
  return () => join(cwd, `${name}.calls`)
}
