import { BentoError } from '../../../errors.ts'
import { captureConsole } from '../../../log/capture-console.ts'
import { ScopedLogger } from '../../../log/logger.ts'
import { currentScope } from '../../../service/current-request.ts'
import type { AppResponse } from '../../app.ts'
import type { HostedApp } from '../../create-app.ts'
import { errorResponse } from '../../http/responses.ts'
import { largestAnswer, renderAnswer } from './answer.ts'
import { readEvent } from './event.ts'
import { invoke } from './invoke.ts'
import { type LambdaInvocation, RuntimeApi } from './runtime-api.ts'

export interface LambdaInput {
  /** AWS_LAMBDA_RUNTIME_API. */
  readonly host: string
  readonly isStreaming: boolean
  readonly open: () => Promise<HostedApp>
}

/** The loop of a container image: take an event, answer it, send telemetry off, take the next. Ends only by failing. */
export async function runLambda({ host, isStreaming, open }: LambdaInput): Promise<never> {
  const api = new RuntimeApi(host)
  const app = await openApp(api, open)
  const release = captureConsole(console, new ScopedLogger(() => app.log.core, {}, currentScope))
  try {
    for (;;) {
      const invocation = await api.next()
      await answer(invocation, { api, app, isStreaming })
      // The client has its answer; the process is frozen when it asks for the next event, not before.
      await app.flush()
    }
  } finally {
    release()
    api.close()
  }
}

async function openApp(api: RuntimeApi, open: () => Promise<HostedApp>): Promise<HostedApp> {
  try {
    return await open()
  } catch (error) {
    await api.failInit(error)
    throw error
  }
}

interface Setting {
  readonly api: RuntimeApi
  readonly app: HostedApp
  readonly isStreaming: boolean
}

async function answer(invocation: LambdaInvocation, setting: Setting): Promise<void> {
  const { api, app, isStreaming } = setting
  const { id } = invocation
  try {
    const event = readEvent(invocation.event)
    const response = await invoke(app, event, invocation)
    if (isStreaming) await api.stream(id, response)
    else await api.respond(id, await wholeAnswer(event, response, app))
  } catch (error) {
    app.log.logger.error({ err: error }, 'The invocation failed')
    await api.fail(id, error)
  }
}

/** Lambda would answer 502, and say why only in its own log. */
async function wholeAnswer(
  event: Parameters<typeof renderAnswer>[0],
  response: AppResponse,
  { log }: HostedApp,
): Promise<object> {
  const whole = await renderAnswer(event, response)
  if (Buffer.byteLength(JSON.stringify(whole)) <= largestAnswer) return whole
  const error = new BentoError('OUTPUT_INVALID', 'The answer is larger than Lambda takes', {
    hint: 'Set lambda.invoke_mode to RESPONSE_STREAM in the deployment.yaml, or answer less.',
  })
  log.logger.error({ err: error, limit: largestAnswer }, 'Request failed')
  return renderAnswer(event, errorResponse(error))
}
