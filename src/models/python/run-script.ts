import { readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BentoError, catalogue, isSystemError } from '../../errors.ts'
import type { ErrorCode } from '../../errors.ts'
import { runProgram } from '../../lib/exec.ts'
import type { RunResult } from '../../lib/exec.ts'
import { anything, object, text } from '../../lib/shape.ts'
import { findPython } from './find-python.ts'
import type { PythonOptions } from './find-python.ts'

/** The Python part of this package, in its sources and when it is installed. */
const scripts = fileURLToPath(new URL('../../../python', import.meta.url))

export interface ScriptRequest {
  /** Whose script: a name of a framework. */
  readonly framework: string
  /** Absolute paths. */
  readonly file: string
  readonly folder: string
  readonly sample?: string | undefined
  /** Whether layers of Python code may be read, where there is a choice. */
  readonly trust?: boolean
}

/**
 * Runs the script of a framework, which leaves its answer in the request's folder: what models and their packages
 * print can then never be taken for it. Throws PYTHON_FAILED, and what the script refuses.
 */
export async function runScript(request: ScriptRequest, options: PythonOptions): Promise<unknown> {
  const python = await findPython(options)
  options.onPython?.(python)
  const result = await start(python, request, options)
  const refused = await readJson(join(request.folder, 'refused.json'))
  if (refused !== undefined) throw toError(refused, python)
  const answer = await readJson(join(request.folder, 'converted.json'))
  if (result.code === 0 && answer !== undefined) return answer
  throw new BentoError('PYTHON_FAILED', `${python} failed: ${lastLine(result)}`, {
    hint: 'Choose another with --python, or save the model with the versions that this one has.',
    cause: new Error(result.stderr.trim().split('\n').slice(-12).join('\n')),
  })
}

async function start(
  python: string,
  request: ScriptRequest,
  { cwd, env }: PythonOptions,
): Promise<RunResult> {
  const paths = [scripts, env['PYTHONPATH'] ?? ''].filter((path) => path !== '')
  try {
    return await runProgram(python, ['-m', 'bento_models'], {
      cwd,
      env: {
        ...env,
        PYTHONPATH: paths.join(delimiter),
        PYTHONDONTWRITEBYTECODE: '1',
        // The same model is always written the same, and so has the same version.
        PYTHONHASHSEED: '0',
      },
      input: JSON.stringify(request),
    })
  } catch (error) {
    if (!isSystemError(error, 'ENOENT') && !isSystemError(error, 'EACCES')) throw error
    throw new BentoError('PYTHON_FAILED', `There is no Python to run as "${python}"`, {
      hint: 'Install Python 3.10 or newer, or say where it is with --python.',
      cause: error,
    })
  }
}

function lastLine({ stderr, code }: RunResult): string {
  return stderr.trim().split('\n').at(-1) || `it ended with code ${code}`
}

async function readJson(file: string): Promise<unknown> {
  const content = await readFile(file, 'utf8').catch(() => undefined)
  return content === undefined ? undefined : JSON.parse(content)
}

const refusal = object({ code: text, message: text, hint: anything })

function toError(answer: unknown, python: string): BentoError {
  const { code, message, hint } = refusal(answer, '')
  const known: ErrorCode = isCode(code) ? code : 'PYTHON_FAILED'
  // The line to type goes to the Python that lacks the package.
  const line = String(hint).replace('`pip install', `\`${python} -m pip install`)
  return new BentoError(known, message, { hint: line })
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(catalogue, code)
}
