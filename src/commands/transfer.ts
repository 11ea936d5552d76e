import { join } from 'node:path'
import { resolveHome } from '../config/home.ts'
import type { Kind } from '../remote/artifact.ts'
import type { Pushed } from '../remote/push.ts'
import type { BentoEntry } from '../store/bento-store.ts'
import type { ModelEntry } from '../store/model-store.ts'
import { importBentoFrom, importModelFrom } from '../store/transfer.ts'
import type { Session } from './context.ts'
import type { Output } from './output.ts'
import { reportTo } from './report.ts'
import { bentosOf, modelsOf } from './stores.ts'

/** What every command has that pushes or pulls. */
export const transferFlags = {
  insecure: {
    type: 'boolean',
    description: 'Allow registries without TLS or with their own certificate',
  },
  output: {
    type: 'choice',
    short: 'o',
    choices: ['default', 'tag', 'json'],
    default: 'default',
    description: 'What to print',
  },
} as const

export const remotePositional = {
  description: 'oci://HOST/NAME[:VERSION], file:///FOLDER[:VERSION] or s3://BUCKET/PATH[:VERSION]',
} as const

interface TransferOptions {
  readonly insecure: boolean
  readonly output: 'default' | 'tag' | 'json'
}

/** Pushes a bento or a model of the store. */
export async function pushTag(
  kind: Kind,
  { tag, url }: { readonly tag: string; readonly url: string },
  { flags, session }: { readonly flags: TransferOptions; readonly session: Session },
): Promise<void> {
  const { push } = await import('../remote/push.ts')
  const { env, cwd, out } = session
  const store = kind === 'bento' ? bentosOf(session) : modelsOf(session)
  const entry = await store.require(tag)
  const report = reportTo(out)
  const pushed = await push({ kind, entry, url, env, cwd, report, isInsecure: flags.insecure })
  out.settle()
  printPushed({ ...pushed, tag: entry.tag }, flags.output, out)
}

function printPushed(
  pushed: Pushed & { readonly tag: string },
  form: TransferOptions['output'],
  out: Output,
): void {
  switch (form) {
    case 'tag':
      return out.result(pushed.urls[0] ?? '')
    case 'json':
      return out.json(pushed)
    case 'default':
      for (const url of pushed.urls) out.result(`Pushed ${pushed.tag} to ${url}`)
      out.say(`Digest: ${pushed.digest}`)
  }
}

export async function pullBento(
  url: string,
  { flags, session }: { readonly flags: TransferOptions; readonly session: Session },
): Promise<void> {
  const { tag, path } = await pullInto(
    session,
    { kind: 'bento', url, isInsecure: flags.insecure },
    (name, fill) => importBentoFrom(bentosOf(session), name, fill),
  )
  printPulled({ tag, path }, flags.output, session.out)
  if (flags.output === 'default') session.out.say(`Serve it with \`bento serve ${tag}\`.`)
}

export async function pullModel(
  url: string,
  { flags, session }: { readonly flags: TransferOptions; readonly session: Session },
): Promise<void> {
  const { tag, path } = await fetchModel(url, session, { isInsecure: flags.insecure })
  printPulled({ tag, path }, flags.output, session.out)
}

/** Brings a model into the store, and prints nothing but how far it is. */
export function fetchModel(
  url: string,
  session: Session,
  { isInsecure }: { readonly isInsecure: boolean },
): Promise<ModelEntry> {
  return pullInto(session, { kind: 'model', url, isInsecure }, (name, fill) =>
    importModelFrom(modelsOf(session), name, fill),
  )
}

async function pullInto<T extends BentoEntry | ModelEntry>(
  { env, cwd, out }: Session,
  { kind, url, isInsecure }: { kind: Kind; url: string; isInsecure: boolean },
  store: (name: string, fill: (folder: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  const { pull } = await import('../remote/pull.ts')
  const cache = join(resolveHome(env), 'cache', 'remote')
  const report = reportTo(out)
  const pulled = await pull({
    kind,
    url,
    env,
    cwd,
    cache,
    store,
    report,
    isInsecure,
  })
  out.settle()
  return pulled
}

/** What an archive was made of, or a store has of one. */
export function printMoved(
  moved: { readonly tag: string; readonly path: string },
  form: 'tag' | 'json',
  out: Output,
): void {
  return form === 'tag' ? out.result(moved.tag) : out.json(moved)
}

function printPulled(
  pulled: { readonly tag: string; readonly path: string },
  form: TransferOptions['output'],
  out: Output,
): void {
  if (form === 'default') return out.result(`Pulled ${pulled.tag}`)
  printMoved(pulled, form, out)
}
