import { join } from 'node:path'
import { start, type Started } from '../../processes.ts'
import type { Answer, Host } from '../host.ts'
import { root } from '../iris.ts'
import { LambdaEmulator, type Outcome } from './emulator.ts'
import type { Front, LambdaAnswer } from './events.ts'

/** The bento as a container image runs it: it brings the client of the Runtime API itself. */
export function runtimeHost(folder: string, front: Front, isStreaming = false): Promise<Host> {
  return programHost(front, (host) => {
    const env = { AWS_LAMBDA_RUNTIME_API: host, ...(isStreaming && streaming) }
    return start(process.execPath, ['dist/service.mjs'], { cwd: folder, env })
  })
}

/** The bento as a zip on Lambda's own Node runtime, which calls a handler. */
export function zipHost(folder: string, front: Front, isStreaming = false): Promise<Host> {
  const runtime = join(root, 'test/fixtures/lambda-node-runtime.mjs')
  return programHost(front, (host) => {
    const env = { EMULATOR: host, ...(isStreaming && streaming) }
    return start(process.execPath, [runtime, join(folder, 'lambda.mjs')], { cwd: folder, env })
  })
}

const streaming = { BENTO_LAMBDA_STREAMING: '1' }

/** Any program that asks a Runtime API for events. */
export async function programHost(front: Front, run: (host: string) => Started): Promise<Host> {
  const emulator = new LambdaEmulator()
  const program = run(await emulator.start())
  return {
    async send(call) {
      const outcome = await Promise.race([emulator.invoke(front.event(call)), ended(program)])
      return outcome.type === 'streamed' ? readStreamed(outcome) : front.answer(wholeOf(outcome))
    },
    async close() {
      program.signal('SIGTERM')
      await program.kill()
      emulator.close()
    },
  }
}

async function ended(program: ReturnType<typeof start>): Promise<never> {
  const code = await program.exited
  throw new Error(`The function ended with ${code}:\n${program.output()}`)
}

function wholeOf(outcome: Outcome): LambdaAnswer {
  if (outcome.type !== 'whole') throw new Error(JSON.stringify(outcome))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it is what the function answers
  return outcome.answer as LambdaAnswer
}

/** As the front of Lambda reads a streamed answer: a JSON prelude, eight zero bytes, the body. */
export function readStreamed(outcome: Outcome): Answer {
  if (outcome.type !== 'streamed') throw new Error(JSON.stringify(outcome))
  if (outcome.contentType !== 'application/vnd.awslambda.http-integration-response') {
    throw new Error(`The content type is ${outcome.contentType}`)
  }
  const end = outcome.bytes.indexOf(Buffer.alloc(8))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it is what the function sends first
  const prelude = JSON.parse(outcome.bytes.toString('utf8', 0, end)) as {
    statusCode: number
    headers: Record<string, string>
  }
  return {
    status: prelude.statusCode,
    headers: prelude.headers,
    body: outcome.bytes.subarray(end + 8),
    // The prelude is written for itself.
    parts: outcome.parts - 1,
  }
}
