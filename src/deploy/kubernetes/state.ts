import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { BentoError } from '../../errors.ts'
import { isRecord, listAt, textAt, valueAt } from '../../lib/records.ts'
import { isUnknownKind, requireOk } from './api-errors.ts'
import type { KubernetesApi } from './api.ts'
import { collectionPath } from './kinds.ts'
import { selectorOf } from './labels.ts'
import type { KubernetesObject } from './object.ts'

/** One apply: what was rendered, and what became of it. */
export interface Revision {
  readonly revision: number
  readonly bento: string | null
  readonly image: string
  readonly at: string
  readonly status: 'deploying' | 'deployed' | 'failed' | 'superseded'
  readonly objects: readonly KubernetesObject[]
}

/**
 * The history of a deployment, in a Secret beside it: manifests hold values of environment variables. The same Secret
 * is the lock that lets one deployer apply at a time; its resourceVersion makes every write a compare-and-swap.
 */
export class DeploymentState {
  readonly #api: KubernetesApi
  readonly #namespace: string
  readonly #name: string
  readonly #timing: LockTiming

  constructor(api: KubernetesApi, place: StatePlace) {
    this.#api = api
    this.#namespace = place.namespace
    this.#name = place.name
    this.#timing = place.timing ?? standardTiming
  }

  /** Oldest first. */
  async revisions(): Promise<readonly Revision[]> {
    return (await this.#read()).revisions
  }

  /** Runs `work` while nobody else can; `save` inside of it writes the history. */
  async locked<T>(work: (history: LockedHistory) => Promise<T>): Promise<T> {
    const id = randomUUID()
    const { revisions } = await this.#take(`${id} 0`)
    let renewedAt = performance.now()
    try {
      return await work({
        revisions,
        save: (next) => this.#change((now) => ({ ...requireHolder(now, id), revisions: next })),
        renew: async () => {
          if (performance.now() - renewedAt < this.#timing.staleMs / 3) return
          renewedAt = performance.now()
          const holder = `${id} ${Math.round(renewedAt)}`
          await this.#change((now) => ({ ...requireHolder(now, id), holder }))
        },
      })
    } finally {
      await this.#change((now) => (isHeldBy(now, id) ? { ...now, holder: '' } : now))
    }
  }

  async setStatus(revision: number, status: Revision['status']): Promise<void> {
    await this.#change((now) => ({
      ...now,
      revisions: now.revisions.map((one) =>
        one.revision === revision ? withStatus(one, status) : one,
      ),
    }))
  }

  async remove(): Promise<void> {
    const answer = await this.#api.call(this.#path, { method: 'DELETE' })
    if (answer.status !== 404) requireOk(answer, 'to delete the history')
  }

  /** A holder that has not moved for so long, by our own clock, is dead: clocks of machines differ. */
  async #take(holder: string): Promise<Content> {
    const { staleMs, giveUpMs, pollMs } = this.#timing
    let seen = ''
    let [seenAt, startedAt] = [performance.now(), performance.now()]
    for (;;) {
      const now = await this.#read()
      if (now.holder !== seen) [seen, seenAt] = [now.holder, performance.now()]
      if (now.holder === '' || performance.now() - seenAt > staleMs) {
        const written = await this.#write({ ...now, holder })
        if (written) return now
      }
      if (performance.now() - startedAt > giveUpMs) throw busy(this.#name)
      await sleep(pollMs)
    }
  }

  async #change(change: (now: Content) => Content): Promise<void> {
    for (;;) {
      const now = await this.#read()
      const next = change(now)
      if (next === now || (await this.#write(next))) return
    }
  }

  get #path(): string {
    return `${collectionPath('secrets', this.#namespace)}/${secretName(this.#name)}`
  }

  async #read(): Promise<Content> {
    const answer = await this.#api.call(this.#path)
    if (answer.status === 404 && !isUnknownKind(answer)) return nothing
    return parseContent(requireOk(answer, 'to read the history'))
  }

  /** False when somebody else was faster. */
  async #write(content: Content): Promise<boolean> {
    const body = await renderSecret(this.#name, content)
    const isNew = content.version === ''
    const answer = await this.#api.call(
      isNew ? collectionPath('secrets', this.#namespace) : this.#path,
      { method: isNew ? 'POST' : 'PUT', body },
    )
    if (answer.status === 409) return false
    // Deleted while we held it: the next attempt makes a new one.
    if (answer.status === 404 && !isNew) return false
    requireOk(answer, 'to write the history')
    return true
  }
}

export interface LockedHistory {
  readonly revisions: readonly Revision[]
  readonly save: (revisions: readonly Revision[]) => Promise<void>
  /** Shows the others that we are alive; now and then is enough, and cheap. */
  readonly renew: () => Promise<void>
}

export interface LockTiming {
  readonly staleMs: number
  readonly giveUpMs: number
  readonly pollMs: number
}

interface StatePlace {
  readonly namespace: string
  readonly name: string
  readonly timing?: LockTiming
}

const standardTiming: LockTiming = { staleMs: 30_000, giveUpMs: 120_000, pollMs: 500 }
const keptRevisions = 10
const holderAnnotation = 'bentojs/holder'

interface Content {
  /** The resourceVersion that was read; empty: there is no Secret yet. */
  readonly version: string
  readonly holder: string
  readonly revisions: readonly Revision[]
}

const nothing: Content = { version: '', holder: '', revisions: [] }

function busy(name: string): BentoError {
  return new BentoError('DEPLOY_BUSY', `"${name}" is being deployed by somebody else`, {
    hint: 'Try again when that deploy has ended.',
  })
}

export function withStatus(one: Revision, status: Revision['status']): Revision {
  return { ...one, status }
}

function isHeldBy({ holder }: Content, id: string): boolean {
  return holder.startsWith(`${id} `)
}

function requireHolder(now: Content, id: string): Content {
  if (isHeldBy(now, id)) return now
  throw new BentoError('DEPLOY_BUSY', 'Another deploy took this one for dead and went on', {
    hint: 'Run `bento deployment get` to see what runs, and deploy again.',
  })
}

function secretName(name: string): string {
  return `${name}.bento-history`
}

async function renderSecret(
  name: string,
  { version, holder, revisions }: Content,
): Promise<object> {
  const text = JSON.stringify(revisions.slice(-keptRevisions))
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'bentojs/history',
    metadata: {
      name: secretName(name),
      labels: selectorOf(name),
      ...(version === '' ? {} : { resourceVersion: version }),
      annotations: { [holderAnnotation]: holder },
    },
    data: { revisions: (await promisify(gzip)(text)).toString('base64') },
  }
}

async function parseContent(secret: unknown): Promise<Content> {
  const data = Buffer.from(textAt(secret, 'data', 'revisions') ?? '', 'base64')
  const text = data.length === 0 ? '[]' : (await promisify(gunzip)(data)).toString('utf8')
  const parsed: unknown = JSON.parse(text)
  return {
    version: textAt(secret, 'metadata', 'resourceVersion') ?? '',
    holder: textAt(secret, 'metadata', 'annotations', holderAnnotation) ?? '',
    revisions: listAt({ parsed }, 'parsed').filter(isRevision),
  }
}

function isRevision(value: unknown): value is Revision {
  return (
    isRecord(value) &&
    typeof value['revision'] === 'number' &&
    Array.isArray(valueAt(value, 'objects'))
  )
}
