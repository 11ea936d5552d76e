import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Packages that only the install script of another needs; no install script runs for an image. */
const onlyForScripts: Readonly<Record<string, readonly string[]>> = {
  'onnxruntime-node': ['adm-zip', 'global-agent'],
}

/** Takes away from `folder/node_modules` the packages that nothing but an install script leads to. */
export async function dropScriptPackages(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules')
  const installed = await packagesIn(modules)
  const names = new Set(installed.map((one) => one.name))
  const owners = Object.keys(onlyForScripts).filter((owner) => names.has(owner))
  if (owners.length === 0) return
  const needed = await reachable(folder, installed)
  for (const { name, path } of installed) {
    if (!needed.has(name)) await rm(path, { recursive: true, force: true })
  }
}

interface Installed {
  readonly name: string
  readonly path: string
}

/** Names that the project leads to. Several copies of a package count as one: what any of them needs is kept. */
async function reachable(
  folder: string,
  installed: readonly Installed[],
): Promise<ReadonlySet<string>> {
  const needed = new Set<string>()
  const queue = await dependenciesOf(folder)
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (needed.has(name)) continue
    needed.add(name)
    const skipped = onlyForScripts[name] ?? []
    for (const { path } of installed.filter((one) => one.name === name)) {
      queue.push(...(await dependenciesOf(path)).filter((next) => !skipped.includes(next)))
    }
  }
  return needed
}

/** Every package below a `node_modules`, nested ones too. */
async function packagesIn(modules: string): Promise<Installed[]> {
  const found: Installed[] = []
  for (const entry of await readdir(modules, { withFileTypes: true }).catch(() => [])) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue
    const path = join(modules, entry.name)
    const own = entry.name.startsWith('@')
      ? (await readdir(path)).map((inner) => ({
          name: `${entry.name}/${inner}`,
          path: join(path, inner),
        }))
      : [{ name: entry.name, path }]
    for (const one of own) found.push(one, ...(await packagesIn(join(one.path, 'node_modules'))))
  }
  return found
}

async function dependenciesOf(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}')
  const manifest: unknown = JSON.parse(text)
  if (typeof manifest !== 'object' || manifest === null) return []
  const entries: [string, unknown][] = Object.entries(manifest)
  const lists = entries.filter(([key]) =>
    ['dependencies', 'optionalDependencies', 'peerDependencies'].includes(key),
  )
  return lists.flatMap(([, list]) =>
    typeof list === 'object' && list !== null ? Object.keys(list) : [],
  )
}
