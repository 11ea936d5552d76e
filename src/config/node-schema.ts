import * as z from 'zod'
import { projectPath } from './project-path.ts'

const namePattern = String.raw`(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*`

const packageName = z
  .string()
  .regex(new RegExp(`^${namePattern}$`), 'must be the name of a package, as sharp or @img/colour')

// A range would need a registry to say what it stands for; the project's lock has decided that already.
const packageSpec = z
  .string()
  .regex(
    new RegExp(`^${namePattern}(?:@\\d+\\.\\d+\\.\\d+[0-9A-Za-z.+-]*)?$`),
    'must be NAME or NAME@VERSION, as sharp@0.35.5: the version is that of package-lock.json',
  )

/** Unlike `npm install --package-lock-only`, it looks at no node_modules, which may be another manager's. */
export const writeLock = 'npm update --package-lock-only'

const managers: Readonly<Record<string, string>> = {
  pnpm: 'pnpm-lock.yaml',
  yarn: 'yarn.lock',
  bun: 'bun.lock',
}

/** Locks of other managers, which bento does not read. */
export const foreignLocks: readonly string[] = Object.values(managers)

function unknownManager({ input }: { input?: unknown }): string {
  const name = String(input)
  const lock = Object.hasOwn(managers, name) ? managers[name] : undefined
  if (lock === undefined) return 'must be npm'
  return `must be npm: bento reads no ${lock}; run \`${writeLock}\` beside it`
}

// What changes which files are installed or who may run code is not among them: a bento may come from anywhere.
export const installArgs = [
  '--legacy-peer-deps',
  '--omit=optional',
  '--omit=peer',
  '--offline',
  '--prefer-offline',
  '--prefer-online',
  '--strict-peer-deps',
  '--loglevel=verbose',
] as const

const registry = z
  .url({ protocol: /^https?$/, error: 'must be the address of a registry, as https://HOST/' })
  .refine((text) => !text.includes('@'), 'must hold no password: npm has those in its own npmrc')

/** What `node` of a bentofile may say: the packages that are not in the bundle. */
export const nodeSchema = z.strictObject({
  packages: z
    .array(packageSpec)
    .describe('Packages to install besides those that cannot be bundled, as the lock pins them')
    .default([]),
  package_manager: z.enum(['npm'], { error: unknownManager }).default('npm'),
  lockfile: projectPath
    .describe('Lock to read instead of package-lock.json of the project or above it')
    .optional(),
  registry: registry.describe('Registry to fetch from, instead of that of the lock').optional(),
  npmrc: projectPath
    .describe('File whose registries go into the bento; its passwords never do')
    .optional(),
  install_args: z
    .array(z.enum(installArgs))
    .describe('More flags for `npm ci`, where the image is made')
    .default([]),
  native: z
    .array(packageName)
    .describe(
      'Packages to leave out of the bundle and install, though nothing in them looks native',
    )
    .default([]),
})
