import { resolve } from 'node:path'
import { BentoError, messageOf } from '../../errors.ts'
import { runProgram, type RunResult } from '../../lib/exec.ts'
import { listAt, textAt, valueAt } from '../../lib/records.ts'
import { withoutUndefined } from '../../lib/without-undefined.ts'
import type { Credential } from './kubeconfig.ts'

export interface ExecOptions {
  /** Of the kubeconfig: a command with a slash is meant from there. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Credentials from the program that a kubeconfig names, as those of the clouds' clusters do. */
export async function execCredential(exec: unknown, options: ExecOptions): Promise<Credential> {
  const command = textAt(exec, 'command') ?? ''
  const { code, stdout, stderr } = await runPlugin(command, exec, options)
  if (code !== 0) throw failed(command, `it ended with ${String(code)}: ${stderr.trim()}`)
  const status = valueAt(parse(command, stdout), 'status')
  const token = textAt(status, 'token')
  const credential = withoutUndefined({
    authorization: token === undefined ? undefined : `Bearer ${token}`,
    cert: textAt(status, 'clientCertificateData'),
    key: textAt(status, 'clientKeyData'),
  })
  if (Object.keys(credential).length === 0) throw failed(command, 'it gave no credentials')
  return credential
}

async function runPlugin(
  command: string,
  exec: unknown,
  { folder, env }: ExecOptions,
): Promise<RunResult> {
  const added = new Map(
    listAt(exec, 'env').map((one) => [textAt(one, 'name') ?? '', textAt(one, 'value')]),
  )
  const request = {
    apiVersion: textAt(exec, 'apiVersion') ?? 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: { interactive: false },
  }
  try {
    return await runProgram(
      /[\\/]/.test(command) ? resolve(folder, command) : command,
      listAt(exec, 'args').map(String),
      {
        env: {
          ...env,
          ...Object.fromEntries(added),
          KUBERNETES_EXEC_INFO: JSON.stringify(request),
        },
      },
    )
  } catch (cause) {
    throw failed(command, messageOf(cause), { hint: textAt(exec, 'installHint'), cause })
  }
}

function parse(command: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch (cause) {
    throw failed(command, 'it printed no JSON', { cause })
  }
}

interface Failure {
  readonly hint?: string | undefined
  readonly cause?: unknown
}

function failed(command: string, why: string, { hint, cause }: Failure = {}): BentoError {
  return new BentoError('CREDENTIALS_MISSING', `"${command}" gave no credentials: ${why}`, {
    hint: hint ?? 'Install it, or log in with it, and try again.',
    ...(cause === undefined ? {} : { cause }),
  })
}
