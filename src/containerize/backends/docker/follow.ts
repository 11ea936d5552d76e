import type Docker from 'dockerode'
import { BentoError, type ErrorCode } from '../../../errors.ts'

export interface FollowOptions {
  readonly code: ErrorCode
  /** For the error's sentence, as `The engine cannot build "iris:v1"`. */
  readonly failure: string
  readonly hint: string
  readonly report: (line: string) => void
}

interface Event {
  readonly [key: string]: unknown
}

/** Reads what an engine says of a build, a pull or a push to its end. A failure shows the step that it came from. */
export async function follow(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  options: FollowOptions,
): Promise<readonly Event[]> {
  const tail: string[] = []
  const seen = new Set<string>()
  let failure: string | undefined
  const events = await collect(docker, stream, (event) => {
    failure ??= failureOf(event)
    for (const line of linesOf(event)) {
      tail.push(line)
      if (isStep(line) && !seen.has(line)) options.report(nameOfStep(line))
      seen.add(line)
    }
  })
  if (failure === undefined) return events
  const context = tail.filter((line) => !line.startsWith('ERROR: ')).slice(-12)
  const lines = [failure, ...context].map((line) => `  ${line}`)
  throw new BentoError(options.code, `${options.failure}\n${lines.join('\n')}`, {
    hint: options.hint,
  })
}

/** dockerode's own reader knows the messages of BuildKit too; its types do not know of it yet. */
interface Follower {
  followProgress(
    stream: NodeJS.ReadableStream,
    onFinished: (error: Error | null, events: readonly Event[]) => void,
    onProgress: (event: Event) => void,
  ): void
}

function isFollower(value: object): value is Follower {
  return 'followProgress' in value && typeof value.followProgress === 'function'
}

function collect(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  onEvent: (event: Event) => void,
): Promise<readonly Event[]> {
  const follower: object = docker
  if (!isFollower(follower)) throw new Error('This dockerode cannot follow a build')
  return new Promise((resolve, reject) => {
    follower.followProgress(
      stream,
      (error, events) => {
        if (error) reject(error)
        else resolve(events)
      },
      onEvent,
    )
  })
}

function failureOf(event: Event): string | undefined {
  const { error, errorDetail } = event
  if (typeof errorDetail === 'object' && errorDetail !== null && 'message' in errorDetail) {
    return String(errorDetail.message)
  }
  return typeof error === 'string' ? error : undefined
}

function linesOf({ stream, status }: Event): string[] {
  const text = [stream, status].find((one) => typeof one === 'string') ?? ''
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
}

// `[sha256:12ab34] [2/5] COPY …` of BuildKit, `Step 2/5 : COPY …` of the classic builder.
function isStep(line: string): boolean {
  return /^\[sha256:\w*\] \[/.test(line) || /^Step \d+\/\d+ : /.test(line)
}

function nameOfStep(line: string): string {
  return line.replace(/^\[sha256:\w*\] /, '')
}
