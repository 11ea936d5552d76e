import { readFile } from 'node:fs/promises'
import { BentoError } from '../errors.ts'
import type { Session } from './context.ts'
import { resolvePath } from './paths.ts'

/** Bodies to send: one JSON value, or one in each line. */
export async function readBodies(file: string, { cwd }: Session): Promise<string[]> {
  const path = resolvePath(cwd, file)
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new BentoError('FILE_NOT_FOUND', `"${path}" cannot be read`, {
      hint: 'Name a file of JSON: one value, or one in each line.',
      cause,
    })
  })
  const bodies = isJson(text) ? [text] : text.split('\n').filter((line) => line.trim() !== '')
  const wrong = bodies.findIndex((body) => !isJson(body))
  if (bodies.length > 0 && wrong === -1) return bodies
  throw new BentoError('USAGE', `Line ${wrong + 1} of "${path}" is not JSON`, {
    hint: 'Write one JSON value, or one in each line.',
  })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
